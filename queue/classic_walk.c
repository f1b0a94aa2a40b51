#include "queue/classic.h"
#include "queue/moves.h"

size_t classic_walk(const struct queue *queue, struct queue_cursor *cursor, struct stored *out,
                    size_t count)
{
    return fifo_walk(&queue->fresh, cursor, out, count);
}

/* Here the cursor is an index, the queue not being changed meanwhile. */
size_t classic_walk_returned(const struct queue *queue, struct queue_cursor *cursor,
                             struct stored *out, size_t count)
{
    const struct returned *returned = &queue->returned;
    size_t found = 0;
    for (; cursor->position < returned->count && count > 0; cursor->position++, count--) {
        const struct returned_item *item = &returned->items[cursor->position];
        if (item->msg->stored_at != 0 && queue_journals(queue, item->msg)) {
            out[found] = msg_stored(item->msg);
            out[found].position = item->position;
            out[found++].expires = item->expires;
        }
    }
    cursor->done = cursor->position == returned->count;
    return found;
}

void classic_collect(const struct queue *queue, uint64_t from, uint64_t end, struct places *out)
{
    for (size_t i = 0; i < queue->returned.count; i++) {
        const struct returned_item *item = &queue->returned.items[i];
        uint64_t at = item->msg->stored_at;
        if (from <= at && at < end && queue_counts(queue, item->msg)) {
            places_add(out, &(struct place){item->position, at, queue_journals(queue, item->msg)});
        }
    }
    fifo_collect(&queue->fresh, from, end, out);
}

uint64_t classic_relocate(struct queue *queue, const struct moves *moves)
{
    uint64_t found = fifo_relocate(&queue->fresh, moves);
    for (size_t i = 0; i < queue->returned.count; i++) {
        struct msg *msg = queue->returned.items[i].msg;
        found += moves_apply(moves, msg, queue_counts(queue, msg));
    }
    return found;
}

void classic_survey(const struct queue *queue, struct queue_extent *out)
{
    const struct returned *returned = &queue->returned;
    fifo_survey(&queue->fresh, out);
    out->paged += returned->stubs;
    out->paged_bytes += returned->stub_bytes;
    out->returned += returned->count;
    out->made += queue->position_next - 1;
    out->octets += sizeof *queue + returned->cap * sizeof *returned->items;
    if (returned->count > 0) {
        out->head = returned->items[0].msg->stub ? NULL : returned->items[0].msg;
    }
}
