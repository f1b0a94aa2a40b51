#ifndef BROKER_CENSUS_H
#define BROKER_CENSUS_H

#include "base/slice.h"

struct broker;

/* What there is in a broker, counted, for people to read. */
struct census {
    uint64_t vhosts;
    uint64_t users;
    uint64_t exchanges; // without those that every virtual host has by itself
    uint64_t queues;
    uint64_t bindings; // without those of the default exchange
    uint64_t ready;    // messages
};

/* Slices are borrowed from the broker for the length of the call. */
struct census_queue {
    struct slice vhost;
    struct slice name;
    uint64_t ready;  // messages
    uint64_t marked; // of those that the journal has: may have been delivered before
};

typedef void (*census_on_queue)(void *arg, const struct census_queue *queue);

/* Counts everything, and tells of each queue, in order of declaration. Takes time in proportion to
 * the messages that are in the journal. */
struct census broker_census(const struct broker *broker, census_on_queue on_queue, void *arg);

#endif
