#ifndef SERVER_RANDOM_H
#define SERVER_RANDOM_H

#include <stddef.h>

#include "base/hash.h"

/* Octets that nobody can guess, from the kernel. Never fails: without them there is no safe way to
 * go on. */
void random_fill(void *out, size_t len);

/* A fresh key for the core's hash tables and generated names. */
struct hash_key random_hash_key(void);

#endif
