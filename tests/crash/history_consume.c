#include "tests/crash/history_internal.h"

#include "tests/integration/broker_process.h"

/* A lane's messages up to this index have not come, although later ones have. */
void history_skip(struct history *history, enum crash_queue queue, struct lane *lane,
                  uint32_t until)
{
    for (; lane->cursor < until; lane->cursor++) {
        uint32_t number = lane->numbers[lane->cursor];
        struct place *place = history_place(history, queue, number);
        if (place->lane_index != lane->cursor + 1) {
            continue;
        } else if (place->state == PLACE_READY) {
            history_blame(history, queue, number,
                          place->sure ? "lost, or late: it is durable, and later ones came before"
                                      : "lost, or late: it was sent before others that came");
        } else if (place->state == PLACE_MAYBE) {
            history_absent(history, place, REASON_MISSED);
            history_evidence(history, place, (struct deal_place){queue, number}, false);
        }
    }
}

static void check_order(struct history *history, enum crash_queue queue, uint32_t number)
{
    const struct place *place = history_place(history, queue, number);
    struct lane *lane = history_lane(history, queue, number);
    if (place->lane_index > lane->cursor) {
        history_skip(history, queue, lane, place->lane_index - 1);
        lane->cursor = place->lane_index;
    } else if (place->state != PLACE_RETURNED) {
        history_blame(history, queue, number, "out of order");
    }
}

static void check_redelivered(struct history *history, enum crash_queue queue, uint32_t number,
                              bool redelivered)
{
    const struct queue_history *of = &history->queues[queue];
    const struct place *place = history_place(history, queue, number);
    if (place->seen && !redelivered) {
        history_blame(history, queue, number, "comes again and is not redelivered");
    } else if (redelivered && !of->visited) {
        history_blame(history, queue, number, "redelivered, and nobody ever read the queue");
    } else if (redelivered && !place->seen && place->life == history->life && !of->reopened) {
        history_blame(history, queue, number, "redelivered, and it comes for the first time");
    }
}

static void check_arrival(struct history *history, enum crash_queue queue, uint32_t number,
                          bool redelivered)
{
    struct place *place = history_place(history, queue, number);
    if (!place) {
        history_blame(history, queue, number, "was not published to this queue");
        return;
    } else if (place->state == PLACE_ABSENT) {
        history_blame(history, queue, number, "should not be there");
        return;
    } else if (place->state == PLACE_HELD || place->state == PLACE_SETTLING) {
        history_blame(history, queue, number,
                      place->state == PLACE_HELD ? "comes twice, and was not given back"
                                                 : "comes again, and was settled in this life");
        return;
    }
    check_order(history, queue, number);
    check_redelivered(history, queue, number, redelivered);
    history_set(history, place, PLACE_HELD);
    place->seen = true;
    place->settling = false;
    place->settled_at = 0;
    history->totals.delivered++;
    history->totals.redelivered += redelivered;
    history_evidence(history, place, (struct deal_place){queue, number}, true);
}

void history_visit(struct history *history, enum crash_queue queue)
{
    pthread_mutex_lock(&history->mutex);
    history->queues[queue].visited = true;
    pthread_mutex_unlock(&history->mutex);
}

bool history_deliver(struct history *history, enum crash_queue queue, uint32_t number,
                     bool redelivered)
{
    pthread_mutex_lock(&history->mutex);
    if (!history->verdict.failed) {
        check_arrival(history, queue, number, redelivered);
    }
    bool right = !history->verdict.failed;
    pthread_mutex_unlock(&history->mutex);
    return right;
}

void history_settle(struct history *history, enum crash_queue queue, uint32_t number)
{
    pthread_mutex_lock(&history->mutex);
    struct place *place = history_place(history, queue, number);
    history_set(history, place, PLACE_SETTLING);
    place->settling = true;
    pthread_mutex_unlock(&history->mutex);
}

void history_settled(struct history *history, enum crash_queue queue, uint32_t number)
{
    pthread_mutex_lock(&history->mutex);
    history_place(history, queue, number)->settled_at = clock_ms();
    history->totals.settled++;
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->mutex);
}

void history_return(struct history *history, enum crash_queue queue, uint32_t number)
{
    pthread_mutex_lock(&history->mutex);
    history_set(history, history_place(history, queue, number), PLACE_RETURNED);
    pthread_mutex_unlock(&history->mutex);
}

/* Calls this for all places of a queue that are not known to be absent. */
typedef void (*place_visitor)(struct history *history, struct deal_place at, struct place *place);

static void visit(struct history *history, enum crash_queue queue, place_visitor visitor)
{
    for (unsigned i = 0; i < LANES; i++) {
        struct lane *lane = &history->queues[queue].lanes[i];
        for (uint32_t j = lane->base; j < lane->count; j++) {
            struct place *place = history_place(history, queue, lane->numbers[j]);
            if (place->lane_index == j + 1 && place->state != PLACE_ABSENT) {
                visitor(history, (struct deal_place){queue, lane->numbers[j]}, place);
            }
        }
    }
}

static void give_back(struct history *history, struct deal_place at, struct place *place)
{
    (void)at;
    if (place->state == PLACE_HELD) {
        history_set(history, place, PLACE_RETURNED);
    }
}

void history_return_all(struct history *history, enum crash_queue queue)
{
    pthread_mutex_lock(&history->mutex);
    visit(history, queue, give_back);
    pthread_mutex_unlock(&history->mutex);
}

void history_left(struct history *history, enum crash_queue queue)
{
    pthread_mutex_lock(&history->mutex);
    history->queues[queue].reopened = true;
    pthread_mutex_unlock(&history->mutex);
}

static void blame_returned(struct history *history, struct deal_place at, struct place *place)
{
    if (place->state == PLACE_RETURNED) {
        history_blame(history, at.queue, at.number, "was given back and does not come again");
    }
}

void history_emptied(struct history *history, enum crash_queue queue)
{
    pthread_mutex_lock(&history->mutex);
    for (unsigned i = 0; i < LANES; i++) {
        struct lane *lane = &history->queues[queue].lanes[i];
        history_skip(history, queue, lane, lane->count);
    }
    visit(history, queue, blame_returned);
    pthread_mutex_unlock(&history->mutex);
}

struct count_range history_count(struct history *history, enum crash_queue queue)
{
    struct count_range range = {0, 0};
    pthread_mutex_lock(&history->mutex);
    for (unsigned i = 0; i < LANES; i++) {
        const struct lane *lane = &history->queues[queue].lanes[i];
        for (uint32_t j = lane->base; j < lane->count; j++) {
            const struct place *place = history_place(history, queue, lane->numbers[j]);
            if (place->lane_index == j + 1) {
                bool there = place->state == PLACE_READY || place->state == PLACE_RETURNED;
                range.least += there;
                range.most += there || place->state == PLACE_MAYBE;
            }
        }
    }
    pthread_mutex_unlock(&history->mutex);
    return range;
}
