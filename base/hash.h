#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/slice.h"

/* SipHash-1-3 of bytes under a 128-bit key: a hash whose collisions a peer that does not know
 * the key cannot arrange (Aumasson and Bernstein, "SipHash: a fast short-input PRF"). Also the
 * core's source of unguessable names: hash of a counter under a secret key. */
struct hash_key {
    uint64_t k0;
    uint64_t k1;
};

uint64_t hash_bytes(struct hash_key key, struct slice bytes);

#endif
