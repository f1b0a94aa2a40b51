#ifndef BROKER_DEDUPLICATION_H
#define BROKER_DEDUPLICATION_H

#include "base/hash.h"
#include "base/slice.h"

struct deduplication;

/* What an exchange or a queue with the argument x-message-deduplication remembers of the messages
 * that came: the values of one header, so that a message with a value that was seen is dropped
 * (LavinMQ's rules). Values that are equal but of other types are different ones. */
struct deduplication_options {
    struct slice header;      // x-deduplication-header; copied
    uint32_t size;            // x-cache-size: values remembered at most, the oldest go first
    uint64_t ttl_ms;          // x-cache-ttl: for how long; UINT64_MAX = no limit
    struct hash_key hash_key; // so that nobody can choose values that collide
};

struct deduplication *deduplication_new(const struct deduplication_options *options);
void deduplication_free(struct deduplication *deduplication); // NULL is fine

/* What the arguments of an exchange or queue ask for: NULL unless x-message-deduplication is true.
 * However large a size they name, a million values are remembered at most. */
struct deduplication *deduplication_of(struct slice arguments, struct hash_key hash_key);

/* Whether a message with these headers (a well-formed table) was seen before. If it was not, it is
 * from now on. A message without the header is never a duplicate,
 * nor is one with more than a kilobyte in it. */
bool deduplication_seen(struct deduplication *deduplication, struct slice headers, uint64_t now_ms);

#endif
