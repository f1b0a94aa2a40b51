#include "server/store_internal.h"

#include "broker/recovery.h"
#include "conf/log.h"

/* After a start that left out what is damaged, queues may have messages whose content is among
 * that. They are taken out, which the journal learns as well. */
static bool has_content(struct store *store, uint64_t at)
{
    struct record record;
    struct outcome_enqueue enqueue;
    return journal_read(store->journal, at, &record) == 0 &&
           outcome_read_enqueue(record.payload, &enqueue);
}

static void forget(struct store *store, const struct broker_place *place)
{
    struct bytes payload = {0};
    struct outcome_run run = {place->queue, {place->place.position, 1}};
    outcome_add_run(&payload, &run);
    struct slice piece = bytes_slice(&payload);
    struct journal_entry entry = {.type = OUTCOME_SETTLE, .pieces = &piece, .piece_count = 1};
    struct outcome outcome = {.type = OUTCOME_SETTLE, .payload = piece};
    broker_apply(store->broker, &outcome);
    store_append(store, &entry);
    bytes_finish(&payload);
}

static uint64_t check(struct store *store, uint64_t from, uint64_t end)
{
    struct broker_places places = {0};
    uint64_t lost = 0, at = 0;
    bool there = false;
    broker_collect(store->broker, from, end, &places);
    for (size_t i = 0; i < places.count; i++) {
        const struct broker_place *place = &places.items[i];
        if (i == 0 || place->place.at != at) {
            at = place->place.at;
            there = has_content(store, at);
        }
        if (!there) {
            forget(store, place);
            lost++;
        }
    }
    broker_places_finish(&places);
    return lost;
}

void store_check_contents(struct store *store)
{
    const struct ledger *ledger = broker_ledger(store->broker);
    uint64_t from = 0, lost = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        uint64_t end = ledger->segments[i].end;
        lost += check(store, from, end);
        from = end;
    }
    if (lost > 0) {
        log_warning(store->options.log, LOG_DEFAULT,
                    "%llu messages were lost: their contents are damaged or missing",
                    (unsigned long long)lost);
    }
    store->checkpoint.wanted = true;
}
