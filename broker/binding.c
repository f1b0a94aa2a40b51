#include "broker/binding.h"

#include "broker/broker_internal.h"

void binding_drop(struct vhost *vhost, struct binding *binding)
{
    struct exchange *source = binding->source;
    binding_remove(binding);
    forget_routes(vhost->broker);
    if (exchange_auto_delete(source) && exchange_binding_count(source) == 0) {
        exchange_drop(vhost, source);
    }
}

void exchange_drop(struct vhost *vhost, struct exchange *exchange)
{
    struct list *bindings_in = &exchange_destination(exchange)->bindings_in;
    const struct list *bindings_out = exchange_bindings(exchange);
    while (!list_empty(bindings_out)) { // first, so that a cycle does not come back here
        binding_remove(container_of(list_first(bindings_out), struct binding, out_link));
    }
    while (!list_empty(bindings_in)) {
        binding_drop(vhost, container_of(list_first(bindings_in), struct binding, in_link));
    }
    exchanges_remove(vhost->exchanges, exchange);
    vhost->broker->counters.exchanges--;
    forget_routes(vhost->broker);
}
