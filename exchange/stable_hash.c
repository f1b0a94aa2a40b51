#include "exchange/stable_hash.h"

uint64_t stable_hash_mix(uint64_t value)
{
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdu;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53u;
    return value ^ value >> 33;
}

uint64_t stable_hash(struct slice bytes)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < bytes.len; i++) {
        hash = (hash ^ bytes.ptr[i]) * 0x100000001b3u;
    }
    return stable_hash_mix(hash);
}

/* hash / 2^64 is (1 - d) / 2^halvings with d up to a half, and the logarithm of 1 / (1 - d) is
 * 2 artanh s with s = d / (2 - d): s + s^3 / 3 + s^5 / 5 and so on, twice. Every step is rounded
 * down and none of them falls when d grows, so the sum does not either. */
uint64_t stable_hash_cost(uint64_t hash)
{
    const uint64_t ln_2 = 0xb17217f8u; // rounded up: more than the series at d = 1/2
    unsigned halvings = (unsigned)__builtin_clzll(hash | 1);
    uint64_t d = (0 - ((hash | 1) << halvings)) >> 32;
    uint64_t s = (d << 32) / ((UINT64_C(2) << 32) - d);
    uint64_t square = s * s >> 32;
    uint64_t power = s;
    uint64_t sum = s;
    for (unsigned exponent = 3; exponent <= 17; exponent += 2) {
        power = power * square >> 32;
        sum += power / exponent;
    }
    return halvings * ln_2 + 2 * sum;
}
