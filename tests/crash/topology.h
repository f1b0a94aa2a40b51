#ifndef TESTS_CRASH_TOPOLOGY_H
#define TESTS_CRASH_TOPOLOGY_H

#include <amqp.h>
#include <stdbool.h>
#include <stdint.h>

/* The queues and exchanges that all rounds use, all of them durable. They are declared anew after
 * every start, with the same arguments: a broker that kept others of them would refuse. */
enum crash_queue {
    QUEUE_PLAIN,
    QUEUE_FAN_A,
    QUEUE_FAN_B,
    QUEUE_FAN_C,   // a quorum queue
    QUEUE_RANKED,  // with priorities
    QUEUE_QUORUM,  // keeps transient messages, too
    QUEUE_REJECTS, // dead letters go to QUEUE_DEAD
    QUEUE_DEAD,
    QUEUE_TOKENS, // acknowledged in transactions only, which publish to the next two
    QUEUE_LEFT,
    QUEUE_RIGHT,
    QUEUE_QUIET, // nobody reads it but the census
    QUEUE_COUNT,
};

/* What a message is published to, and where it gets by that. */
enum crash_route {
    ROUTE_PLAIN,
    ROUTE_FAN,
    ROUTE_RANKED,
    ROUTE_QUORUM,
    ROUTE_REJECTS,
    ROUTE_TOKENS,
    ROUTE_TREE, // by a topic exchange behind another exchange, to PLAIN and QUIET
    ROUTE_QUIET,
    ROUTE_FREE_COUNT, // those before are for any publisher
    ROUTE_LEFT = ROUTE_FREE_COUNT,
    ROUTE_RIGHT,
    ROUTE_COUNT,
};

struct crash_route_row {
    const char *exchange;
    const char *key;
    uint32_t queues; // a bit for each enum crash_queue
};

enum {
    LEVEL_MAX = 3,                // the x-max-priority of QUEUE_RANKED
    PRIORITY_MAX = LEVEL_MAX + 2, // of the messages
    PRIORITY_OF_QUORUM = 4,       // what none counts as in a quorum queue
};

const char *crash_queue_name(enum crash_queue queue);
const struct crash_route_row *crash_route_row(enum crash_route route);

/* Whether the queue keeps messages that are not persistent. */
bool crash_queue_keeps_all(enum crash_queue queue);

/* Declares everything on channel 1. False if the broker refuses or is gone. */
bool crash_topology_declare(amqp_connection_state_t client);

#endif
