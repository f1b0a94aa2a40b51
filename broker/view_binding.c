#include "broker/view.h"

#include "broker/broker_queue.h"
#include "broker/view_internal.h"
#include "broker/view_walk.h"

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

static const struct destination *find_end(const struct vhost *vhost, const struct binding_end *end)
{
    if (end->is_exchange) {
        struct exchange *exchange = exchanges_find(vhost->exchanges, end->name);
        return exchange ? exchange_destination(exchange) : NULL;
    }
    const struct broker_queue *queue = broker_queue_find(vhost, end->name);
    return queue ? &queue->destination : NULL;
}

static size_t list_length(const struct list *list)
{
    size_t length = 0;
    list_each(node, list) {
        length++;
    }
    return length;
}

struct binding_view *view_bindings_to(const struct broker *broker, const struct view_scope *scope,
                                      const struct binding_end *end, size_t *count)
{
    const struct vhost *vhost = broker_find_vhost(broker, scope->vhost);
    const struct destination *destination = vhost ? find_end(vhost, end) : NULL;
    *count = 0;
    if (!destination) {
        return NULL;
    }
    size_t length = list_length(&destination->bindings_in);
    struct binding_view *views = arena_array(scope->arena, length + 1, sizeof *views);
    if (scope->implicit && destination->kind == DESTINATION_QUEUE) {
        views[(*count)++] = view_of_implicit(
            container_of(destination, struct broker_queue, destination), vhost->name);
    }
    list_each(node, &destination->bindings_in) {
        const struct binding *binding = container_of(node, struct binding, in_link);
        views[(*count)++] = view_of_binding(binding, vhost->name, exchange_name(binding->source));
    }
    for (size_t i = 0; i < *count; i++) {
        views[i].vhost = arena_copy(scope->arena, views[i].vhost);
        views[i].source = arena_copy(scope->arena, views[i].source);
        view_keep_binding(scope->arena, &views[i]);
    }
    return views;
}
