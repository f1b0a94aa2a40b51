#ifndef BENCH_DRAIN_H
#define BENCH_DRAIN_H

#include "bench/problem.h"
#include "bench/tempo.h"
#include "bench/uri.h"

#include <stdbool.h>

/* One consumer that empties a queue. */
struct drain_plan {
    const struct uri *uri; // borrowed, as all pointers here, for the call
    const char *queue;
    uint64_t count;      // messages that must come
    uint16_t prefetch;   // 0 = none
    uint32_t ack_every;  // 0 = auto-ack
    bool verify;         // they are stamped by one producer: all, once, in order
    struct tempo *tempo; // NULL = not wanted
};

/* Returns when everything came, or false with the problem set: also if nothing comes any more. */
bool drain(const struct drain_plan *plan, struct problem *problem);

#endif
