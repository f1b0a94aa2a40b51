#ifndef BROKER_BINDING_H
#define BROKER_BINDING_H

#include "exchange/exchange.h"

struct vhost;

/* Removes a binding; its source goes too if it is auto-delete and that was its last one. */
void binding_drop(struct vhost *vhost, struct binding *binding);

/* Removes an exchange with all bindings from and to it, and what that makes unused in turn. */
void exchange_drop(struct vhost *vhost, struct exchange *exchange);

#endif
