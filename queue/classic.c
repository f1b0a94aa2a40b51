#include "queue/queue.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "queue/fifo.h"
#include "queue/msg.h"
#include "queue/returned.h"

/* Positions of the fifo are consecutive and end at position_next - 1, so they are not stored. */
struct queue {
    struct queue_head head;
    struct returned returned; // before everything in fresh
    struct fifo fresh;
    uint64_t position_next;
};

static struct queue *classic_new(void)
{
    struct queue *queue = memory_new(sizeof *queue);
    queue->head.type = &queue_classic;
    queue->position_next = 1;
    return queue;
}

static void classic_free(struct queue *queue)
{
    returned_clear(&queue->returned);
    fifo_clear(&queue->fresh);
    free(queue);
}

static uint64_t classic_push(struct queue *queue, struct msg *msg)
{
    fifo_push(&queue->fresh, msg_ref(msg));
    return queue->position_next++;
}

static uint64_t classic_pass(struct queue *queue)
{
    ASSERT(queue->fresh.count == 0 && queue->returned.count == 0);
    return queue->position_next++;
}

static bool classic_take(struct queue *queue, struct delivery *out)
{
    if (queue->returned.count > 0) {
        return returned_take(&queue->returned, out);
    }
    uint64_t position = queue->position_next - queue->fresh.count;
    struct msg *msg = fifo_take(&queue->fresh);
    *out = (struct delivery){.msg = msg, .position = position};
    return msg != NULL;
}

static void classic_requeue(struct queue *queue, const struct delivery *delivery)
{
    returned_add(&queue->returned, delivery->position, delivery->msg);
}

static uint64_t classic_ready_count(const struct queue *queue)
{
    return queue->fresh.count + queue->returned.count;
}

static uint64_t classic_purge(struct queue *queue)
{
    uint64_t count = classic_ready_count(queue);
    returned_clear(&queue->returned);
    fifo_clear(&queue->fresh);
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
};
