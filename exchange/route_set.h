#ifndef EXCHANGE_ROUTE_SET_H
#define EXCHANGE_ROUTE_SET_H

#include "exchange/destination.h"

struct exchange;

/* The destinations that one message reaches, each once, in the order in which routing found them.
 * Zero-initialise it. It is owned and reused by the caller, so that routing a message allocates
 * only when the set grows. Whatever is routed through one destination uses one route set: the
 * number by which a destination remembers that it was reached comes from here. */
struct route_set {
    struct destination **items; // owned array of borrowed destinations
    uint32_t count;
    uint32_t cap;
    uint64_t number; // of the current route

    const struct exchange **keepers; // owned array of borrowed exchanges that keep the message
    uint32_t keeper_count;
    uint32_t keeper_cap;
};

void route_set_begin(struct route_set *set); // empties it: the next message's route

/* Adds destination; false if it is already in the set. */
bool route_set_add(struct route_set *set, struct destination *destination);

/* Adds an exchange that keeps the message (exchange/history.h). */
void route_set_keep(struct route_set *set, const struct exchange *exchange);

void route_set_free(struct route_set *set); // the arrays; what they lead to is not touched

#endif
