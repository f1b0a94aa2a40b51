#ifndef TESTS_SIM_PRNG_H
#define TESTS_SIM_PRNG_H

#include <stdbool.h>
#include <stdint.h>

/* The one source of chance in a history: splitmix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators"). The same seed gives the same history. */
struct prng {
    uint64_t state;
};

uint64_t prng_next(struct prng *prng);
uint32_t prng_below(struct prng *prng, uint32_t limit);                     // 0..limit-1; 0 for 0
uint32_t prng_between(struct prng *prng, uint32_t least, uint32_t largest); // both included
bool prng_chance(struct prng *prng, uint32_t percent);

#endif
