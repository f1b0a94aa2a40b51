#include "tests/sim/prng.h"

uint64_t prng_next(struct prng *prng)
{
    prng->state += 0x9e3779b97f4a7c15U;
    uint64_t z = prng->state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

uint32_t prng_below(struct prng *prng, uint32_t limit)
{
    return limit > 0 ? (uint32_t)(prng_next(prng) >> 32) % limit : 0;
}

uint32_t prng_between(struct prng *prng, uint32_t least, uint32_t largest)
{
    return least + prng_below(prng, largest - least + 1);
}

bool prng_chance(struct prng *prng, uint32_t percent)
{
    return prng_below(prng, 100) < percent;
}
