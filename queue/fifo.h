#ifndef QUEUE_FIFO_H
#define QUEUE_FIFO_H

#include "queue/queue_type.h"

struct fifo_chunk;

/* The messages of a queue that were never taken, by position: a row of chunks, so that neither
 * growing nor shrinking copies and an empty queue holds one small chunk at most. What was pushed is
 * in chunks of pointers; what is in the journal only is in chunks of 16 octets a message.
 *
 * Zero-initialise it but for the fields that say otherwise. It must not move while it holds
 * anything. */
struct fifo {
    struct fifo_chunk *head; // owned; NULL: there is no chunk
    struct fifo_chunk *tail; // owned
    uint64_t count;
    uint64_t paged;              // of them, those whose content is in the journal only
    uint64_t paged_bytes;        // octets of their bodies
    struct fifo_chunk **chunks;  // owned: all of them, chunks[begin..end); NULL of less than two
    uint32_t begin;              //
    uint32_t end;                //
    uint32_t cap;                //
    uint32_t found;              // which one was looked for last
    struct residency *residency; // struct queue_options, set by the owner
    uint8_t keeps;               // likewise
};

/* Adds a message at a position above all that are there, taking the reference. fifo_skip is to be
 * told of positions that are left out. */
void fifo_push(struct fifo *fifo, struct msg *msg, uint64_t position, uint64_t expires);
void fifo_skip(struct fifo *fifo, uint64_t position_next);

/* Hands the first out: msg (a reference), position and expires. False if there is none. */
bool fifo_take(struct fifo *fifo, struct delivery *out);

/* The same for the one at a position, wherever it stands. False if there is none. O(log n). */
bool fifo_pick(struct fifo *fifo, uint64_t position, struct delivery *out);

/* What fifo_take would hand out after so many others; it stays there. False if there is none. */
bool fifo_peek(const struct fifo *fifo, uint64_t index, struct delivery *out);

/* What there is, as queue_survey has it. */
void fifo_survey(const struct fifo *fifo, struct queue_extent *out);

uint64_t fifo_first(const struct fifo *fifo);        // its position; there must be one
uint64_t fifo_expires_next(const struct fifo *fifo); // QUEUE_NEVER also if there is none

/* Drops all and frees the memory. `purged`: as queue_purge; may be NULL. */
void fifo_clear(struct fifo *fifo, struct purged *purged);

/* As the functions of queue/queue.h. Whether a position is possible is for the caller to check. */
enum queue_restored fifo_restore(struct fifo *fifo, const struct stored *stored);
uint64_t fifo_forget(struct fifo *fifo, const struct run *run, uint64_t *bytes);
void fifo_pack(struct fifo *fifo);
size_t fifo_walk(const struct fifo *fifo, struct queue_cursor *cursor, struct stored *out,
                 size_t count);
void fifo_collect(const struct fifo *fifo, uint64_t from, uint64_t end, struct places *out);
uint64_t fifo_relocate(struct fifo *fifo, const struct moves *moves);

#endif
