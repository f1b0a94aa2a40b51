#ifndef BROKER_ROUTE_H
#define BROKER_ROUTE_H

#include "broker/channel.h"
#include "broker/content.h"

struct destination;

/* The queues that a message goes to, each once; borrowed until the next route or change of
 * topology. */
struct route {
    struct destination **items; // of queues (queue_of)
    uint32_t count;
};

/* Checks that the channel may publish there, and routes. AMQP_NOT_FOUND, AMQP_ACCESS_REFUSED. What
 * was found is remembered for the channel's next message to the same place, if that is sure to go
 * the same way: it has no headers. */
enum amqp_reply route_publish(struct channel *channel, const struct publish *publish,
                              const struct content *content, struct route *out, struct effects *fx);

/* True if the route to this place is remembered; for messages without headers only. */
bool route_recall(const struct channel *channel, const struct publish *publish, struct route *out);

#endif
