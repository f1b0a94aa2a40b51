#ifndef BROKER_UNSETTLED_H
#define BROKER_UNSETTLED_H

#include <stdbool.h>
#include <stdint.h>

struct broker_queue;
struct consumer;
struct msg;

/* A message that a channel was given and has not settled. */
struct unsettled_item {
    struct msg *msg;            // owns one reference; NULL: no such item
    struct broker_queue *queue; // borrowed: counts its unsettled messages and stays as long
    struct consumer *consumer;  // borrowed until it is cancelled; NULL then, and for basic.get
    uint64_t expires;           // struct delivery.expires
    uint64_t mark;              // unsettled_mark: position in the queue, and `counted`
};

/* `counted`: towards the channel's prefetch limit. What consumers get is; what basic.get gets is
 * not, unless it was there when a limit was set. */
static inline uint64_t unsettled_mark(uint64_t position, bool counted)
{
    return position << 1 | counted;
}

static inline uint64_t unsettled_position(const struct unsettled_item *item)
{
    return item->mark >> 1;
}

static inline bool unsettled_counted(const struct unsettled_item *item)
{
    return item->mark & 1;
}

/* The unsettled messages of a channel by delivery tag: a sorted array of chunks for 64 tags each.
 * Tags come in order and mostly leave in order, so the first or the last chunk is nearly always
 * meant; a chunk is freed when nothing in it is left, so memory follows what is unsettled and not
 * the span of tags. Zero-initialise it. */
struct unsettled {
    struct unsettled_chunk **chunks; // owned; chunks[begin..end) by tag
    uint32_t begin;
    uint32_t end;
    uint32_t cap;
    uint32_t count;                // of items
    struct unsettled_chunk *spare; // owned; or NULL
};

/* Makes the item for a tag that is not in it; the caller fills it in, msg not being NULL. It is
 * valid until the next call. */
struct unsettled_item *unsettled_add(struct unsettled *unsettled, uint64_t tag);

struct unsettled_item *unsettled_find(const struct unsettled *unsettled, uint64_t tag); // or NULL

/* The item with the lowest tag that is at least `from`, and its tag; NULL if there is none. */
struct unsettled_item *unsettled_next(const struct unsettled *unsettled, uint64_t from,
                                      uint64_t *tag);

/* Takes the item of this tag, which must be there, out; the reference goes to the caller. */
struct unsettled_item unsettled_take(struct unsettled *unsettled, uint64_t tag);

void unsettled_finish(struct unsettled *unsettled); // frees the memory; it must be empty

#endif
