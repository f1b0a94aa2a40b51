#include "queue/queue.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "queue/msg.h"

/* A classic queue for each priority in use, made when its first message comes: RabbitMQ's priority
 * queues. The highest priority is handed out first, and drops and expires first; within a priority
 * all is as in a classic queue. Bits of `filled` tell which levels hold anything, so that unused
 * ones cost nothing. A position is that within the level, with the level in the low octet. */
enum { LEVELS_MAX = 256, WORD_BITS = 64, LEVEL_BITS = 8 };

struct queue {
    struct queue_head head;
    uint64_t filled[LEVELS_MAX / WORD_BITS];
    uint64_t count;
    struct queue_options options; // of each level
    struct queue *levels[];       // owned; priority_max + 1 of them, NULL until used
};

static struct queue *priority_new(const struct queue_options *options)
{
    size_t levels = (size_t)options->priority_max + 1;
    struct queue *queue = memory_new(sizeof *queue + levels * sizeof queue->levels[0]);
    queue->head = (struct queue_head){&queue_priority, options->keeps};
    queue->options = *options;
    return queue;
}

static void priority_free(struct queue *queue)
{
    for (int level = 0; level <= queue->options.priority_max; level++) {
        queue_free(queue->levels[level]);
    }
    free(queue);
}

static uint8_t level_of(const struct queue *queue, const struct msg *msg)
{
    return msg->priority < queue->options.priority_max ? msg->priority
                                                       : queue->options.priority_max;
}

static struct queue *obtain_level(struct queue *queue, uint8_t level)
{
    if (!queue->levels[level]) {
        queue->levels[level] = queue_new(&queue_classic, &queue->options);
    }
    return queue->levels[level];
}

static void mark_filled(struct queue *queue, uint8_t level)
{
    queue->filled[level / WORD_BITS] |= UINT64_C(1) << level % WORD_BITS;
    queue->count++;
}

/* The highest level that holds a message; -1 if none does. */
static int first_level(const struct queue *queue)
{
    for (int word = LEVELS_MAX / WORD_BITS - 1; word >= 0; word--) {
        if (queue->filled[word]) {
            return word * WORD_BITS + WORD_BITS - 1 - __builtin_clzll(queue->filled[word]);
        }
    }
    return -1;
}

static uint64_t priority_push(struct queue *queue, struct msg *msg, uint64_t expires)
{
    uint8_t level = level_of(queue, msg);
    mark_filled(queue, level);
    return queue_push_until(obtain_level(queue, level), msg, expires) << LEVEL_BITS | level;
}

static uint64_t priority_pass(struct queue *queue, const struct msg *msg)
{
    uint8_t level = level_of(queue, msg);
    return queue_pass(obtain_level(queue, level), msg) << LEVEL_BITS | level;
}

static bool priority_take(struct queue *queue, struct delivery *out)
{
    int level = first_level(queue);
    if (level < 0) {
        return false;
    }
    bool taken = queue_take(queue->levels[level], out);
    CHECK(taken);
    out->position = out->position << LEVEL_BITS | (uint8_t)level;
    queue->count--;
    if (queue_ready_count(queue->levels[level]) == 0) {
        queue->filled[level / WORD_BITS] &= ~(UINT64_C(1) << level % WORD_BITS);
    }
    return true;
}

static void priority_requeue(struct queue *queue, const struct delivery *delivery)
{
    uint8_t level = (uint8_t)delivery->position;
    struct delivery within = *delivery;
    within.position >>= LEVEL_BITS;
    mark_filled(queue, level);
    queue_requeue(queue->levels[level], &within);
}

static uint64_t priority_purge(struct queue *queue, struct purged *out)
{
    (void)out;
    uint64_t count = queue->count;
    int level;
    while ((level = first_level(queue)) >= 0) {
        queue_purge(queue->levels[level], NULL);
        queue->filled[level / WORD_BITS] &= ~(UINT64_C(1) << level % WORD_BITS);
    }
    queue->count = 0;
    return count;
}

static uint64_t priority_ready_count(const struct queue *queue)
{
    return queue->count;
}

static uint64_t priority_expires_next(const struct queue *queue)
{
    int level = first_level(queue);
    return level < 0 ? QUEUE_NEVER : queue_expires_next(queue->levels[level]);
}

const struct queue_type queue_priority = {
    .name = "priority",
    .new_queue = priority_new,
    .free_queue = priority_free,
    .push = priority_push,
    .pass = priority_pass,
    .take = priority_take,
    .requeue = priority_requeue,
    .purge = priority_purge,
    .ready_count = priority_ready_count,
    .expires_next = priority_expires_next,
};
