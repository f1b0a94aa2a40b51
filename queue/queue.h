#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include "queue/queue_type.h"

/* A queue's ready messages, whatever its type. */
static inline struct queue *queue_new(const struct queue_type *type,
                                      const struct queue_options *options)
{
    return type->new_queue(options);
}

/* Drops the messages that are ready. NULL is fine. */
static inline void queue_free(struct queue *queue)
{
    if (queue) {
        queue_type_of(queue)->free_queue(queue);
    }
}

/* Adds msg, taking a reference of its own, and returns its position. */
static inline uint64_t queue_push(struct queue *queue, struct msg *msg)
{
    return queue_type_of(queue)->push(queue, msg, QUEUE_NEVER);
}

/* The same for a message that expires. The queue keeps the time and does not act upon it. */
static inline uint64_t queue_push_until(struct queue *queue, struct msg *msg, uint64_t expires)
{
    return queue_type_of(queue)->push(queue, msg, expires);
}

/* The position of a message that a consumer gets at once, in place of push and take; only while
 * nothing is ready. It is marked. */
static inline uint64_t queue_pass(struct queue *queue, const struct msg *msg)
{
    return queue_type_of(queue)->pass(queue, msg);
}

/* Hands out the next message in order, as a stub if its content is in the journal only. False if
 * none is ready. */
static inline bool queue_take(struct queue *queue, struct delivery *out)
{
    return queue_type_of(queue)->take(queue, out);
}

/* What queue_take would hand out after so many others, as it would, and leaves it there. The caller
 * owns the reference, to the message itself or to a stub. False if there are no more than `index`
 * ready. Goes by the counts of chunks; of messages that came back it looks at all. */
static inline bool queue_peek(const struct queue *queue, uint64_t index, struct delivery *out)
{
    return queue_type_of(queue)->peek(queue, index, out);
}

/* Puts a message that was taken back to its position, to be handed out as redelivered. Takes over
 * the reference. */
static inline void queue_requeue(struct queue *queue, const struct delivery *delivery)
{
    queue_type_of(queue)->requeue(queue, delivery);
}

/* Drops all that is ready, also from the ledger, and returns how many that were. Adds to *out what
 * the journal must be told; NULL if nobody wants to know. */
static inline uint64_t queue_purge(struct queue *queue, struct purged *out)
{
    return queue_type_of(queue)->purge(queue, out);
}

/* When the message that queue_take would hand out expires; QUEUE_NEVER if nothing is ready. */
static inline uint64_t queue_expires_next(const struct queue *queue)
{
    return queue_type_of(queue)->expires_next(queue);
}

static inline uint64_t queue_ready_count(const struct queue *queue)
{
    return queue_type_of(queue)->ready_count(queue);
}

/* The journal says, or is told, that the positions up to this one (of its level) may have been
 * handed out. False if there can be no such position. */
static inline bool queue_mark(struct queue *queue, uint64_t position)
{
    return queue_type_of(queue)->mark(queue, position);
}

static inline bool queue_marked(const struct queue *queue, uint64_t position)
{
    return queue_type_of(queue)->marked(queue, position);
}

/* The first level in use that is not below `from`. False if there is none. */
static inline bool queue_next_level(const struct queue *queue, uint16_t from,
                                    struct queue_level *out)
{
    return queue_type_of(queue)->next_level(queue, from, out);
}

/* Recovery. These are for a queue before its first push, in whatever order the journal has it; they
 * never count down what queue_next_level tells. The ledger follows by itself. */

/* The numbers of a level are at least these. False if the queue has no such level. */
static inline bool queue_restore_level(struct queue *queue, const struct queue_level *level)
{
    return queue_type_of(queue)->restore_level(queue, level);
}

/* A message is ready there. If one is already, its content is at stored->at from now on. Refused if
 * there can be no such message. */
static inline enum queue_restored queue_restore(struct queue *queue, const struct stored *stored)
{
    return queue_type_of(queue)->restore(queue, stored);
}

/* The messages of a run of positions are done with. Returns how many of them were there, and adds
 * the octets of their bodies to *bytes. A run may be longer than all that is there. */
static inline uint64_t queue_forget(struct queue *queue, const struct run *run, uint64_t *bytes)
{
    return queue_type_of(queue)->forget(queue, run, bytes);
}

/* All has been restored: what is left is packed, and what is ready and not above the mark counts as
 * handed out before. */
static inline void queue_restored(struct queue *queue)
{
    queue_type_of(queue)->restored(queue);
}

/* Takes the message at a position, wherever that is, after the recovery and before anything else.
 * False if there is none. */
static inline bool queue_pick(struct queue *queue, uint64_t position, struct delivery *out)
{
    return queue_type_of(queue)->pick(queue, position, out);
}

/* A snapshot, in slices between which the queue may change: looks at up to `count` ready messages
 * from the cursor on, in the order of their positions within a level, writes those that the journal
 * has (queue_journals, stored_at) to `out`, and moves the cursor behind them. Returns how many it
 * wrote: none may just mean that there were none among them; cursor->done is the end.
 *
 * Messages that came back to the queue are left to queue_walk_returned, with a cursor of its own,
 * which must see them all before the queue changes again, and after queue_walk has. */
static inline size_t queue_walk(const struct queue *queue, struct queue_cursor *cursor,
                                struct stored *out, size_t count)
{
    return queue_type_of(queue)->walk(queue, cursor, out, count);
}

static inline size_t queue_walk_returned(const struct queue *queue, struct queue_cursor *cursor,
                                         struct stored *out, size_t count)
{
    return queue_type_of(queue)->walk_returned(queue, cursor, out, count);
}

/* Adds every ready message to *out that the ledger counts (queue_counts) for a record at a journal
 * position in [from, end). */
static inline void queue_collect(const struct queue *queue, uint64_t from, uint64_t end,
                                 struct places *out)
{
    queue_type_of(queue)->collect(queue, from, end, out);
}

/* Records were copied: ready messages that have their content in one of them have it in the copy
 * now, also by the ledger. Returns how many that were. */
static inline uint64_t queue_relocate(struct queue *queue, const struct moves *moves)
{
    return queue_type_of(queue)->relocate(queue, moves);
}

/* Adds what there is to *out, which was zeroed but for `levels`, and says which message is the
 * head. However long the queue is, this takes no longer. */
static inline void queue_survey(const struct queue *queue, struct queue_extent *out)
{
    queue_type_of(queue)->survey(queue, out);
}

#endif
