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

void ledger_add(struct ledger *ledger, uint64_t at, uint64_t octets)
{
    struct ledger_segment *segment = ledger_find(ledger, at);
    if (!segment) {
        ledger->elsewhere++;
        return;
    }
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
    CHECK(segment->live > 0 && segment->octets >= octets);
    segment->live--;
    segment->octets -= octets;
    ledger->live--;
    ledger->octets -= octets;
}

void ledger_finish(struct ledger *ledger)
{
    free(ledger->segments);
    *ledger = (struct ledger){0};
}
