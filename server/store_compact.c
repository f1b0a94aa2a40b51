#include "server/store_internal.h"

#include <stdlib.h>

#include "base/memory.h"

/* A segment of which little is alive is emptied: what is alive is appended anew, and goes on from
 * there. It then goes like any other that nobody needs. */
enum {
    SEGMENTS_SPARE = 4, // that the journal may be larger than twice what is alive
    REST_SHARE = 4,     // times as long as a slice took, nothing is done
};

/* Segments in which nothing is alive are on their way out already. */
static bool too_large(const struct store *store)
{
    const struct ledger *ledger = broker_ledger(store->broker);
    uint64_t total = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_segment *segment = &ledger->segments[i];
        bool last = i + 1 == ledger->count;
        uint64_t end = last ? store->position_last : segment->end;
        total += segment->live > 0 && end > segment->first ? end - segment->first : 0;
    }
    return total > 2 * ledger->octets + SEGMENTS_SPARE * store->options.segment_size;
}

/* The segment of whose octets the least share is alive, less than half. */
static const struct ledger_segment *choose(const struct store *store)
{
    const struct ledger *ledger = broker_ledger(store->broker);
    const struct ledger_segment *best = NULL;
    double best_share = 0.5;
    for (size_t i = 0; i + 1 < ledger->count; i++) {
        const struct ledger_segment *segment = &ledger->segments[i];
        double share = (double)segment->octets / (double)(segment->end - segment->first);
        if (segment->live > 0 && segment->end <= store->progress.written && share < best_share) {
            best = segment;
            best_share = share;
        }
    }
    return best;
}

void store_compaction_due(struct store *store)
{
    struct store_compaction *compaction = &store->compaction;
    const struct ledger_segment *victim;
    if (compaction->end == 0 && too_large(store) && (victim = choose(store))) {
        compaction->next = victim->first;
        compaction->end = victim->end;
    }
}

static void add_move(struct store_compaction *compaction, uint64_t from, uint64_t to)
{
    if (compaction->count == compaction->cap) {
        compaction->cap = compaction->cap ? 2 * compaction->cap : 64;
        compaction->moves =
            memory_grow(compaction->moves, compaction->cap * sizeof *compaction->moves);
    }
    compaction->moves[compaction->count++] = (struct move){.from = from, .to = to};
}

/* What the record says of a place. */
static struct outcome_place find_place(const struct outcome_enqueue *enqueue,
                                       const struct broker_place *place)
{
    struct wire_reader r = wire_reader_of(enqueue->places);
    for (uint16_t i = 0; i < enqueue->count; i++) {
        struct outcome_place found = outcome_get_place(&r);
        if (found.queue == place->queue && found.position == place->place.position) {
            return found;
        }
    }
    return (struct outcome_place){
        .queue = place->queue, .position = place->place.position, .expires = UINT64_MAX};
}

/* The record with the places that are left, all of which have their content in it. */
static uint64_t append_copy(struct store *store, const struct outcome_enqueue *enqueue,
                            const struct broker_place *places, size_t count)
{
    struct bytes left = {0};
    uint16_t left_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (places[i].place.journaled) {
            struct outcome_place place = find_place(enqueue, &places[i]);
            outcome_add_place(&left, &place);
            left_count++;
        }
    }
    uint8_t number[OUTCOME_COUNT_SIZE];
    const uint8_t *about = enqueue->places.ptr + enqueue->places.len;
    struct slice pieces[] = {
        {number, sizeof number},
        bytes_slice(&left),
        {about, OUTCOME_CONTENT_SIZE + enqueue->content.len},
    };
    wire_store_u16(number, left_count);
    struct journal_entry entry = {
        .type = left_count > 0 ? OUTCOME_ENQUEUE : OUTCOME_SPILL,
        .pieces = pieces,
        .piece_count = sizeof pieces / sizeof *pieces,
    };
    uint64_t position = store_append(store, &entry);
    bytes_finish(&left);
    return position;
}

/* Copies the record that these places have their content in. False if it cannot be read. */
static bool copy_record(struct store *store, const struct broker_place *places, size_t count)
{
    struct record record;
    struct outcome_enqueue enqueue;
    uint64_t from = places[0].place.at;
    int rc = journal_read(store->journal, from, &record);
    if (rc < 0 || !outcome_read_enqueue(record.payload, &enqueue)) {
        store_fail_to_read(store, from, rc);
        return false;
    }
    uint64_t to = append_copy(store, &enqueue, places, count);
    if (to > 0) {
        add_move(&store->compaction, from, to);
    }
    return to > 0;
}

static void copy_slice(struct store *store, uint64_t end)
{
    struct broker_places all = {0};
    broker_collect(store->broker, store->compaction.next, end, &all);
    for (size_t i = 0; i < all.count;) {
        size_t count = 1;
        while (i + count < all.count && all.items[i + count].place.at == all.items[i].place.at) {
            count++;
        }
        if (!copy_record(store, &all.items[i], count)) {
            break;
        }
        i += count;
    }
    broker_places_finish(&all);
}

/* A checkpoint that is due goes first: it must not begin while there are copies on their way. */
static bool may_go_on(const struct store *store, uint64_t now_ms)
{
    const struct store_compaction *compaction = &store->compaction;
    return compaction->end > 0 && compaction->count == 0 && now_ms >= compaction->resume_ms &&
           !store_checkpoint_waits(store) && !journal_full(store->journal);
}

void store_compact(struct store *store, uint64_t now_ms)
{
    struct store_compaction *compaction = &store->compaction;
    if (!may_go_on(store, now_ms)) {
        return;
    }
    uint64_t end = compaction->next + store->options.compaction_slice;
    end = end < compaction->end ? end : compaction->end;
    copy_slice(store, end);
    compaction->started_ms = now_ms;
    compaction->written_at = store->position_last;
    compaction->next = end;
    if (end == compaction->end) {
        compaction->end = 0;
        store->changed = true; // for the next one, also if there was nothing left to be copied
    }
}

/* The copies can be read from now on. */
void store_relocate(struct store *store, uint64_t now_ms)
{
    struct store_compaction *compaction = &store->compaction;
    if (compaction->count == 0 || store->progress.written < compaction->written_at) {
        return;
    }
    broker_relocate(store->broker, compaction->moves, compaction->count);
    compaction->count = 0;
    compaction->resume_ms = now_ms + REST_SHARE * (now_ms - compaction->started_ms);
    store->changed = true;
}

uint64_t store_compaction_deadline(const struct store *store)
{
    const struct store_compaction *compaction = &store->compaction;
    return compaction->end > 0 && compaction->count == 0 ? compaction->resume_ms : UINT64_MAX;
}
