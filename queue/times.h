#ifndef QUEUE_TIMES_H
#define QUEUE_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When the messages of a fifo expire, one time each, in the same order. It exists only from the
 * first message that expires at all until the fifo is empty again: a queue without expiry has
 * none. Zero-initialise it. */
struct times {
    uint64_t *items; // owned ring of cap times; NULL: nothing in the fifo expires
    size_t cap;      // a power of two
    size_t begin;
    size_t count;
};

static inline bool times_kept(const struct times *times)
{
    return times->items != NULL;
}

void times_begin(struct times *times, size_t count, uint64_t time); // `count` items with this time
void times_push(struct times *times, uint64_t time);
uint64_t times_first(const struct times *times); // of one that is not empty
uint64_t times_take(struct times *times);        // the first; the last one taken ends it
void times_clear(struct times *times);

#endif
