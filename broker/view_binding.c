#include "broker/view.h"

#include "broker/view_internal.h"
#include "broker/view_walk.h"

/* Where the views of one virtual host's bindings go. */
struct row {
    struct binding_view *views;
    size_t count;
    struct arena *arena;
    struct slice vhost; // in the arena
};

struct binding_view view_of_binding(const struct binding *binding, struct slice vhost,
                                    struct slice source)
{
    struct destination *destination = binding->destination;
    bool to_exchange = destination->kind == DESTINATION_EXCHANGE;
    return (struct binding_view){
        .vhost = vhost,
        .source = source,
        .destination = *destination->name,
        .key = binding->key,
        .arguments = binding->arguments,
        .to_exchange = to_exchange,
        .exclusive = !to_exchange && queue_of(destination)->exclusive,
    };
}

struct binding_view view_of_implicit(const struct broker_queue *queue, struct slice vhost)
{
    return (struct binding_view){.vhost = vhost,
                                 .source = SLICE(""),
                                 .destination = queue->name,
                                 .key = queue->name,
                                 .exclusive = queue->exclusive};
}

static void look_at_bindings(const struct exchange *exchange, struct row *row)
{
    if (list_empty(exchange_bindings(exchange))) {
        return;
    }
    struct slice source = arena_copy(row->arena, exchange_name(exchange));
    list_each(node, exchange_bindings(exchange)) {
        const struct binding *binding = container_of(node, struct binding, out_link);
        struct binding_view *view = &row->views[row->count++];
        *view = view_of_binding(binding, row->vhost, source);
        view_walk_keep(row->arena, view);
    }
}

static void look_at_implicit(const struct vhost *vhost, struct row *row)
{
    list_each(node, &vhost->queues) {
        const struct broker_queue *queue = container_of(node, struct broker_queue, link);
        struct binding_view *view = &row->views[row->count++];
        *view = view_of_implicit(queue, row->vhost);
        view_walk_keep(row->arena, view);
    }
}

static size_t count_bindings(const struct broker *broker, bool implicit)
{
    size_t count = implicit ? broker->counters.queues : 0;
    list_each(node, &broker->vhosts) {
        const struct exchanges *all = container_of(node, struct vhost, link)->exchanges;
        for (const struct exchange *exchange = exchanges_first(all); exchange;
             exchange = exchanges_next(all, exchange)) {
            count += exchange_binding_count(exchange);
        }
    }
    return count;
}

struct binding_view *view_bindings(const struct broker *broker, const struct view_scope *scope,
                                   size_t *count)
{
    struct row row = {.arena = scope->arena};
    row.views =
        arena_array(scope->arena, count_bindings(broker, scope->implicit), sizeof *row.views);
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        if (scope->vhost.ptr && !slice_eq(scope->vhost, vhost->name)) {
            continue;
        }
        row.vhost = arena_copy(scope->arena, vhost->name);
        if (scope->implicit) {
            look_at_implicit(vhost, &row);
        }
        for (const struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
             exchange = exchanges_next(vhost->exchanges, exchange)) {
            look_at_bindings(exchange, &row);
        }
    }
    *count = row.count;
    return row.views;
}
