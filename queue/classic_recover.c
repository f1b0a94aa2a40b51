#include "queue/classic.h"

/* With the level of a queue with priorities in it, and some bits to spare, a position still fits.
 */
#define POSITION_MAX (UINT64_C(1) << 54)

bool classic_mark(struct queue *queue, uint64_t position)
{
    if (position >= POSITION_MAX) {
        return false;
    }
    if (queue->mark < position) {
        queue->mark = position;
    }
    return true;
}

bool classic_marked(const struct queue *queue, uint64_t position)
{
    return position <= queue->mark;
}

/* What nobody was given in this life stands in fresh, behind all that somebody was. */
static uint64_t taken(const struct queue *queue)
{
    uint64_t first = queue->fresh.count > 0 ? fifo_first(&queue->fresh) : queue->position_next;
    uint64_t last = first - 1 > queue->mark_then ? first - 1 : queue->mark_then;
    return last < queue->mark ? last : queue->mark;
}

bool classic_next_level(const struct queue *queue, uint16_t from, struct queue_level *out)
{
    *out = (struct queue_level){
        .position_next = queue->position_next, .mark = queue->mark, .taken = taken(queue)};
    return from == 0;
}

/* Positions below this one are or have been in use. */
static void raise_position(struct queue *queue, uint64_t position_next)
{
    if (queue->position_next < position_next) {
        queue->position_next = position_next;
        fifo_skip(&queue->fresh, position_next);
    }
}

bool classic_restore_level(struct queue *queue, const struct queue_level *level)
{
    if (level->level != 0 || level->position_next > POSITION_MAX ||
        !classic_mark(queue, level->mark)) {
        return false;
    }
    raise_position(queue, level->position_next);
    return true;
}

enum queue_restored classic_restore(struct queue *queue, const struct stored *stored)
{
    bool possible = stored->position > 0 && stored->position < POSITION_MAX && stored->at > 0 &&
                    stored->at % STORED_ALIGN == 0 && stored->at < STORED_AT_MAX;
    if (!possible) {
        return QUEUE_RESTORE_REFUSED;
    }
    raise_position(queue, stored->position + 1);
    return fifo_restore(&queue->fresh, stored);
}

uint64_t classic_forget(struct queue *queue, const struct run *run, uint64_t *bytes)
{
    if (run->first >= POSITION_MAX || run->count > POSITION_MAX - run->first) {
        return 0;
    }
    raise_position(queue, run->first + run->count);
    return fifo_forget(&queue->fresh, run, bytes);
}

bool classic_pick(struct queue *queue, uint64_t position, struct delivery *out)
{
    *out = (struct delivery){.redelivered = true};
    return position < POSITION_MAX && fifo_pick(&queue->fresh, position, out);
}

void classic_restored(struct queue *queue)
{
    raise_position(queue, queue->mark + 1);
    queue->mark_then = queue->mark;
    fifo_pack(&queue->fresh);
}
