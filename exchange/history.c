#include "exchange/history.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

/* A ring that grows until it holds `limit`. */
struct history {
    void **items; // owned array of owned messages, of `cap`
    history_release *release;
    uint32_t first;
    uint32_t count;
    uint32_t cap;
    uint32_t limit;
};

struct history *history_new(uint32_t limit)
{
    CHECK(limit > 0);
    struct history *history = memory_new(sizeof *history);
    history->limit = limit;
    return history;
}

void *history_at(const struct history *history, uint32_t index)
{
    ASSERT(index < history->count);
    uint64_t place = (uint64_t)history->first + index;
    return history->items[place < history->cap ? place : place - history->cap];
}

void history_free(struct history *history)
{
    for (uint32_t i = 0; i < history->count; i++) {
        history->release(history_at(history, i));
    }
    free(history->items);
    free(history);
}

static void grow(struct history *history)
{
    uint32_t cap = history->cap < 4 ? 8 : history->cap * 2;
    if (history->cap > history->limit / 2 || cap > history->limit) {
        cap = history->limit;
    }
    void **items = memory_array(cap, sizeof *items);
    for (uint32_t i = 0; i < history->count; i++) {
        items[i] = history_at(history, i);
    }
    free(history->items);
    history->items = items;
    history->first = 0;
    history->cap = cap;
}

void history_keep(struct history *history, void *message, history_release *release)
{
    history->release = release;
    if (history->count == history->limit) {
        release(history_at(history, 0));
        history->first = history->first + 1 == history->cap ? 0 : history->first + 1;
        history->count--;
    } else if (history->count == history->cap) {
        grow(history);
    }
    uint64_t place = (uint64_t)history->first + history->count++;
    history->items[place < history->cap ? place : place - history->cap] = message;
}

uint32_t history_count(const struct history *history)
{
    return history->count;
}
