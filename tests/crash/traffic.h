#ifndef TESTS_CRASH_TRAFFIC_H
#define TESTS_CRASH_TRAFFIC_H

#include <stdbool.h>

#include "tests/crash/fixtures.h"
#include "tests/crash/history.h"
#include "tests/sim/prng.h"

/* The clients of one life of a broker, each on a thread and a connection of its own: publishers,
 * consumers, one for transactions, and one that declares and deletes. They end when the broker
 * does, or when they are told to finish what they have open and leave. */
struct traffic;

struct traffic_options {
    struct history *history;   // borrowed
    struct fixtures *fixtures; // borrowed
    int port;
    bool bulky; // more octets than messages
    bool eager; // little waits for consumers, so of old segments only few messages are needed
};

struct traffic *traffic_start(const struct traffic_options *options, struct prng *prng);

/* Waits until all have ended, and frees it. `finish`: tells them to. */
void traffic_end(struct traffic *traffic, bool finish);

#endif
