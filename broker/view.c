#include "broker/view.h"

#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/user_internal.h"
#include "broker/view_internal.h"

/* True if what is in this virtual host is to be seen. */
static bool in_scope(const struct view_scope *scope, const struct vhost *vhost)
{
    return !scope->vhost.ptr || slice_eq(scope->vhost, vhost->name);
}

static size_t list_length(const struct list *list)
{
    size_t count = 0;
    list_each(node, list) {
        count++;
    }
    return count;
}

static struct vhost_view look_at_vhost(const struct vhost *vhost, struct arena *arena)
{
    struct vhost_view view = {.name = arena_copy(arena, vhost->name),
                              .tracing = vhost->tracing,
                              .is_protected = vhost->is_protected,
                              .ready = vhost->sums.ready,
                              .unsettled = vhost->sums.unsettled,
                              .counts = sums_of_messages(&vhost->sums),
                              .received = vhost->received,
                              .sent = vhost->sent,
                              .serial = vhost->serial};
    struct vhost_metadata metadata = vhost_metadata_of(vhost);
    view.metadata.description = arena_copy(arena, metadata.description);
    view.metadata.tags = arena_copy(arena, metadata.tags);
    view.metadata.queue_type = arena_copy(arena, metadata.queue_type);
    memcpy(view.limits, vhost->limits, sizeof view.limits);
    return view;
}

struct vhost_view *view_vhosts(const struct broker *broker, struct arena *arena, size_t *count)
{
    struct vhost_view *views = arena_array(arena, list_length(&broker->vhosts), sizeof *views);
    *count = 0;
    list_each(node, &broker->vhosts) {
        views[(*count)++] = look_at_vhost(container_of(node, struct vhost, link), arena);
    }
    return views;
}

bool view_vhost(const struct broker *broker, struct slice name, struct arena *arena,
                struct vhost_view *out)
{
    const struct vhost *vhost = broker_find_vhost(broker, name);
    if (vhost) {
        *out = look_at_vhost(vhost, arena);
    }
    return vhost;
}

static struct user_view look_at_user(const struct account *account, struct arena *arena)
{
    struct user_view view = {
        .user = {.name = arena_copy(arena, bytes_slice(&account->name)),
                 .password_hash = arena_copy(arena, bytes_slice(&account->password_hash)),
                 .tags = arena_copy(arena, bytes_slice(&account->tags)),
                 .hashing = account->hashing},
        .permitted = grants_any(account),
    };
    memcpy(view.limits, account->limits, sizeof view.limits);
    return view;
}

struct user_view *view_users(const struct broker *broker, struct arena *arena, size_t *count)
{
    struct user_view *views = arena_array(arena, list_length(&broker->users), sizeof *views);
    *count = 0;
    list_each(node, &broker->users) {
        views[(*count)++] = look_at_user(container_of(node, struct account, link), arena);
    }
    return views;
}

bool view_user(const struct broker *broker, struct slice name, struct arena *arena,
               struct user_view *out)
{
    const struct account *account = account_find(broker, name);
    if (account) {
        *out = look_at_user(account, arena);
    }
    return account;
}

static struct slice name_of(const struct policy *policy, struct arena *arena)
{
    return policy ? arena_copy(arena, policy->name) : (struct slice){NULL, 0};
}

/* `name` is that of the virtual host, in the arena. */
struct exchange_view view_of_exchange(const struct vhost *vhost, struct slice name,
                                      struct exchange *exchange, struct arena *arena)
{
    const struct policy *policy = policies_match(&vhost->policies[POLICY_OF_USERS],
                                                 POLICY_EXCHANGES, exchange_name(exchange));
    return (struct exchange_view){
        .vhost = name,
        .name = arena_copy(arena, exchange_name(exchange)),
        .type = arena_copy(arena, exchange_type_name(exchange)),
        .bindings = exchange_binding_count(exchange),
        .arguments = arena_copy(arena, exchange_arguments(exchange)),
        .user = arena_copy(arena, exchange_user(exchange)),
        .policy = name_of(policy, arena),
        .durable = exchange_durable(exchange),
        .auto_delete = exchange_auto_delete(exchange),
        .internal = exchange_internal(exchange),
        .counts = *exchange_counts(exchange),
        .published = pairs_published(exchange),
        .serial = exchange_serial(exchange),
        .vhost_serial = vhost->serial,
    };
}

bool view_exchange(const struct broker *broker, const struct view_scope *scope, struct slice name,
                   struct exchange_view *out)
{
    const struct vhost *vhost = broker_find_vhost(broker, scope->vhost);
    struct exchange *exchange = vhost ? exchanges_find(vhost->exchanges, name) : NULL;
    if (exchange) {
        struct slice in = arena_copy(scope->arena, vhost->name);
        *out = view_of_exchange(vhost, in, exchange, scope->arena);
    }
    return exchange;
}

struct queue_view *view_queues(const struct broker *broker, const struct view_scope *scope,
                               size_t *count)
{
    struct queue_view *views = arena_array(scope->arena, broker->counters.queues, sizeof *views);
    *count = 0;
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        if (!in_scope(scope, vhost)) {
            continue;
        }
        struct slice name = arena_copy(scope->arena, vhost->name);
        list_each(inner, &vhost->queues) {
            views[(*count)++] =
                view_of_queue(container_of(inner, struct broker_queue, link), name, scope->arena);
        }
    }
    return views;
}

bool view_queue(const struct broker *broker, const struct view_scope *scope, struct slice name,
                struct queue_view *out)
{
    const struct vhost *vhost = broker_find_vhost(broker, scope->vhost);
    const struct broker_queue *queue = vhost ? broker_queue_find(vhost, name) : NULL;
    if (queue) {
        *out = view_of_queue(queue, arena_copy(scope->arena, vhost->name), scope->arena);
    }
    return queue;
}
