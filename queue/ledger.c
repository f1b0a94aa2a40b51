#include "queue/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

void ledger_open(struct ledger *ledger, uint64_t first)
{
    if (ledger->count > 0) {
        struct ledger_segment *last = &ledger->segments[ledger->count - 1];
        CHECK(last->first < first);
        last->end = first;
    }
    if (ledger->count == ledger->cap) {
        ledger->cap = ledger->cap ? ledger->cap * 2 : 16;
        ledger->segments = memory_grow(ledger->segments, ledger->cap * sizeof ledger->segments[0]);
    }
    ledger->segments[ledger->count++] = (struct ledger_segment){.first = first, .end = UINT64_MAX};
}

static bool holds(const struct ledger_segment *segment, uint64_t at)
{
    return segment->first <= at && at < segment->end;
}

struct ledger_segment *ledger_find(struct ledger *ledger, uint64_t at)
{
    if (ledger->recent < ledger->count && holds(&ledger->segments[ledger->recent], at)) {
        return &ledger->segments[ledger->recent];
    }
    size_t low = 0, high = ledger->count; // those below `low` start at or before `at`
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ledger->segments[middle].first <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || !holds(&ledger->segments[low - 1], at)) {
        return NULL;
    }
    ledger->recent = low - 1;
    return &ledger->segments[low - 1];
}

void ledger_close(struct ledger *ledger, uint64_t first)
{
    struct ledger_segment *segment = ledger_find(ledger, first);
    CHECK(segment && segment->first == first && segment->live == 0);
    size_t index = (size_t)(segment - ledger->segments);
    ledger->count--;
    memmove(segment, segment + 1, (ledger->count - index) * sizeof *segment);
}

/* What another place adds. */
static uint64_t octets_added(struct ledger *ledger, uint64_t at, uint64_t octets)
{
    struct shared_record *record = shared_find(&ledger->shared, at);
    return record && record->count++ > 0 ? 0 : octets;
}

/* What is gone with a place. */
static uint64_t octets_dropped(struct ledger *ledger, uint64_t at, uint64_t octets)
{
    struct shared_record *record = shared_find(&ledger->shared, at);
    if (record && record->count > 0 && --record->count > 0) {
        return 0;
    }
    if (record) {
        shared_remove(&ledger->shared, record);
    }
    return octets;
}

void ledger_share(struct ledger *ledger, uint64_t at)
{
    shared_put(&ledger->shared, at);
}

bool ledger_is_shared(const struct ledger *ledger, uint64_t at)
{
    return shared_find(&ledger->shared, at) != NULL;
}

void ledger_restored(struct ledger *ledger)
{
    shared_remove_empty(&ledger->shared);
}

void ledger_move(struct ledger *ledger, uint64_t from, uint64_t to, uint64_t octets)
{
    if (ledger_is_shared(ledger, from)) {
        ledger_share(ledger, to);
    }
    ledger_drop(ledger, from, octets);
    ledger_add(ledger, to, octets);
}

void ledger_add(struct ledger *ledger, uint64_t at, uint64_t octets)
{
    struct ledger_segment *segment = ledger_find(ledger, at);
    if (!segment) {
        ledger->elsewhere++;
        return;
    }
    octets = octets_added(ledger, at, octets);
    segment->live++;
    segment->octets += octets;
    ledger->live++;
    ledger->octets += octets;
}

void ledger_drop(struct ledger *ledger, uint64_t at, uint64_t octets)
{
    struct ledger_segment *segment = ledger_find(ledger, at);
    if (!segment) {
        CHECK(ledger->elsewhere > 0);
        ledger->elsewhere--;
        return;
    }
    octets = octets_dropped(ledger, at, octets);
    CHECK(segment->live > 0 && segment->octets >= octets);
    ledger->dropped++;
    segment->live--;
    segment->octets -= octets;
    ledger->live--;
    ledger->octets -= octets;
}

void ledger_finish(struct ledger *ledger)
{
    free(ledger->segments);
    shared_finish(&ledger->shared);
    *ledger = (struct ledger){0};
}
