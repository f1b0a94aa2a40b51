#include "tests/crash/history_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/memory.h"
#include "tests/crash/content.h"
#include "tests/integration/broker_process.h"

enum { BACKLOG_COUNT = 60000, BACKLOG_SIZE = 96 << 20 };

#define BIT(queue) ((uint32_t)1 << (queue))

struct history *history_new(uint64_t seed)
{
    struct history *history = memory_new(sizeof *history);
    pthread_condattr_t attributes;
    CHECK(pthread_condattr_init(&attributes) == 0);
    CHECK(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    CHECK(pthread_mutex_init(&history->mutex, NULL) == 0);
    CHECK(pthread_cond_init(&history->changed, &attributes) == 0);
    pthread_condattr_destroy(&attributes);
    history->seed = seed;
    history->life = 1;
    history->deal_count = 1;
    return history;
}

void history_free(struct history *history)
{
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        for (unsigned i = 0; i < LANES; i++) {
            free(history->queues[queue].lanes[i].numbers);
        }
    }
    pthread_cond_destroy(&history->changed);
    pthread_mutex_destroy(&history->mutex);
    free(history->messages);
    free(history->place_first);
    free(history->places);
    free(history->deals);
    free(history);
}

const char *history_verdict(struct history *history)
{
    pthread_mutex_lock(&history->mutex);
    const char *text = history->verdict.failed ? history->verdict.text : NULL;
    pthread_mutex_unlock(&history->mutex);
    return text;
}

void history_fail(struct history *history, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&history->mutex);
    verdict_fail(&history->verdict, "%s", text);
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->mutex);
}

void history_blame(struct history *history, enum crash_queue queue, uint32_t number,
                   const char *what)
{
    static const char *const reasons[] = {
        [REASON_NEVER] = "was never routed there",
        [REASON_SETTLED] = "was settled for good",
        [REASON_MISSED] = "was missing before",
        [REASON_TRANSIENT] = "was transient and there was a crash",
        [REASON_BROKEN] = "belongs to a transaction that did not happen",
        [REASON_KEPT] = "was settled by a transaction, or a dead letter, that has happened",
    };
    const struct message *message = &history->messages[number - 1];
    const struct place *place = history_place(history, queue, number);
    verdict_fail(&history->verdict,
                 "queue %s: message %u (publisher %u, sequence %u, life %u, %u octets): %s%s%s",
                 crash_queue_name(queue), number, message->publisher, message->sequence,
                 message->life, message->size, what,
                 place && place->state == PLACE_ABSENT ? "; it " : "",
                 place && place->state == PLACE_ABSENT ? reasons[place->reason] : "");
    pthread_cond_broadcast(&history->changed);
}

uint64_t history_seed(const struct history *history)
{
    return history->seed;
}

uint32_t history_life(struct history *history)
{
    pthread_mutex_lock(&history->mutex);
    uint32_t life = history->life;
    pthread_mutex_unlock(&history->mutex);
    return life;
}

struct history_totals history_totals(struct history *history)
{
    pthread_mutex_lock(&history->mutex);
    struct history_totals totals = history->totals;
    pthread_mutex_unlock(&history->mutex);
    return totals;
}

/* --- Messages and their places. --- */

/* The queues that a message can be in. */
static uint32_t queues_of(const struct message *message)
{
    uint32_t queues = crash_route_row(message->route)->queues;
    return queues & BIT(QUEUE_REJECTS) ? queues | BIT(QUEUE_DEAD) : queues;
}

struct place *history_place(struct history *history, enum crash_queue queue, uint32_t number)
{
    uint32_t queues = queues_of(&history->messages[number - 1]);
    if (!(queues & BIT(queue))) {
        return NULL;
    }
    int before = __builtin_popcount(queues & (BIT(queue) - 1));
    return &history->places[history->place_first[number - 1] + (uint32_t)before];
}

bool history_message(struct history *history, uint32_t number, struct message *out)
{
    pthread_mutex_lock(&history->mutex);
    bool known = number > 0 && number <= history->message_count;
    if (known) {
        *out = history->messages[number - 1];
    }
    pthread_mutex_unlock(&history->mutex);
    return known;
}

struct lane *history_lane(struct history *history, enum crash_queue queue, uint32_t number)
{
    const struct message *message = &history->messages[number - 1];
    unsigned level = 0;
    if (queue == QUEUE_DEAD) {
        return &history->queues[queue].lanes[0];
    } else if (queue == QUEUE_RANKED) {
        level = content_priority(number);
        level = level > LEVEL_MAX ? LEVEL_MAX : level;
    } else if (crash_queue_keeps_all(queue)) {
        level = content_priority(number);
        level = level > 0 ? level : PRIORITY_OF_QUORUM;
    }
    return &history->queues[queue].lanes[message->publisher * (PRIORITY_MAX + 1) + level];
}

static bool is_backlog(enum place_state state)
{
    return state == PLACE_READY || state == PLACE_HELD || state == PLACE_RETURNED;
}

void history_set(struct history *history, struct place *place, enum place_state state)
{
    int change = is_backlog(state) - is_backlog(place->state);
    history->backlog_count += (uint64_t)change;
    history->backlog_size += (uint64_t)change * history->messages[place->number - 1].size;
    place->state = (uint8_t)state;
}

void history_absent(struct history *history, struct place *place, enum place_reason reason)
{
    history_set(history, place, PLACE_ABSENT);
    place->reason = (uint8_t)reason;
}

void history_enqueue(struct history *history, enum crash_queue queue, uint32_t number)
{
    struct lane *lane = history_lane(history, queue, number);
    struct place *place = history_place(history, queue, number);
    if (lane->count == lane->cap) {
        lane->cap = lane->cap ? 2 * lane->cap : 64;
        lane->numbers = memory_grow(lane->numbers, lane->cap * sizeof *lane->numbers);
    }
    lane->numbers[lane->count++] = number;
    *place = (struct place){
        .number = number,
        .lane_index = lane->count,
        .life = history->life,
        .state = PLACE_ABSENT,
    };
    history_set(history, place, PLACE_READY);
}

static void make_room(struct history *history)
{
    if (history->message_count == history->message_cap) {
        uint32_t cap = history->message_cap ? 2 * history->message_cap : 1024;
        history->messages = memory_grow(history->messages, cap * sizeof *history->messages);
        history->place_first =
            memory_grow(history->place_first, cap * sizeof *history->place_first);
        history->message_cap = cap;
    }
    if (history->place_count + QUEUE_COUNT > history->place_cap) {
        history->place_cap = history->place_cap ? 2 * history->place_cap : 4096;
        history->places =
            memory_grow(history->places, history->place_cap * sizeof *history->places);
    }
}

void history_publish(struct history *history, struct message *message)
{
    pthread_mutex_lock(&history->mutex);
    make_room(history);
    history->place_first[history->message_count] = history->place_count;
    message->number = history->message_count + 1;
    message->sequence = ++history->sequences[message->publisher];
    message->life = history->life;
    message->sent_at = clock_ms();
    history->messages[history->message_count++] = *message;
    uint32_t queues = queues_of(message);
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        if (queues & BIT(queue)) {
            history->places[history->place_count++] =
                (struct place){.number = message->number, .state = PLACE_ABSENT};
        }
    }
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        if (crash_route_row(message->route)->queues & BIT(queue)) {
            history_enqueue(history, queue, message->number);
        }
    }
    history->totals.published++;
    pthread_mutex_unlock(&history->mutex);
}

void history_confirm(struct history *history, uint32_t number)
{
    pthread_mutex_lock(&history->mutex);
    const struct message *message = &history->messages[number - 1];
    uint32_t queues = crash_route_row(message->route)->queues;
    uint64_t durable_at = message->persistent && queues ? message->sent_at : 0;
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        if (queues & BIT(queue)) {
            history_place(history, queue, number)->sure = true;
        }
    }
    history->totals.confirmed++;
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->mutex);
    history_durable(history, durable_at);
}

/* --- Waiting. --- */

static struct timespec in(int ms)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += ms / 1000;
    end.tv_nsec += ms % 1000 * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_nsec -= 1000000000L;
        end.tv_sec++;
    }
    return end;
}

bool history_wait_for_room(struct history *history, int ms)
{
    struct timespec end = in(ms);
    int rc = 0;
    bool full = true;
    pthread_mutex_lock(&history->mutex);
    for (;;) {
        full = history->backlog_count > BACKLOG_COUNT || history->backlog_size > BACKLOG_SIZE;
        if (!full || rc != 0 || history->verdict.failed) {
            break;
        }
        rc = pthread_cond_timedwait(&history->changed, &history->mutex, &end);
    }
    pthread_mutex_unlock(&history->mutex);
    return !full;
}

bool history_crowded(struct history *history)
{
    pthread_mutex_lock(&history->mutex);
    bool crowded =
        history->backlog_count > BACKLOG_COUNT / 2 || history->backlog_size > BACKLOG_SIZE / 2;
    pthread_mutex_unlock(&history->mutex);
    return crowded;
}

void history_wait_for_confirms(struct history *history, uint32_t count, int ms)
{
    struct timespec end = in(ms);
    int rc = 0;
    pthread_mutex_lock(&history->mutex);
    uint32_t begun = history->totals.confirmed;
    while (rc == 0 && !history->verdict.failed && history->totals.confirmed - begun < count) {
        rc = pthread_cond_timedwait(&history->changed, &history->mutex, &end);
    }
    pthread_mutex_unlock(&history->mutex);
}
