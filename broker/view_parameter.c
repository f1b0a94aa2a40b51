#include "broker/view.h"

#include "broker/broker_internal.h"
#include "broker/parameter_internal.h"

static size_t list_length(const struct list *list)
{
    size_t count = 0;
    list_each(node, list) {
        count++;
    }
    return count;
}

static void look_at(const struct list *list, struct slice vhost, struct arena *arena,
                    struct parameter *out)
{
    list_each(node, list) {
        const struct kept_parameter *kept = container_of(node, struct kept_parameter, link);
        *out++ = (struct parameter){
            .vhost = vhost,
            .component = arena_copy(arena, kept->component),
            .name = arena_copy(arena, kept->name),
            .value = arena_copy(arena, kept->value),
        };
    }
}

struct parameter *view_global_parameters(const struct broker *broker, struct arena *arena,
                                         size_t *count)
{
    *count = list_length(&broker->parameters);
    struct parameter *views = arena_array(arena, *count, sizeof *views);
    look_at(&broker->parameters, SLICE(""), arena, views);
    return views;
}

static bool in_scope(const struct view_scope *scope, const struct vhost *vhost)
{
    return !scope->vhost.ptr || slice_eq(scope->vhost, vhost->name);
}

struct parameter *view_parameters(const struct broker *broker, const struct view_scope *scope,
                                  size_t *count)
{
    *count = 0;
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        *count += in_scope(scope, vhost) ? list_length(&vhost->parameters) : 0;
    }
    struct parameter *views = arena_array(scope->arena, *count, sizeof *views);
    struct parameter *next = views;
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        if (in_scope(scope, vhost)) {
            struct slice name = arena_copy(scope->arena, vhost->name);
            look_at(&vhost->parameters, name, scope->arena, next);
            next += list_length(&vhost->parameters);
        }
    }
    return views;
}
