#include "broker/mark.h"

#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"

enum { PAUSE_MS = 100, AHEAD_MAX = 1023, LEVEL_BITS = 8 };

/* A place in the order of its level. */
struct spot {
    uint64_t index;
    uint8_t level;
};

static struct spot spot_of(const struct broker_queue *queue, uint64_t position)
{
    if (queue->limits.priority_max == 0) {
        return (struct spot){position, 0};
    }
    return (struct spot){position >> LEVEL_BITS, (uint8_t)position};
}

static uint64_t position_of(const struct broker_queue *queue, const struct spot *spot)
{
    return queue->limits.priority_max == 0 ? spot->index : spot->index << LEVEL_BITS | spot->level;
}

static bool paused(const struct broker_queue *queue)
{
    return queue->vhost->broker->now_ms > queue->mark.set_ms + PAUSE_MS;
}

/* Marks from `from` on, the first position that is not covered or needs to be soon. */
static void raise_mark(struct broker_queue *queue, const struct spot *from, struct effects *fx)
{
    struct mark *mark = &queue->mark;
    bool same = mark->level == from->level && mark->high_after > 0;
    mark->ahead = paused(queue) || !same            ? 0
                  : mark->ahead * 2 + 1 < AHEAD_MAX ? (uint16_t)(mark->ahead * 2 + 1)
                                                    : AHEAD_MAX;
    mark->low = same ? mark->high : from->index - 1;
    mark->low_after = mark->high_after;
    mark->level = from->level;
    mark->high = from->index + mark->ahead;
    struct spot to = {mark->high, mark->level};
    mark->high_after = outcome_mark(queue, position_of(queue, &to), fx);
    mark->set_ms = queue->vhost->broker->now_ms;
    bool possible = queue_mark(queue->messages, position_of(queue, &to));
    ASSERT(possible);
    (void)possible;
}

uint64_t mark_lasting(struct broker_queue *queue, const struct delivery *delivery,
                      struct effects *fx)
{
    struct mark *mark = &queue->mark;
    struct spot spot = spot_of(queue, delivery->position);
    if (delivery->marks) {
        raise_mark(queue, &spot, fx);
        return mark->high_after;
    }
    if (spot.level != mark->level || spot.index > mark->high) {
        return spot.level != mark->level ? mark->high_after : 0;
    }
    uint64_t after = spot.index > mark->low ? mark->high_after : mark->low_after;
    if (mark->high - spot.index < mark->ahead / 2U && !paused(queue)) {
        struct spot next = {mark->high + 1, mark->level};
        raise_mark(queue, &next, fx);
    }
    return after;
}
