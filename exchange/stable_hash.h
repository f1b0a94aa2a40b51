#ifndef EXCHANGE_STABLE_HASH_H
#define EXCHANGE_STABLE_HASH_H

#include "base/slice.h"

/* A hash that is the same on every machine and after every start, for the exchanges whose clients
 * rely on where a key goes: FNV-1a, spread by the finalizer of MurmurHash3. It has no secret, so
 * whoever wants to can find keys that go to the same place; tables use base/hash.h instead. */
uint64_t stable_hash(struct slice bytes);

/* Spreads what is combined of hashes, for example by exclusive or, over all 64 bits. */
uint64_t stable_hash_mix(uint64_t value);

/* The natural logarithm of 2^64 / hash, in units of 2^-32; never grows when the hash grows. Of
 * some hashes, the one with the least of this divided by its weight is each of them as often as its
 * weight says. Whole numbers, so that every machine agrees. At most 2^38. */
uint64_t stable_hash_cost(uint64_t hash);

#endif
