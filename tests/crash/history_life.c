#include "tests/crash/history_internal.h"

static void end_place(struct history *history, struct place *place, bool durable, bool exact)
{
    switch ((enum place_state)place->state) {
    case PLACE_ABSENT:
        break;
    case PLACE_READY:
    case PLACE_HELD:
    case PLACE_RETURNED:
    case PLACE_MAYBE:
        if (!durable) {
            history_absent(history, place, REASON_TRANSIENT);
        } else if (place->state != PLACE_MAYBE) {
            history_set(history, place, place->sure ? PLACE_READY : PLACE_MAYBE);
        }
        break;
    case PLACE_SETTLING:
        if (!durable) {
            history_absent(history, place, REASON_TRANSIENT);
        } else if (history_settled_for_good(history, place->settled_at, exact)) {
            history_absent(history, place, REASON_SETTLED);
        } else {
            history_set(history, place, PLACE_MAYBE);
        }
        break;
    }
}

static void end_lane(struct history *history, enum crash_queue queue, struct lane *lane, bool exact)
{
    for (uint32_t i = lane->base; i < lane->count; i++) {
        const struct message *message = &history->messages[lane->numbers[i] - 1];
        struct place *place = history_place(history, queue, lane->numbers[i]);
        if (place->lane_index != i + 1) {
            continue;
        }
        end_place(history, place, message->persistent || crash_queue_keeps_all(queue), exact);
    }
    while (lane->base < lane->count) {
        const struct place *place = history_place(history, queue, lane->numbers[lane->base]);
        if (place->lane_index == lane->base + 1 && place->state != PLACE_ABSENT) {
            break;
        }
        lane->base++;
    }
    lane->cursor = lane->base;
}

bool history_settled_for_good(const struct history *history, uint64_t settled_at, bool exact)
{
    return settled_at > 0 && (exact || settled_at + SETTLED_FOR_GOOD_MS < history->durable_at);
}

void history_durable(struct history *history, uint64_t sent_at)
{
    pthread_mutex_lock(&history->mutex);
    history->durable_at = sent_at > history->durable_at ? sent_at : history->durable_at;
    pthread_mutex_unlock(&history->mutex);
}

void history_end_life(struct history *history, bool exact)
{
    pthread_mutex_lock(&history->mutex);
    history_end_deals(history, exact);
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        history->queues[queue].reopened = false;
        for (unsigned i = 0; i < LANES; i++) {
            end_lane(history, queue, &history->queues[queue].lanes[i], exact);
        }
    }
    history->life++;
    pthread_mutex_unlock(&history->mutex);
}
