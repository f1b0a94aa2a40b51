#ifndef BROKER_REPLY_TO_H
#define BROKER_REPLY_TO_H

#include "broker/channel.h"

/* Direct reply-to (RabbitMQ's documentation of that name): a client consumes from the pseudo-queue
 * amq.rabbitmq.reply-to; the reply-to property of what it publishes becomes a name under which
 * replies reach its channel without any queue. */
bool reply_to_is_pseudo_queue(struct slice name); // "amq.rabbitmq.reply-to"
bool reply_to_is_address(struct slice name);      // "amq.rabbitmq.reply-to.<token>"

/* basic.consume of the pseudo-queue. */
enum amqp_reply reply_to_consume(struct channel *channel, const struct amqp_basic_consume *args,
                                 struct effects *fx);

/* Ends the channel's reply consumer, if it has one. */
void reply_to_cancel(struct channel *channel);

/* True if the channel's reply consumer has this tag. */
bool reply_to_has_tag(const struct channel *channel, struct slice tag);

/* True if somebody listens at this address. */
bool reply_to_alive(const struct channel *channel, struct slice address);

/* Hands a message to whoever listens at its address; drops it if nobody does. Borrows msg. */
void reply_to_deliver(struct channel *publisher, struct slice address, struct msg *msg,
                      struct effects *fx);

#endif
