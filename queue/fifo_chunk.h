#ifndef QUEUE_FIFO_CHUNK_H
#define QUEUE_FIFO_CHUNK_H

#include "base/list.h"
#include "queue/fifo.h"
#include "queue/residency.h"
#include "queue/slot.h"

/* The chunks of a fifo; for its own files, and residency.c. The first chunk of a queue is small,
 * since most queues are short. */
enum { CHUNK_FIRST = 26, CHUNK_LATER = 1022, CHUNK_SLOTS_FIRST = 16 };

/* Items begin..end are in the fifo. Some slots among them may be empty, but the first and the last
 * are not. Of messages, item i has the position first + i; of slots, the position first + offset,
 * and offsets ascend. */
struct fifo_chunk {
    struct list_node link; // residency.chunks or .transient, if messages in memory may be in it
    struct fifo *fifo;     // borrowed
    uint64_t first;
    uint64_t *times; // owned: when each item expires; NULL: none of them does
    uint16_t cap;    // of items, and of times
    uint16_t limit;  // messages are added while end is below; 0 of slots
    uint16_t begin;
    uint16_t end;
    uint16_t live;     // slots: those that are not empty
    uint16_t resident; // slots: those with a pointer
    bool slots;
};

struct msg_chunk {
    struct fifo_chunk chunk;
    struct msg *items[]; // each owns one reference
};

struct slot_chunk {
    struct fifo_chunk chunk;
    uint64_t at_low; // journal positions of what is stored are in [at_low, at_high]
    uint64_t at_high;
    struct slot items[];
};

static inline struct msg **chunk_msgs(struct fifo_chunk *chunk)
{
    ASSERT(!chunk->slots);
    return ((struct msg_chunk *)chunk)->items;
}

static inline struct slot *chunk_slots(struct fifo_chunk *chunk)
{
    ASSERT(chunk->slots);
    return ((struct slot_chunk *)chunk)->items;
}

static inline struct msg *chunk_msg(struct fifo_chunk *chunk, uint32_t index) // or NULL
{
    return chunk->slots ? slot_msg(chunk_slots(chunk)[index]) : chunk_msgs(chunk)[index];
}

static inline bool chunk_is_open(const struct fifo_chunk *chunk) // more can be pushed to it
{
    return chunk->end < chunk->limit && chunk->fifo->tail == chunk;
}

static inline uint64_t chunk_expires(const struct fifo_chunk *chunk, uint32_t index)
{
    return chunk->times ? chunk->times[index] : QUEUE_NEVER;
}

/* What is at an index: *out in any case, but for `expires`, and the message (borrowed) if there is
 * one in memory. Nothing is there if this is NULL and out->at is 0. */
struct msg *chunk_read(struct fifo_chunk *chunk, uint32_t index, struct stored *out);

/* A chunk that is linked to nothing but the residency. */
struct fifo_chunk *chunk_new_msgs(struct fifo *fifo, uint32_t cap, uint64_t first);
struct fifo_chunk *chunk_new_slots(struct fifo *fifo, uint32_t cap, uint64_t first);
void chunk_free(struct fifo_chunk *chunk); // and not what it holds

void chunk_set_expires(struct fifo_chunk *chunk, uint32_t index, uint64_t expires);

/* Empties a slot that is not, giving out->msg (a reference), position and expires. */
void chunk_take_slot(struct fifo_chunk *chunk, uint32_t index, struct delivery *out);

/* Notes that something in a chunk of slots is stored there. */
void chunk_note_at(struct fifo_chunk *chunk, uint64_t at);

/* A message, and not a stub, is in a chunk from now on, or not any more. */
static inline void residency_enter(struct residency *residency, struct msg *msg)
{
    if (residency && msg->queued++ == 0) {
        residency->bytes += msg_size(msg);
    }
}

static inline void residency_leave(struct residency *residency, struct msg *msg)
{
    if (residency && --msg->queued == 0) {
        residency->bytes -= msg_size(msg);
    }
}

/* What was in a chunk, message or stub, is in it no more. */
static inline void chunk_let_go(struct fifo_chunk *chunk, struct msg *msg)
{
    if (!msg->stub) {
        residency_leave(chunk->fifo->residency, msg);
    }
}

/* Counts a place among those without content (sign 1), or no more (-1), if it is one: `msg` is what
 * is there in memory; NULL: nothing is. */
static inline void chunk_count_paged(struct fifo_chunk *chunk, const struct msg *msg,
                                     uint32_t body_len, int64_t sign)
{
    if (!msg || msg->stub) {
        chunk->fifo->paged += (uint64_t)sign;
        chunk->fifo->paged_bytes += (uint64_t)(sign * (int64_t)body_len);
    }
}

/* What is not on the path that every message takes is kept out of its functions, which then have no
 * registers to save. */
#define FIFO_ASIDE __attribute__((noinline))

/* The chunks in their order. An index may be that of the end where a chunk is inserted. */
static inline uint32_t fifo_chunk_count(const struct fifo *fifo)
{
    return fifo->chunks ? fifo->end - fifo->begin : fifo->head != NULL;
}

static inline struct fifo_chunk *fifo_chunk_at(const struct fifo *fifo, uint32_t index)
{
    return fifo->chunks ? fifo->chunks[fifo->begin + index] : fifo->head;
}

void fifo_chunk_insert(struct fifo *fifo, uint32_t index, struct fifo_chunk *chunk);
void fifo_chunk_replace(struct fifo *fifo, uint32_t index, struct fifo_chunk *chunk);
void fifo_chunk_remove(struct fifo *fifo, uint32_t index);   // and does not free it
void fifo_chunk_truncate(struct fifo *fifo, uint32_t count); // leaves the first, at least one

/* The index of the last chunk whose `first` is not above the position; 0 if there is none. */
uint32_t fifo_chunk_find(struct fifo *fifo, uint64_t position);
uint32_t fifo_chunk_search(const struct fifo *fifo, uint64_t position); // leaves no trace

/* Of a chunk of slots: the first index whose position is not below; `end` if there is none. */
uint32_t chunk_search(struct fifo_chunk *chunk, uint64_t position);

/* These may move the chunk and then put it in its place in the fifo, which has it at that index.
 * Make it a chunk of slots; give one other room; take what is empty out of one. */
struct fifo_chunk *fifo_chunk_to_slots(struct fifo *fifo, uint32_t index);
struct fifo_chunk *fifo_chunk_resize(struct fifo *fifo, uint32_t index, uint32_t cap);
void chunk_squeeze(struct fifo_chunk *chunk);

/* Slots of a chunk were emptied: frees it if all are, packs it if most are. Returns the index of
 * the next. */
uint32_t fifo_chunk_tidy(struct fifo *fifo, uint32_t index);

/* Appends what is in a chunk of slots to the one at the index, which comes before it, if that is
 * one and has, or can be given, the room for it. Returns whether it did; the chunk is freed then,
 * and no longer to be in the row. */
bool fifo_chunk_append(struct fifo *fifo, uint32_t index, struct fifo_chunk *chunk);

/* Drops the content of what can go (residency_evict) from a chunk, which may be replaced by another
 * or merged. Tells what messages it still has in memory. Returns the chunk that is linked in place
 * of it; NULL if nothing is, since all has gone. */
struct eviction {
    uint32_t gone;    // places
    uint32_t waiting; // messages that can go when their record has been written
    uint32_t staying; // messages that cannot go unless they are spilled
};

struct fifo_chunk *fifo_evict(struct fifo_chunk *chunk, uint64_t written, struct eviction *out);

/* Whether the journal has or will have a message's place in this fifo, and whether the ledger
 * counts it: queue_journals and queue_counts. */
static inline bool fifo_journals(const struct fifo *fifo, bool persistent)
{
    return fifo->keeps == QUEUE_KEEPS_ALL || (fifo->keeps == QUEUE_KEEPS_PERSISTENT && persistent);
}

static inline bool fifo_counts(const struct fifo *fifo, const struct msg *msg,
                               const struct stored *stored)
{
    return stored->at != 0 && (!msg || msg->stub || fifo_journals(fifo, stored->persistent));
}

#endif
