#ifndef BROKER_BINDING_H
#define BROKER_BINDING_H

#include "broker/topology.h"
#include "exchange/exchange.h"

struct vhost;

/* Whether it outlives the broker: both of its ends do. */
bool binding_lasts(const struct binding *binding);

/* How the journal tells of an exchange; the slices are borrowed from it. */
struct topology_exchange_declared exchange_entry(const struct vhost *vhost,
                                                 const struct exchange *exchange);

/* How the journal tells of a binding; the slices are borrowed from the binding and its ends. */
struct topology_binding_put binding_entry(const struct vhost *vhost, const struct binding *binding);

/* Removes a binding; its source goes too if it is auto-delete and that was its last one. What the
 * journal has to know is that the binding goes; this is the caller's to tell, unless an end of it
 * goes. */
void binding_drop(struct vhost *vhost, struct binding *binding, struct effects *fx);

/* Removes an exchange with all bindings from and to it, and what that makes unused in turn. */
void exchange_drop(struct vhost *vhost, struct exchange *exchange, struct effects *fx);

#endif
