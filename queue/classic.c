#include "queue/queue.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "queue/fifo.h"
#include "queue/msg.h"
#include "queue/returned.h"
#include "queue/times.h"

/* Positions of the fifo are consecutive and end at position_next - 1, so they are not stored. */
struct queue {
    struct queue_head head;
    struct returned returned; // before everything in fresh
    struct fifo fresh;
    struct times times; // of fresh, if any of them expires
    uint64_t position_next;
    uint64_t mark;      // positions up to it may have been handed out, as far as the journal knows
    uint64_t mark_then; // what it was when the queue had been restored
};

static struct queue *classic_new(const struct queue_options *options)
{
    struct queue *queue = memory_new(sizeof *queue);
    queue->head = (struct queue_head){&queue_classic, options->keeps};
    queue->position_next = 1;
    return queue;
}

static void classic_free(struct queue *queue)
{
    returned_clear(&queue->returned);
    fifo_clear(&queue->fresh);
    times_clear(&queue->times);
    free(queue);
}

static void keep_time(struct queue *queue, uint64_t expires)
{
    if (!times_kept(&queue->times)) {
        times_begin(&queue->times, queue->fresh.count, QUEUE_NEVER);
    }
    times_push(&queue->times, expires);
}

static uint64_t classic_push(struct queue *queue, struct msg *msg, uint64_t expires)
{
    if (expires != QUEUE_NEVER || times_kept(&queue->times)) {
        keep_time(queue, expires);
    }
    fifo_push(&queue->fresh, msg_ref(msg));
    return queue->position_next++;
}

static uint64_t classic_pass(struct queue *queue, const struct msg *msg)
{
    (void)msg;
    ASSERT(queue->fresh.count == 0 && queue->returned.count == 0);
    if (queue->mark < queue->position_next) {
        queue->mark = queue->position_next;
    }
    return queue->position_next++;
}

static bool classic_take(struct queue *queue, struct delivery *out)
{
    if (queue->returned.count > 0) {
        return returned_take(&queue->returned, out);
    }
    uint64_t position = queue->position_next - queue->fresh.count;
    struct msg *msg = fifo_take(&queue->fresh);
    *out = (struct delivery){.msg = msg, .expires = QUEUE_NEVER, .position = position};
    if (times_kept(&queue->times)) {
        out->expires = times_take(&queue->times);
    }
    return msg != NULL;
}

static void classic_requeue(struct queue *queue, const struct delivery *delivery)
{
    returned_add(&queue->returned, delivery);
}

static uint64_t classic_ready_count(const struct queue *queue)
{
    return queue->fresh.count + queue->returned.count;
}

static uint64_t classic_expires_next(const struct queue *queue)
{
    if (queue->returned.count > 0) {
        return queue->returned.items[0].expires;
    }
    return times_kept(&queue->times) ? times_first(&queue->times) : QUEUE_NEVER;
}

static uint64_t classic_purge(struct queue *queue, struct purged *out)
{
    (void)out;
    uint64_t count = classic_ready_count(queue);
    returned_clear(&queue->returned);
    fifo_clear(&queue->fresh);
    times_clear(&queue->times);
    return count;
}

const struct queue_type queue_classic = {
    .name = "classic",
    .new_queue = classic_new,
    .free_queue = classic_free,
    .push = classic_push,
    .pass = classic_pass,
    .take = classic_take,
    .requeue = classic_requeue,
    .purge = classic_purge,
    .ready_count = classic_ready_count,
    .expires_next = classic_expires_next,
};
