#include "tests/unit/broker/shelf.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/memory.h"

uint64_t shelf_end(const struct shelf *shelf)
{
    return SHELF_STEP * (shelf->count + 1);
}

static const struct shelf_record *record_at(const struct shelf *shelf, uint64_t at)
{
    cr_assert(at > 0 && at % SHELF_STEP == 0 && at < shelf_end(shelf), "no record at %lu", at);
    return &shelf->records[at / SHELF_STEP - 1];
}

void shelf_finish(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++) {
        free((void *)shelf->records[i].payload.ptr);
    }
    free(shelf->records);
}

/* Takes the payload; returns the record's position. */
static uint64_t append(struct shelf *shelf, struct broker *broker, uint8_t type,
                       struct bytes *payload)
{
    if (shelf->count == shelf->cap) {
        shelf->cap = shelf->cap ? shelf->cap * 2 : 64;
        shelf->records = memory_grow(shelf->records, shelf->cap * sizeof *shelf->records);
    }
    uint64_t at = shelf_end(shelf);
    if (shelf->count % SHELF_SEGMENT == 0) {
        ledger_open(broker_ledger(broker), at);
    }
    // A block of exactly that size, so that a read beyond it is caught.
    uint8_t *exact = memory_raw(payload->len + 1);
    slice_copy(exact, bytes_slice(payload));
    shelf->records[shelf->count++] =
        (struct shelf_record){.type = type, .payload = {exact, payload->len}};
    bytes_finish(payload);
    return at;
}

static uint64_t append_msg(struct shelf *shelf, struct broker *broker, struct slice places,
                           uint16_t count, const struct msg *msg)
{
    struct bytes payload = {0};
    wire_store_u16(bytes_reserve(&payload, OUTCOME_COUNT_SIZE), count);
    payload.len += OUTCOME_COUNT_SIZE;
    bytes_add(&payload, places);
    outcome_write_content(msg, bytes_reserve(&payload, OUTCOME_CONTENT_SIZE));
    payload.len += OUTCOME_CONTENT_SIZE;
    bytes_add(&payload, outcome_content(msg));
    return append(shelf, broker, OUTCOME_ENQUEUE, &payload);
}

static bool for_journal(const struct effect *e)
{
    return e->kind == EFFECT_STORE || e->kind == EFFECT_SETTLE || e->kind == EFFECT_RECORD;
}

/* Takes the STORE at i, and those that follow with the same message, into one record. Returns the
 * last one. */
static uint32_t store(struct shelf *shelf, struct broker *broker, struct effects *fx, uint32_t i)
{
    struct msg *msg = fx->items[i].msg;
    size_t begin = fx->items[i].conn;
    uint16_t count = 1;
    uint32_t last = i;
    for (uint32_t j = i + 1; j < fx->count; j++) {
        const struct effect *e = &fx->items[j];
        if (for_journal(e) && (e->kind != EFFECT_STORE || e->msg != msg)) {
            break;
        }
        if (for_journal(e)) {
            cr_assert_eq(e->conn, fx->items[last].conn + fx->items[last].channel);
            last = j;
            count++;
        }
    }
    size_t end = fx->items[last].conn + fx->items[last].channel;
    struct slice places = {fx->records.ptr + begin, end - begin};
    cr_assert(!msg->stub && msg->stored_at == 0);
    msg->stored_at = append_msg(shelf, broker, places, count, msg);
    for (uint16_t n = 0; n < count; n++) {
        ledger_add(broker_ledger(broker), msg->stored_at, msg_stored_octets(msg));
    }
    return last;
}

static void settle(struct shelf *shelf, struct broker *broker, const struct effect *e)
{
    struct bytes payload = {0};
    struct outcome_run run = {0};
    cr_assert(outcome_extend_run(&run, e));
    outcome_add_run(&payload, &run);
    cr_assert(e->msg->stored_at > 0, "settled before it was stored");
    ledger_drop(broker_ledger(broker), e->msg->stored_at, msg_stored_octets(e->msg));
    append(shelf, broker, OUTCOME_SETTLE, &payload);
}

struct msg *shelf_load(const struct shelf *shelf, uint64_t at)
{
    struct outcome outcome = {
        .type = OUTCOME_ENQUEUE, .payload = record_at(shelf, at)->payload, .at = at};
    struct msg *msg = outcome_read_msg(&outcome);
    cr_assert_not_null(msg);
    return msg;
}

static void fetch(struct shelf *shelf, struct broker *broker, struct effects *fx, uint32_t i)
{
    struct msg *stub = msg_ref(fx->items[i].msg);
    struct msg *loaded = shelf_load(shelf, stub->stored_at);
    broker_fetched(broker, stub, loaded, fx);
    msg_unref(loaded);
    msg_unref(stub);
}

void shelf_take(struct shelf *shelf, struct broker *broker, struct effects *fx)
{
    uint32_t stored = 0;                       // STOREs before this one are done
    for (uint32_t i = 0; i < fx->count; i++) { // which FETCH may make more
        struct bytes payload = {0};
        const struct effect *e = &fx->items[i];
        size_t before = shelf->count;
        switch ((enum effect_kind)e->kind) {
        case EFFECT_STORE:
            if (i >= stored) {
                stored = store(shelf, broker, fx, i) + 1;
            }
            break;
        case EFFECT_SETTLE:
            settle(shelf, broker, e);
            break;
        case EFFECT_RECORD:
            bytes_add(&payload, (struct slice){fx->records.ptr + e->conn, (size_t)e->number});
            append(shelf, broker, (uint8_t)e->channel, &payload);
            break;
        case EFFECT_FETCH:
            fetch(shelf, broker, fx, i);
            break;
        default:
            break;
        }
        if (shelf->count > before) {
            uint32_t last = fx->items[i].kind == EFFECT_STORE ? stored - 1 : i;
            shelf->records[before].more = fx->items[last].flags & EFFECT_MORE;
        }
    }
}

void shelf_open(const struct shelf *shelf, struct broker *broker, size_t count)
{
    (void)shelf;
    for (size_t i = 0; i < count; i += SHELF_SEGMENT) {
        ledger_open(broker_ledger(broker), SHELF_STEP * (i + 1));
    }
}

void shelf_play(const struct shelf *shelf, struct broker *broker, uint64_t from, size_t count)
{
    size_t ended = 0; // records behind the last end of a group
    for (size_t i = 0; i < count; i++) {
        ended = shelf->records[i].more ? ended : i + 1;
    }
    for (size_t i = from > 0 ? from / SHELF_STEP - 1 : 0; i < ended; i++) {
        const struct shelf_record *record = &shelf->records[i];
        struct outcome outcome = {.type = record->type, record->payload, SHELF_STEP * (i + 1)};
        cr_assert(broker_apply(broker, &outcome), "record %zu, a %s", i,
                  outcome_name(record->type));
    }
}

/* The places of an old record that are still wanted: `live` of them, sorted. */
static struct bytes live_places(const struct shelf *shelf, const struct broker_place *live,
                                size_t count, uint16_t *kept)
{
    struct bytes out = {0};
    struct outcome_enqueue old;
    cr_assert(outcome_read_enqueue(record_at(shelf, live->place.at)->payload, &old));
    struct wire_reader r = wire_reader_of(old.places);
    *kept = 0;
    for (uint16_t i = 0; i < old.count; i++) {
        struct outcome_place place = outcome_get_place(&r);
        for (size_t n = 0; n < count; n++) {
            if (live[n].queue == place.queue && live[n].place.position == place.position) {
                outcome_add_place(&out, &place);
                ++*kept;
            }
        }
    }
    return out;
}

void shelf_compact(struct shelf *shelf, struct broker *broker, uint64_t from, uint64_t end)
{
    struct broker_places places = {0};
    broker_collect(broker, from, end, &places);
    struct move *moves = memory_array(places.count + 1, sizeof *moves);
    size_t move_count = 0, count;
    for (size_t i = 0; i < places.count; i += count) {
        uint64_t at = places.items[i].place.at;
        for (count = 1; i + count < places.count && places.items[i + count].place.at == at;) {
            count++;
        }
        uint16_t kept;
        struct bytes live = live_places(shelf, &places.items[i], count, &kept);
        size_t journaled = 0;
        for (size_t n = 0; n < count; n++) {
            journaled += places.items[i + n].place.journaled;
        }
        cr_assert_eq(kept, journaled, "%u of %zu places at %lu are known", kept, journaled, at);
        struct msg *msg = shelf_load(shelf, at);
        uint64_t to = append_msg(shelf, broker, bytes_slice(&live), kept, msg);
        moves[move_count++] = (struct move){at, to};
        msg_unref(msg);
        bytes_finish(&live);
    }
    // A transient queue that holds the message in memory is not among them, but moves as well.
    cr_assert_geq(broker_relocate(broker, moves, move_count), places.count);
    free(moves);
    broker_places_finish(&places);
}
