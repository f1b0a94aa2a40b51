#ifndef BROKER_TRACING_H
#define BROKER_TRACING_H

#include "broker/effect.h"

struct broker_queue;
struct channel;
struct delivery;
struct route;
struct slice;

/* RabbitMQ's firehose: while tracing is on in a virtual host (broker_set_tracing), every message
 * that a client publishes there and every one that a client is given goes to the exchange
 * amq.rabbitmq.trace as well: with its body, with what there is to know of it in the headers, and
 * with the key publish.EXCHANGE or deliver.QUEUE. What was published to that exchange is left
 * alone. While tracing is off everywhere it costs one look at a counter per delivery. */

/* A message as its publisher sent it: slices are borrowed. */
struct traced {
    struct slice exchange;
    const struct slice *keys; // its routing key, then those of CC and BCC
    uint32_t key_count;
    struct slice properties; // as encoded
    struct slice body;
};

/* It has been routed, and is about to go to its queues. */
void tracing_published(const struct channel *channel, const struct traced *traced,
                       const struct route *route, struct effects *fx);

/* A client is given a message of the queue. To be called if tracing is on in any virtual host. */
void tracing_delivered(const struct channel *channel, struct broker_queue *queue,
                       const struct delivery *delivery, struct effects *fx);

#endif
