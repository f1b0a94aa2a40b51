#include "queue/queue.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/wire.h"
#include "queue/moves.h"
#include "queue/msg.h"
#include "queue/purged.h"

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

/* The property is there; one of 0 looks like none in struct msg. */
static bool has_priority(const struct msg *msg)
{
    struct slice properties = msg_properties(msg);
    return properties.len >= 2 && wire_load_u16(properties.ptr) & PROPERTY_priority;
}

static uint8_t level_of(const struct queue *queue, const struct msg *msg)
{
    uint8_t most = queue->options.priority_max, priority = msg->priority;
    if (priority == 0 && queue->options.priority_default > 0 && !has_priority(msg)) {
        priority = queue->options.priority_default;
    }
    return priority < most ? priority : most;
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

static void mark_empty(struct queue *queue, uint8_t level)
{
    queue->filled[level / WORD_BITS] &= ~(UINT64_C(1) << level % WORD_BITS);
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
        mark_empty(queue, (uint8_t)level);
    }
    return true;
}

static bool priority_peek(const struct queue *queue, uint64_t index, struct delivery *out)
{
    for (int level = queue->options.priority_max; level >= 0; level--) {
        const struct queue *within = queue->levels[level];
        if (within && queue_peek(within, index, out)) {
            out->position = out->position << LEVEL_BITS | (uint8_t)level;
            return true;
        }
        index -= within ? queue_ready_count(within) : 0;
    }
    return false;
}

static void priority_requeue(struct queue *queue, const struct delivery *delivery)
{
    uint8_t level = (uint8_t)delivery->position;
    struct delivery within = *delivery;
    within.position >>= LEVEL_BITS;
    mark_filled(queue, level);
    queue_requeue(queue->levels[level], &within);
}

/* Puts the level into what the level's queue has added to the report. */
static void name_level(struct purged *out, const struct purged *before, uint8_t level)
{
    for (size_t i = before->run_count; i < out->run_count; i++) {
        out->runs[i].first = out->runs[i].first << LEVEL_BITS | level;
    }
    for (size_t i = before->unstored_count; i < out->unstored_count; i++) {
        out->unstored[i].position = out->unstored[i].position << LEVEL_BITS | level;
    }
    out->run_begin = out->run_count;
}

static uint64_t priority_purge(struct queue *queue, struct purged *out)
{
    uint64_t count = queue->count;
    int level;
    while ((level = first_level(queue)) >= 0) {
        struct purged before = out ? *out : (struct purged){0};
        queue_purge(queue->levels[level], out);
        if (out) {
            name_level(out, &before, (uint8_t)level);
        }
        mark_empty(queue, (uint8_t)level);
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

static bool has_level(const struct queue *queue, uint64_t level)
{
    return level <= queue->options.priority_max;
}

static bool priority_mark(struct queue *queue, uint64_t position)
{
    uint8_t level = (uint8_t)position;
    return has_level(queue, level) &&
           queue_mark(obtain_level(queue, level), position >> LEVEL_BITS);
}

static bool priority_marked(const struct queue *queue, uint64_t position)
{
    uint8_t level = (uint8_t)position;
    return has_level(queue, level) && queue->levels[level] &&
           queue_marked(queue->levels[level], position >> LEVEL_BITS);
}

static bool priority_next_level(const struct queue *queue, uint16_t from, struct queue_level *out)
{
    for (; has_level(queue, from); from++) {
        if (queue->levels[from]) {
            queue_next_level(queue->levels[from], 0, out);
            out->level = (uint8_t)from;
            return true;
        }
    }
    return false;
}

static bool priority_restore_level(struct queue *queue, const struct queue_level *level)
{
    struct queue_level within = {.position_next = level->position_next, .mark = level->mark};
    return has_level(queue, level->level) &&
           queue_restore_level(obtain_level(queue, level->level), &within);
}

static enum queue_restored priority_restore(struct queue *queue, const struct stored *stored)
{
    uint8_t level = (uint8_t)stored->position;
    struct stored within = *stored;
    within.position >>= LEVEL_BITS;
    if (!has_level(queue, level)) {
        return QUEUE_RESTORE_REFUSED;
    }
    enum queue_restored restored = queue_restore(obtain_level(queue, level), &within);
    if (restored == QUEUE_RESTORE_ADDED) {
        mark_filled(queue, level);
    }
    return restored;
}

static uint64_t priority_forget(struct queue *queue, const struct run *run, uint64_t *bytes)
{
    uint8_t level = (uint8_t)run->first;
    if (!has_level(queue, level)) {
        return 0;
    }
    struct run within = {run->first >> LEVEL_BITS, run->count};
    uint64_t count = queue_forget(obtain_level(queue, level), &within, bytes);
    queue->count -= count;
    if (queue_ready_count(queue->levels[level]) == 0) {
        mark_empty(queue, level);
    }
    return count;
}

static void priority_restored(struct queue *queue)
{
    for (uint16_t level = 0; has_level(queue, level); level++) {
        if (queue->levels[level]) {
            queue_restored(queue->levels[level]);
        }
    }
}

static bool priority_pick(struct queue *queue, uint64_t position, struct delivery *out)
{
    uint8_t level = (uint8_t)position;
    if (!has_level(queue, level) || !queue->levels[level] ||
        !queue_pick(queue->levels[level], position >> LEVEL_BITS, out)) {
        return false;
    }
    out->position = position;
    queue->count--;
    if (queue_ready_count(queue->levels[level]) == 0) {
        mark_empty(queue, level);
    }
    return true;
}

/* A step of a walk over one level, through the function for a queue without levels. */
typedef size_t (*walk_function)(const struct queue *queue, struct queue_cursor *cursor,
                                struct stored *out, size_t count);

static size_t walk_level(const struct queue *queue, struct queue_cursor *cursor, struct stored *out,
                         size_t count, walk_function walk)
{
    while (has_level(queue, cursor->level) && !queue->levels[cursor->level]) {
        cursor->level++;
    }
    if (!has_level(queue, cursor->level)) {
        cursor->done = true;
        return 0;
    }
    size_t found = walk(queue->levels[cursor->level], cursor, out, count);
    for (size_t i = 0; i < found; i++) {
        out[i].position = out[i].position << LEVEL_BITS | cursor->level;
    }
    if (cursor->done) {
        *cursor = (struct queue_cursor){.level = (uint16_t)(cursor->level + 1)};
        cursor->done = !has_level(queue, cursor->level);
    }
    return found;
}

static size_t priority_walk(const struct queue *queue, struct queue_cursor *cursor,
                            struct stored *out, size_t count)
{
    return walk_level(queue, cursor, out, count, queue_walk);
}

static size_t priority_walk_returned(const struct queue *queue, struct queue_cursor *cursor,
                                     struct stored *out, size_t count)
{
    return walk_level(queue, cursor, out, count, queue_walk_returned);
}

static void priority_collect(const struct queue *queue, uint64_t from, uint64_t end,
                             struct places *out)
{
    for (uint16_t level = 0; has_level(queue, level); level++) {
        size_t before = out->count;
        if (queue->levels[level]) {
            queue_collect(queue->levels[level], from, end, out);
        }
        for (size_t i = before; i < out->count; i++) {
            out->items[i].position = out->items[i].position << LEVEL_BITS | level;
        }
    }
}

static uint64_t priority_relocate(struct queue *queue, const struct moves *moves)
{
    uint64_t found = 0;
    for (uint16_t level = 0; has_level(queue, level); level++) {
        if (queue->levels[level]) {
            found += queue_relocate(queue->levels[level], moves);
        }
    }
    return found;
}

static void priority_survey(const struct queue *queue, struct queue_extent *out)
{
    const struct msg *head = NULL;
    for (uint16_t level = 0; has_level(queue, level); level++) {
        const struct queue *within = queue->levels[level];
        if (!within) {
            continue;
        }
        queue_survey(within, out);
        if (out->levels) {
            out->levels[level] = queue_ready_count(within);
        }
        head = queue_ready_count(within) > 0 ? out->head : head;
    }
    out->head = head;
    out->octets += sizeof *queue + (queue->options.priority_max + 1u) * sizeof queue->levels[0];
}

const struct queue_type queue_priority = {
    .name = "priority",
    .new_queue = priority_new,
    .free_queue = priority_free,
    .push = priority_push,
    .pass = priority_pass,
    .take = priority_take,
    .peek = priority_peek,
    .requeue = priority_requeue,
    .purge = priority_purge,
    .ready_count = priority_ready_count,
    .expires_next = priority_expires_next,
    .mark = priority_mark,
    .marked = priority_marked,
    .next_level = priority_next_level,
    .restore_level = priority_restore_level,
    .restore = priority_restore,
    .forget = priority_forget,
    .restored = priority_restored,
    .pick = priority_pick,
    .walk = priority_walk,
    .walk_returned = priority_walk_returned,
    .collect = priority_collect,
    .relocate = priority_relocate,
    .survey = priority_survey,
};
