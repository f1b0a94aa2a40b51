#ifndef BROKER_VHOST_H
#define BROKER_VHOST_H

#include "amqp/method.h"
#include "base/slice.h"

struct broker;
struct effects;
struct vhost;

/* A virtual host: its own exchanges, queues and bindings. A new one has the predeclared exchanges;
 * nothing happens if it exists already. */
void broker_add_vhost(struct broker *broker, struct slice name, struct effects *fx);
/* With all that is in it, and the permissions in it. AMQP_NOT_FOUND; AMQP_PRECONDITION_FAILED while
 * a session is in it: the shell ends those first. */
enum amqp_reply broker_delete_vhost(struct broker *broker, struct slice name, struct effects *fx);
struct vhost *broker_find_vhost(const struct broker *broker, struct slice name); // or NULL

#endif
