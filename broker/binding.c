#include "broker/binding.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/broker_internal.h"

/* Exchanges on their way out, in the order in which the one made the other unused. Clients may
 * build chains of any length, so this is no recursion. */
struct doomed {
    struct exchange **items; // owned array
    size_t count;
    size_t cap;
};

/* Takes the bindings from it first, so that a cycle does not come back here. */
static void doom(struct doomed *doomed, struct exchange *exchange)
{
    const struct list *bindings_out = exchange_bindings(exchange);
    while (!list_empty(bindings_out)) {
        binding_remove(container_of(list_first(bindings_out), struct binding, out_link));
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
    binding_remove(binding);
    if (exchange_auto_delete(source) && exchange_binding_count(source) == 0) {
        doom(doomed, source);
    }
}

static void drop_all(struct vhost *vhost, struct doomed *doomed)
{
    while (doomed->count > 0) {
        struct exchange *exchange = doomed->items[doomed->count - 1];
        struct list *bindings_in = &exchange_destination(exchange)->bindings_in;
        if (!list_empty(bindings_in)) {
            unbind(doomed, container_of(list_first(bindings_in), struct binding, in_link));
        } else {
            doomed->count--;
            exchanges_remove(vhost->exchanges, exchange);
            vhost->broker->counters.exchanges--;
        }
    }
    free(doomed->items);
    forget_routes(vhost->broker);
}

void binding_drop(struct vhost *vhost, struct binding *binding)
{
    struct doomed doomed = {0};
    unbind(&doomed, binding);
    drop_all(vhost, &doomed);
}

void exchange_drop(struct vhost *vhost, struct exchange *exchange)
{
    struct doomed doomed = {0};
    doom(&doomed, exchange);
    drop_all(vhost, &doomed);
}
