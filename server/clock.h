#ifndef SERVER_CLOCK_H
#define SERVER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* The time of a tick in milliseconds of the monotonic clock: read once, when it is first asked for,
 * so that everything in a tick happens at the same moment. */
struct clock {
    uint64_t now_ms;
    bool read; // in this tick
};

uint64_t clock_now(struct clock *clock);

/* What clock_now lacks to milliseconds since 1970. */
uint64_t clock_wall_offset(void);

/* The next call of clock_now reads the time again. */
static inline void clock_expire(struct clock *clock)
{
    clock->read = false;
}

#endif
