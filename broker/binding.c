#include "broker/binding.h"
#include "broker/event.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/delay.h"
#include "broker/duplicates.h"
#include "broker/outcome_internal.h"

/* Exchanges on their way out, in the order in which the one made the other unused. Clients may
 * build chains of any length, so this is no recursion. */
struct doomed {
    struct vhost *vhost;
    struct effects *fx;
    struct exchange **items; // owned array
    size_t count;
    size_t cap;
};

/* Takes the bindings from it first, so that a cycle does not come back here. */
static void doom(struct doomed *doomed, struct exchange *exchange)
{
    const struct list *bindings_out = exchange_bindings(exchange);
    while (!list_empty(bindings_out)) {
        struct binding *binding = container_of(list_first(bindings_out), struct binding, out_link);
        event_binding(doomed->vhost, binding, false);
        binding_remove(binding);
    }
    if (doomed->count == doomed->cap) {
        doomed->cap = doomed->cap ? doomed->cap * 2 : 8;
        doomed->items = memory_grow(doomed->items, doomed->cap * sizeof *doomed->items);
    }
    doomed->items[doomed->count++] = exchange;
}

static void unbind(struct doomed *doomed, struct binding *binding)
{
    struct exchange *source = binding->source;
    event_binding(doomed->vhost, binding, false);
    binding_remove(binding);
    if (exchange_auto_delete(source) && exchange_binding_count(source) == 0) {
        doom(doomed, source);
    }
}

static void drop(struct doomed *doomed, struct exchange *exchange)
{
    struct vhost *vhost = doomed->vhost;
    delay_remove_store(exchange, doomed->fx);
    duplicates_remove_exchange(vhost, exchange_name(exchange));
    if (exchange_durable(exchange)) {
        struct topology topology = {
            .kind = TOPOLOGY_exchange_delete,
            .exchange_delete = {.vhost = vhost->name, .name = exchange_name(exchange)}};
        outcome_topology(vhost->broker, &topology, doomed->fx);
    }
    event_exchange(vhost, exchange, false);
    pairs_end_exchange(vhost->broker, exchange);
    exchanges_remove(vhost->exchanges, exchange);
    vhost->broker->counters.exchanges--;
}

static void drop_all(struct doomed *doomed)
{
    while (doomed->count > 0) {
        struct exchange *exchange = doomed->items[doomed->count - 1];
        struct list *bindings_in = &exchange_destination(exchange)->bindings_in;
        if (!list_empty(bindings_in)) {
            unbind(doomed, container_of(list_first(bindings_in), struct binding, in_link));
        } else {
            doomed->count--;
            drop(doomed, exchange);
        }
    }
    free(doomed->items);
    forget_routes(doomed->vhost->broker);
}

bool binding_lasts(const struct binding *binding)
{
    struct destination *to = binding->destination;
    return exchange_durable(binding->source) &&
           (to->kind == DESTINATION_QUEUE ? queue_of(to)->durable
                                          : exchange_durable(exchange_of(to)));
}

struct topology_binding_put binding_entry(const struct vhost *vhost, const struct binding *binding)
{
    struct destination *to = binding->destination;
    bool to_queue = to->kind == DESTINATION_QUEUE;
    return (struct topology_binding_put){
        .vhost = vhost->name,
        .source = exchange_name(binding->source),
        .queue = to_queue ? queue_of(to)->id : 0,
        .exchange = to_queue ? (struct slice){0} : exchange_name(exchange_of(to)),
        .key = binding->key,
        .arguments = binding->arguments,
    };
}

struct topology_exchange_declared exchange_entry(const struct vhost *vhost,
                                                 const struct exchange *exchange)
{
    return (struct topology_exchange_declared){
        .vhost = vhost->name,
        .name = exchange_name(exchange),
        .type = exchange_type_name(exchange),
        .auto_delete = exchange_auto_delete(exchange),
        .internal = exchange_internal(exchange),
        .arguments = exchange_arguments(exchange),
        .user = exchange_user(exchange),
    };
}

void binding_drop(struct vhost *vhost, struct binding *binding, struct effects *fx)
{
    struct doomed doomed = {.vhost = vhost, .fx = fx};
    unbind(&doomed, binding);
    drop_all(&doomed);
}

void exchange_drop(struct vhost *vhost, struct exchange *exchange, struct effects *fx)
{
    struct doomed doomed = {.vhost = vhost, .fx = fx};
    doom(&doomed, exchange);
    drop_all(&doomed);
}
