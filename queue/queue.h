#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include "base/slice.h"

struct msg;
struct queue; // opaque: a type's store of ready messages

/* A time that does not come. */
#define QUEUE_NEVER UINT64_MAX

/* One message handed out by queue_take. Whoever holds it holds its reference to msg, and ends by
 * giving it back (queue_requeue) or being done with it (msg_unref). */
struct delivery {
    struct msg *msg;   // owns one reference
    uint64_t expires;  // when it is too late to hand it out; QUEUE_NEVER
    uint64_t position; // grows with every push; never reused; names the message within its queue
    bool redelivered;
};

/* What a queue type does differently. The order of messages, nothing else: consumers, credit and
 * settling are the same for all and live above. */
struct queue_type {
    const char *name;
    struct queue *(*new_queue)(uint8_t priority_max);
    void (*free_queue)(struct queue *queue);
    uint64_t (*push)(struct queue *queue, struct msg *msg, uint64_t expires);
    uint64_t (*pass)(struct queue *queue, const struct msg *msg);
    bool (*take)(struct queue *queue, struct delivery *out);
    void (*requeue)(struct queue *queue, const struct delivery *delivery);
    uint64_t (*purge)(struct queue *queue);
    uint64_t (*ready_count)(const struct queue *queue);
    uint64_t (*expires_next)(const struct queue *queue);
};

/* First in, first out; what is requeued goes back to where it was. */
extern const struct queue_type queue_classic;

/* By priority, the highest first; within one as queue_classic. Priorities above the queue's highest
 * count as that. */
extern const struct queue_type queue_priority;

/* Every type's struct queue starts with its type. */
struct queue_head {
    const struct queue_type *type;
};

static inline const struct queue_type *queue_type_of(const struct queue *queue)
{
    return ((const struct queue_head *)queue)->type;
}

/* priority_max: the highest priority that the type is to tell apart; of queue_priority only. */
static inline struct queue *queue_new(const struct queue_type *type, uint8_t priority_max)
{
    return type->new_queue(priority_max);
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
 * nothing is ready. */
static inline uint64_t queue_pass(struct queue *queue, const struct msg *msg)
{
    return queue_type_of(queue)->pass(queue, msg);
}

/* Hands out the next message in order. False if none is ready. */
static inline bool queue_take(struct queue *queue, struct delivery *out)
{
    return queue_type_of(queue)->take(queue, out);
}

/* Puts a message that was taken back to its position, to be handed out as redelivered. Takes over
 * the reference. */
static inline void queue_requeue(struct queue *queue, const struct delivery *delivery)
{
    queue_type_of(queue)->requeue(queue, delivery);
}

/* Drops all that is ready and returns how many that were. */
static inline uint64_t queue_purge(struct queue *queue)
{
    return queue_type_of(queue)->purge(queue);
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

#endif
