#ifndef QUEUE_QUEUE_TYPE_H
#define QUEUE_QUEUE_TYPE_H

#include "queue/msg.h"
#include "queue/stored.h"

struct moves;
struct places;
struct purged;
struct queue; // opaque: a type's store of ready messages
struct residency;

/* A time that does not come. */
#define QUEUE_NEVER UINT64_MAX

/* One message handed out by queue_take. Whoever holds it holds its reference to msg, and ends by
 * giving it back (queue_requeue) or being done with it (msg_unref). */
struct delivery {
    struct msg *msg;   // owns one reference; may be a stub
    uint64_t expires;  // when it is too late to hand it out; QUEUE_NEVER
    uint64_t position; // grows with every push; never reused; names the message within its queue
    uint32_t failed;   // how often that was in vain, if the queue counts it
    bool redelivered;  // somebody was given it before, or may have been before a restart
    bool marks;        // it is above the mark, which is to be raised before anybody gets it
};

/* Which of its messages a queue has in the journal: their places outlive the broker. */
enum queue_keeps { QUEUE_KEEPS_NONE, QUEUE_KEEPS_PERSISTENT, QUEUE_KEEPS_ALL };

struct queue_options {
    uint8_t priority_max;        // the highest to be told apart; of queue_priority only, as is
    uint8_t priority_default;    // that of messages which say nothing of theirs
    uint8_t keeps;               // enum queue_keeps
    struct residency *residency; // borrowed; NULL: there is no journal, and all stays in memory
};

/* The numbers of a queue, or of one level of priority in it, that do not follow from what it
 * holds. A level's positions here are without the level. */
struct queue_level {
    uint8_t level;          // 0 of a queue without priorities
    uint64_t position_next; // of the next message
    uint64_t mark;          // positions up to this one may have been handed out before; 0: none
    uint64_t taken;         // to be read only: the same without those that the mark is ahead
};

/* Where queue_walk goes on: at a position, so that it stays valid however the queue changes.
 * Zero-initialise it. */
struct queue_cursor {
    uint64_t position; // without the level
    uint16_t level;
    bool done; // there is nothing behind it
};

/* What a queue's ready messages are and take, as it is found when somebody looks. */
struct queue_extent {
    uint64_t paged;         // of them, those whose content is in the journal only
    uint64_t paged_bytes;   // octets of their bodies
    uint64_t returned;      // of them, those that came back
    uint64_t made;          // positions that messages have had so far
    uint64_t octets;        // that the queue takes in memory, without the messages themselves
    const struct msg *head; // what queue_take would hand out: borrowed until the queue changes;
                            // NULL: its content is not in memory, or nothing is ready
    uint64_t *levels; // borrowed room, zeroed, for the lengths of priority_max + 1 levels; or NULL
};

enum queue_restored { QUEUE_RESTORE_REFUSED, QUEUE_RESTORE_ADDED, QUEUE_RESTORE_REPLACED };

/* What a queue type does differently. The order of messages, nothing else: consumers, credit and
 * settling are the same for all and live above. The functions are those named queue_... below. */
struct queue_type {
    const char *name;
    struct queue *(*new_queue)(const struct queue_options *options);
    void (*free_queue)(struct queue *queue);
    uint64_t (*push)(struct queue *queue, struct msg *msg, uint64_t expires);
    uint64_t (*pass)(struct queue *queue, const struct msg *msg);
    bool (*take)(struct queue *queue, struct delivery *out);
    bool (*peek)(const struct queue *queue, uint64_t index, struct delivery *out);
    void (*requeue)(struct queue *queue, const struct delivery *delivery);
    uint64_t (*purge)(struct queue *queue, struct purged *out);
    uint64_t (*ready_count)(const struct queue *queue);
    uint64_t (*expires_next)(const struct queue *queue);
    bool (*mark)(struct queue *queue, uint64_t position);
    bool (*marked)(const struct queue *queue, uint64_t position);
    bool (*next_level)(const struct queue *queue, uint16_t from, struct queue_level *out);
    bool (*restore_level)(struct queue *queue, const struct queue_level *level);
    enum queue_restored (*restore)(struct queue *queue, const struct stored *stored);
    uint64_t (*forget)(struct queue *queue, const struct run *run, uint64_t *bytes);
    void (*restored)(struct queue *queue);
    bool (*pick)(struct queue *queue, uint64_t position, struct delivery *out);
    size_t (*walk)(const struct queue *queue, struct queue_cursor *cursor, struct stored *out,
                   size_t count);
    size_t (*walk_returned)(const struct queue *queue, struct queue_cursor *cursor,
                            struct stored *out, size_t count);
    void (*collect)(const struct queue *queue, uint64_t from, uint64_t end, struct places *out);
    uint64_t (*relocate)(struct queue *queue, const struct moves *moves);
    void (*survey)(const struct queue *queue, struct queue_extent *out);
};

/* First in, first out; what is requeued goes back to where it was. */
extern const struct queue_type queue_classic;

/* By priority, the highest first; within one as queue_classic. Priorities above the queue's highest
 * count as that. */
extern const struct queue_type queue_priority;

/* What is not to be had before its time (`expires`): queue_take hands out what is due next, and
 * queue_expires_next says when. Of the same time the first pushed comes first. Nobody consumes from
 * such a queue: it has no queue_pass, no queue_peek and no queue_requeue. */
extern const struct queue_type queue_delayed;

/* Every type's struct queue starts with this. */
struct queue_head {
    const struct queue_type *type;
    uint8_t keeps; // enum queue_keeps
};

static inline const struct queue_type *queue_type_of(const struct queue *queue)
{
    return ((const struct queue_head *)queue)->type;
}

/* Whether the journal has, or is to have, this message's place in the queue. */
static inline bool queue_journals(const struct queue *queue, const struct msg *msg)
{
    uint8_t keeps = ((const struct queue_head *)queue)->keeps;
    return keeps == QUEUE_KEEPS_ALL || (keeps == QUEUE_KEEPS_PERSISTENT && msg->persistent);
}

/* Whether the ledger counts this message's place in the queue, ready or not: where the journal has
 * the place, and where the content is in the journal only. */
static inline bool queue_counts(const struct queue *queue, const struct msg *msg)
{
    return msg->stub || (msg->stored_at != 0 && queue_journals(queue, msg));
}

#endif
