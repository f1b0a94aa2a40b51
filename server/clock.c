#include "server/clock.h"

#include <time.h>

uint64_t clock_now(struct clock *clock)
{
    if (!clock->read) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        clock->now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
        clock->read = true;
    }
    return clock->now_ms;
}
