#include "broker/view.h"

#include "broker/broker_internal.h"

/* Where the views of one virtual host's bindings go. */
struct row {
    struct binding_view *views;
    size_t count;
    struct arena *arena;
    struct slice vhost; // in the arena
};

static void look_at_bindings(const struct exchange *exchange, struct row *row)
{
    if (list_empty(exchange_bindings(exchange))) {
        return;
    }
    struct slice source = arena_copy(row->arena, exchange_name(exchange));
    list_each(node, exchange_bindings(exchange)) {
        const struct binding *binding = container_of(node, struct binding, out_link);
        row->views[row->count++] = (struct binding_view){
            .vhost = row->vhost,
            .source = source,
            .destination = arena_copy(row->arena, *binding->destination->name),
            .key = arena_copy(row->arena, binding->key),
            .arguments = arena_copy(row->arena, binding->arguments),
            .to_exchange = binding->destination->kind == DESTINATION_EXCHANGE,
        };
    }
}

static void look_at_implicit(const struct vhost *vhost, struct row *row)
{
    list_each(node, &vhost->queues) {
        const struct broker_queue *queue = container_of(node, struct broker_queue, link);
        struct slice name = arena_copy(row->arena, queue->name);
        row->views[row->count++] = (struct binding_view){
            .vhost = row->vhost, .source = SLICE(""), .destination = name, .key = name};
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
