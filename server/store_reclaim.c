#include "server/store_internal.h"

#include "base/memory.h"

static void add(struct store_retiring *retiring, uint64_t first)
{
    if (retiring->count == retiring->cap) {
        retiring->cap = retiring->cap ? 2 * retiring->cap : 16;
        retiring->firsts = memory_grow(retiring->firsts, retiring->cap * sizeof *retiring->firsts);
    }
    retiring->firsts[retiring->count++] = first;
}

/* A segment in which nothing lives, all of it before the checkpoint, could go, but for this: what
 * was settled last in it may not be on the disk yet. After a crash it would be in its queue again,
 * without content. */
static void find(struct store *store)
{
    const struct ledger *ledger = broker_ledger(store->broker);
    struct store_retiring *retiring = &store->retiring;
    for (size_t i = 0; i + 1 < ledger->count; i++) {
        const struct ledger_segment *segment = &ledger->segments[i];
        if (segment->live == 0 && segment->end <= store->checkpoint.durable) {
            add(retiring, segment->first);
        }
    }
    if (retiring->count > 0) {
        store_flush_settles(store);
        retiring->synced_at = store->position_last;
        journal_sync(store->journal);
    }
}

static void let_go(struct store *store)
{
    struct store_retiring *retiring = &store->retiring;
    struct ledger *ledger = broker_ledger(store->broker);
    for (size_t i = 0; i < retiring->count; i++) {
        uint64_t first = retiring->firsts[i];
        const struct ledger_segment *segment = ledger_find(ledger, first);
        bool dead = segment && segment->first == first && segment->live == 0;
        if (dead && journal_retire(store->journal, first, store->checkpoint.durable)) {
            ledger_close(ledger, first);
        }
    }
    retiring->count = 0;
}

void store_reclaim(struct store *store)
{
    if (store->retiring.count == 0) {
        find(store);
    }
}

void store_retire(struct store *store)
{
    if (store->retiring.count > 0 && store->progress.synced >= store->retiring.synced_at) {
        let_go(store);
    }
}
