#ifndef BROKER_ACCESS_H
#define BROKER_ACCESS_H

#include "broker/effect.h"

struct channel;
struct session;

/* The permission map (RabbitMQ's access control guide): which operation needs which right on which
 * resource. */
enum access { ACCESS_CONFIGURE, ACCESS_WRITE, ACCESS_READ };
enum resource { RESOURCE_QUEUE, RESOURCE_EXCHANGE };

/* AMQP_ACCESS_REFUSED with RabbitMQ's text unless the channel's user has this right on the resource
 * of this name. */
enum amqp_reply access_check(struct channel *channel, enum access access, enum resource resource,
                             struct slice name, struct effects *fx);

/* The same for a topic exchange and a routing key, where the user has topic permissions. */
enum amqp_reply access_check_topic(struct channel *channel, enum access access,
                                   struct slice exchange, struct slice key, struct effects *fx);

/* Whether the user may enter the virtual host at all. */
bool access_vhost_allowed(const struct session *session);

#endif
