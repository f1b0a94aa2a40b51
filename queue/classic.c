#include "queue/classic.h"

#include <stdlib.h>

#include "base/memory.h"
#include "queue/ledger.h"
#include "queue/purged.h"
#include "queue/residency.h"

void classic_init(struct queue *queue, const struct queue_type *type,
                  const struct queue_options *options)
{
    queue->head = (struct queue_head){type, options->keeps};
    queue->fresh.residency = options->residency;
    queue->fresh.keeps = options->keeps;
    queue->position_next = 1;
}

static struct queue *classic_new(const struct queue_options *options)
{
    struct queue *queue = memory_new(sizeof *queue);
    classic_init(queue, &queue_classic, options);
    return queue;
}

static uint64_t classic_push(struct queue *queue, struct msg *msg, uint64_t expires)
{
    uint64_t position = queue->position_next++;
    fifo_push(&queue->fresh, msg_ref(msg), position, expires);
    return position;
}

static uint64_t classic_pass(struct queue *queue, const struct msg *msg)
{
    (void)msg;
    ASSERT(queue->fresh.count == 0 && queue->returned.count == 0);
    uint64_t position = queue->position_next++;
    if (queue->mark < position) {
        queue->mark = position;
    }
    fifo_skip(&queue->fresh, queue->position_next);
    return position;
}

static bool classic_take(struct queue *queue, struct delivery *out)
{
    if (queue->returned.count > 0) {
        returned_take(&queue->returned, out);
        out->redelivered = true;
    } else if (fifo_take(&queue->fresh, out)) {
        out->redelivered = out->position <= queue->mark_then;
    } else {
        return false;
    }
    out->marks = out->position > queue->mark;
    return true;
}

static bool classic_peek(const struct queue *queue, uint64_t index, struct delivery *out)
{
    if (index < queue->returned.count) {
        returned_peek(&queue->returned, index, out);
    } else if (fifo_peek(&queue->fresh, index - queue->returned.count, out)) {
        out->redelivered = out->position <= queue->mark_then;
    } else {
        return false;
    }
    out->marks = out->position > queue->mark;
    return true;
}

static void classic_requeue(struct queue *queue, const struct delivery *delivery)
{
    returned_add(&queue->returned, delivery);
}

uint64_t classic_ready_count(const struct queue *queue)
{
    return queue->fresh.count + queue->returned.count;
}

static uint64_t classic_expires_next(const struct queue *queue)
{
    return queue->returned.count > 0 ? queue->returned.items[0].expires
                                     : fifo_expires_next(&queue->fresh);
}

static void drop_returned(struct queue *queue, const struct delivery *delivery, struct purged *out)
{
    struct msg *msg = delivery->msg;
    if (out) {
        purged_add(out, delivery->position, msg->stored_at == 0 ? msg : NULL,
                   queue_journals(queue, msg));
    }
    if (queue->fresh.residency && queue_counts(queue, msg)) {
        ledger_drop(queue->fresh.residency->ledger, msg->stored_at, msg_stored_octets(msg));
    }
    msg_unref(msg);
}

uint64_t classic_purge(struct queue *queue, struct purged *out)
{
    uint64_t count = classic_ready_count(queue);
    struct delivery delivery;
    while (returned_take(&queue->returned, &delivery)) {
        drop_returned(queue, &delivery, out);
    }
    fifo_clear(&queue->fresh, out);
    return count;
}

static void classic_free(struct queue *queue)
{
    classic_purge(queue, NULL);
    free(queue);
}

const struct queue_type queue_classic = {
    .name = "classic",
    .new_queue = classic_new,
    .free_queue = classic_free,
    .push = classic_push,
    .pass = classic_pass,
    .take = classic_take,
    .peek = classic_peek,
    .requeue = classic_requeue,
    .purge = classic_purge,
    .ready_count = classic_ready_count,
    .expires_next = classic_expires_next,
    .mark = classic_mark,
    .marked = classic_marked,
    .next_level = classic_next_level,
    .restore_level = classic_restore_level,
    .restore = classic_restore,
    .forget = classic_forget,
    .restored = classic_restored,
    .pick = classic_pick,
    .walk = classic_walk,
    .walk_returned = classic_walk_returned,
    .collect = classic_collect,
    .relocate = classic_relocate,
    .survey = classic_survey,
};
