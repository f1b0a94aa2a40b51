#ifndef QUEUE_RESIDENCY_H
#define QUEUE_RESIDENCY_H

#include "base/list.h"
#include "base/slice.h"

struct ledger;
struct msg;

/* The content of ready messages that is in memory, of all queues of a broker together, and what of
 * it can go because the journal has it. Messages that came back to a queue after they were handed
 * out are not counted and stay.
 *
 * Queues that share one are to be freed before it; it needs no finish. */
struct residency {
    struct list chunks;    // struct fifo_chunk.link: with messages, about the oldest first
    struct list transient; // struct fifo_chunk.link: nothing in them goes unless it is spilled
    uint64_t bytes; // msg_size of all messages in them, each once, however many queues it is in
    struct ledger *ledger; // borrowed
};

void residency_init(struct residency *residency, struct ledger *ledger);

/* Drops the content of messages whose record is written: one that starts at the journal position
 * `written`, or before. The oldest go first, until no more than `target` bytes are left or nothing
 * more can go. What is left of a message is its place, of 16 octets; when it is taken it is a stub.
 * Returns how many places that were.
 *
 * Looks at a bounded number of messages that cannot go, so it costs little when called at
 * each tick, and may leave over in one call what it finds in the next. */
uint64_t residency_evict(struct residency *residency, uint64_t target, uint64_t written);

/* Writes up to `count` messages, about the oldest first, that are not in the journal and not to be,
 * to `out`: borrowed. When they have been given a place there (stored_at), residency_evict can
 * drop their content. A message that is in several queues may come more than once. Not to be
 * called while there are messages that are on their way to the journal. Returns how many it
 * wrote. */
size_t residency_unstored(struct residency *residency, struct msg **out, size_t count);

#endif
