#ifndef BROKER_VHOST_H
#define BROKER_VHOST_H

#include "base/slice.h"

struct broker;
struct effects;
struct vhost;

/* A virtual host: its own exchanges, queues and bindings. A new one has the predeclared exchanges;
 * nothing happens if it exists already. */
void broker_add_vhost(struct broker *broker, struct slice name, struct effects *fx);
struct vhost *broker_find_vhost(const struct broker *broker, struct slice name); // or NULL

#endif
