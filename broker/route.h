#ifndef BROKER_ROUTE_H
#define BROKER_ROUTE_H

#include "broker/channel.h"
#include "broker/content.h"

struct destination;
struct exchange;
struct route_set;

/* The queues that a message goes to, each once; borrowed until the next route or change of
 * topology. */
struct route {
    struct destination **items; // of queues (queue_of)
    uint32_t count;
    const struct exchange **keepers; // that keep the message: see replay.h
    uint32_t keeper_count;
    const struct route_counts *counts; // where it is counted; route_of leaves it NULL
};

/* What routing has found. */
struct route route_of(const struct route_set *set);

/* Checks that the channel may publish there, and finds the exchange; NULL: the default one.
 * AMQP_NOT_FOUND, AMQP_ACCESS_REFUSED. */
enum amqp_reply route_check(struct channel *channel, const struct publish *publish,
                            struct exchange **out, struct effects *fx);

/* Routes. What was found is remembered for the channel's next message to the same place, if that is
 * sure to go the same way: it has no headers, the exchanges go by keys, and nobody watches. */
struct route route_find(struct channel *channel, const struct publish *publish,
                        struct exchange *exchange, const struct content *content);

/* True if the route to this place is remembered; for messages without headers only. */
bool route_recall(const struct channel *channel, const struct publish *publish, struct route *out);

#endif
