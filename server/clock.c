#include "server/clock.h"

#include <time.h>

static uint64_t read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_now(struct clock *clock)
{
    if (!clock->read) {
        clock->now_ms = read_ms(CLOCK_MONOTONIC);
        clock->read = true;
    }
    return clock->now_ms;
}

uint64_t clock_wall_offset(void)
{
    return read_ms(CLOCK_REALTIME) - read_ms(CLOCK_MONOTONIC);
}
