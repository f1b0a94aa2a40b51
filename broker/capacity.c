#include "broker/capacity.h"

enum { HALF_LIFE_MS = 1000, STEPS = 10, HALVES_MAX = 31 };

/* What is left of a difference after 1, 2, 4, ... 512 milliseconds, in parts of 2^32. */
static const uint32_t left_after[STEPS] = {
    4291991283, 4289017332, 4283075611, 4271216851, 4247597743,
    4200750632, 4108600754, 3930321000, 3596633477, 3011844207,
};

/* The same of a number, after any time. */
static uint64_t fade(uint64_t value, uint64_t ms)
{
    uint64_t halves = ms / HALF_LIFE_MS, rest = ms % HALF_LIFE_MS;
    value = halves > HALVES_MAX ? 0 : value >> halves;
    for (int i = 0; i < STEPS; i++) {
        value = rest >> i & 1 ? value * left_after[i] >> 32 : value;
    }
    return value;
}

uint32_t capacity_mean(const struct capacity *capacity, uint64_t now_ms)
{
    uint64_t ms = now_ms > capacity->since_ms ? now_ms - capacity->since_ms : 0;
    return capacity->waits ? (uint32_t)fade(capacity->mean, ms)
                           : CAPACITY_ALL - (uint32_t)fade(CAPACITY_ALL - capacity->mean, ms);
}

void capacity_advance(struct capacity *capacity, uint64_t now_ms)
{
    capacity->mean = capacity_mean(capacity, now_ms);
    capacity->since_ms = now_ms;
}
