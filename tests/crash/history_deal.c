#include "tests/crash/history_internal.h"

#include "base/memory.h"

static struct place *place_at(struct history *history, struct deal_place at)
{
    return history_place(history, at.queue, at.number);
}

static uint32_t add_deal(struct history *history, const struct deal *deal, bool dead_letter)
{
    if (history->deal_count >= history->deal_cap) {
        history->deal_cap = history->deal_cap ? 2 * history->deal_cap : 256;
        history->deals = memory_grow(history->deals, history->deal_cap * sizeof *history->deals);
    }
    uint32_t number = history->deal_count++;
    history->deals[number] =
        (struct deal_history){.deal = *deal, .state = DEAL_OPEN, .dead_letter = dead_letter};
    for (unsigned i = 0; i < deal->made_count; i++) {
        place_at(history, deal->made[i])->deal = number;
    }
    for (unsigned i = 0; i < deal->taken_count; i++) {
        place_at(history, deal->taken[i])->deal = number;
    }
    return number;
}

uint32_t history_promise(struct history *history, const struct deal *deal)
{
    pthread_mutex_lock(&history->mutex);
    uint32_t number = add_deal(history, deal, false);
    pthread_mutex_unlock(&history->mutex);
    return number;
}

void history_keep(struct history *history, uint32_t deal)
{
    pthread_mutex_lock(&history->mutex);
    struct deal_history *kept = &history->deals[deal];
    kept->state = DEAL_KEPT;
    for (unsigned i = 0; i < kept->deal.made_count; i++) {
        place_at(history, kept->deal.made[i])->sure = true;
    }
    for (unsigned i = 0; i < kept->deal.taken_count; i++) {
        history_absent(history, place_at(history, kept->deal.taken[i]), REASON_KEPT);
    }
    history->totals.deals++;
    pthread_mutex_unlock(&history->mutex);
}

void history_break(struct history *history, uint32_t deal)
{
    pthread_mutex_lock(&history->mutex);
    struct deal_history *broken = &history->deals[deal];
    broken->state = DEAL_BROKEN;
    for (unsigned i = 0; i < broken->deal.made_count; i++) {
        struct deal_place at = broken->deal.made[i];
        struct place *place = place_at(history, at);
        if (place->state != PLACE_READY) {
            history_blame(history, at.queue, at.number, "came, and was never committed");
        }
        history_absent(history, place, REASON_BROKEN);
    }
    for (unsigned i = 0; i < broken->deal.taken_count; i++) {
        struct place *place = place_at(history, broken->deal.taken[i]);
        history_set(history, place, PLACE_HELD);
        place->settling = false;
    }
    pthread_mutex_unlock(&history->mutex);
}

void history_reject(struct history *history, uint32_t number)
{
    struct deal deal = {
        .made = {{QUEUE_DEAD, number}},
        .made_count = 1,
        .taken = {{QUEUE_REJECTS, number}},
        .taken_count = 1,
    };
    pthread_mutex_lock(&history->mutex);
    struct place *place = place_at(history, deal.taken[0]);
    history_set(history, place, PLACE_SETTLING);
    place->settling = true;
    history_enqueue(history, QUEUE_DEAD, number);
    add_deal(history, &deal, true);
    pthread_mutex_unlock(&history->mutex);
}

/* --- What a crash left open. --- */

/* It has happened: what it made is there, unless that was settled, too, before the crash. */
static void has_happened(struct history *history, struct deal_history *of)
{
    of->state = DEAL_KEPT;
    for (unsigned i = 0; i < of->deal.made_count; i++) {
        struct place *place = place_at(history, of->deal.made[i]);
        place->sure = true;
        if (place->state == PLACE_MAYBE && !place->settling) {
            history_set(history, place, PLACE_READY);
        }
    }
    for (unsigned i = 0; i < of->deal.taken_count; i++) {
        struct place *place = place_at(history, of->deal.taken[i]);
        if (place->state == PLACE_MAYBE) {
            history_absent(history, place, REASON_KEPT);
        }
    }
}

static void has_not_happened(struct history *history, struct deal_history *of)
{
    of->state = DEAL_BROKEN;
    for (unsigned i = 0; i < of->deal.made_count; i++) {
        struct place *place = place_at(history, of->deal.made[i]);
        if (place->state == PLACE_MAYBE) {
            history_absent(history, place, REASON_BROKEN);
        }
    }
    for (unsigned i = 0; i < of->deal.taken_count; i++) {
        struct place *place = place_at(history, of->deal.taken[i]);
        if (place->state == PLACE_MAYBE && place->sure) {
            history_set(history, place, PLACE_READY);
        }
    }
}

static bool is_made(const struct deal *deal, struct deal_place at)
{
    for (unsigned i = 0; i < deal->made_count; i++) {
        if (deal->made[i].queue == at.queue && deal->made[i].number == at.number) {
            return true;
        }
    }
    return false;
}

/* That something is missing proves nothing if it may have been settled before the crash, or may
 * never have become durable. */
void history_evidence(struct history *history, struct place *place, struct deal_place at,
                      bool there)
{
    if (place->deal == 0 || history->deals[place->deal].state != DEAL_UNKNOWN) {
        return;
    }
    struct deal_history *of = &history->deals[place->deal];
    bool made = is_made(&of->deal, at);
    if (made ? there : !there && place->sure) {
        has_happened(history, of);
    } else if (made ? !place->settling : there) {
        has_not_happened(history, of);
    }
}

void history_end_deals(struct history *history, bool exact)
{
    for (uint32_t i = 1; i < history->deal_count; i++) {
        struct deal_history *of = &history->deals[i];
        if (of->state != DEAL_OPEN) {
            continue;
        }
        of->state = DEAL_UNKNOWN;
        if (of->dead_letter) {
            uint64_t at = place_at(history, of->deal.taken[0])->settled_at;
            if (history_settled_for_good(history, at, exact)) {
                of->state = DEAL_KEPT;
                place_at(history, of->deal.made[0])->sure = true;
            }
        }
    }
}
