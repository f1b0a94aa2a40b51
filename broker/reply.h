#ifndef BROKER_REPLY_H
#define BROKER_REPLY_H

#include "broker/effect.h"

struct channel;

/* Puts a REPLY with this method among the effects. It depends on every journal record asked for so
 * far. The method's fields must be short: names, tags and numbers. */
void reply_send(struct channel *channel, const struct amqp_args *args, struct effects *fx);

/* The same for a method without fields. */
void reply_ok(struct channel *channel, enum amqp_method method, struct effects *fx);

#endif
