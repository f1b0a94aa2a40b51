#ifndef BROKER_VHOST_H
#define BROKER_VHOST_H

#include "base/slice.h"

struct broker;
struct vhost;

/* A virtual host: its own exchanges, queues and bindings. A new one has the predeclared exchanges.
 */
void broker_add_vhost(struct broker *broker, struct slice name); // exists already: nothing
struct vhost *broker_find_vhost(const struct broker *broker, struct slice name); // or NULL

#endif
