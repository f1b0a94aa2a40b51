#ifndef BROKER_CAPACITY_H
#define BROKER_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

/* The part of the time in which a queue could hand out its messages at once: what RabbitMQ calls
 * consumer_capacity. It could as long as no message had to wait for want of a consumer that takes
 * one. As in RabbitMQ it is a mean in which what was a second ago counts half as much as what is
 * now. Times are milliseconds that never go back; what changes and changes back within one counts
 * for nothing. */
struct capacity {
    uint64_t since_ms; // when this was so:
    uint32_t mean;     // in parts of CAPACITY_ALL
    bool waits;        // and a message waits since then
};

#define CAPACITY_ALL (UINT32_C(1) << 30)

/* From now on, when nothing waits. */
static inline void capacity_begin(struct capacity *capacity, uint64_t now_ms)
{
    *capacity = (struct capacity){.since_ms = now_ms, .mean = CAPACITY_ALL};
}

/* What has been until now goes into the mean. */
void capacity_advance(struct capacity *capacity, uint64_t now_ms);

/* From now on it is so. It may change twice for every message: that time has gone on
 * meanwhile is seldom. */
static inline void capacity_change(struct capacity *capacity, bool waits, uint64_t now_ms)
{
    if (now_ms > capacity->since_ms) {
        capacity_advance(capacity, now_ms);
    }
    capacity->waits = waits;
}

uint32_t capacity_mean(const struct capacity *capacity, uint64_t now_ms);

#endif
