#include "broker/view.h"

#include "broker/broker_internal.h"

static bool in_scope(const struct view_scope *scope, const struct vhost *vhost)
{
    return !scope->vhost.ptr || slice_eq(scope->vhost, vhost->name);
}

static size_t count_policies(const struct broker *broker, enum policy_kind kind)
{
    size_t count = 0;
    list_each(node, &broker->vhosts) {
        list_each(inner, &container_of(node, struct vhost, link)->policies[kind].items) {
            count++;
        }
    }
    return count;
}

static struct policy_view look_at(const struct policy *policy, struct slice vhost,
                                  struct arena *arena)
{
    return (struct policy_view){
        .vhost = vhost,
        .name = arena_copy(arena, policy->name),
        .pattern = arena_copy(arena, policy->source),
        .definition = arena_copy(arena, policy->definition),
        .priority = policy->priority,
        .apply = policy->apply,
    };
}

struct policy_view *view_policies(const struct broker *broker, const struct view_scope *scope,
                                  enum policy_kind kind, size_t *count)
{
    struct policy_view *views =
        arena_array(scope->arena, count_policies(broker, kind), sizeof *views);
    *count = 0;
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        if (!in_scope(scope, vhost)) {
            continue;
        }
        struct slice name = arena_copy(scope->arena, vhost->name);
        list_each(inner, &vhost->policies[kind].items) {
            views[(*count)++] =
                look_at(container_of(inner, struct policy, link), name, scope->arena);
        }
    }
    return views;
}
