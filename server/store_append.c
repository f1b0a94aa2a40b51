#include "server/store_internal.h"

#include "base/wire.h"
#include "broker/effect.h"
#include "broker/storage.h"
#include "queue/msg.h"

/* The ledger learns of the segment that the journal has gone on to. */
static void follow_journal(struct store *store)
{
    size_t count;
    const struct journal_segment *segments = journal_segments(store->journal, &count);
    const struct journal_segment *newest = &segments[count - 1];
    if (newest->first != store->segment_last) {
        store->segment_last = newest->first;
        ledger_open(broker_ledger(store->broker), newest->first);
    }
}

uint64_t store_append(struct store *store, const struct journal_entry *entry)
{
    uint64_t position = journal_append(store->journal, entry);
    if (position > 0) {
        store->position_last = position;
        store->changed = true;
        follow_journal(store);
    }
    return position;
}

/* --- Groups. --- */

static uint64_t append_to_group(struct store *store, struct journal_entry *entry, bool more)
{
    entry->flags = more ? STORE_MORE : 0;
    uint64_t position = store_append(store, entry);
    if (!more) {
        store->group.count = 0;
    } else if (store->group.count++ == 0) {
        store->group.first = position;
    }
    return position;
}

static void end_group(struct store *store, bool wants_sync)
{
    uint8_t payload[8 + 4];
    struct slice piece = {payload, sizeof payload};
    if (store->group.count == 0) {
        return;
    }
    wire_store_u64(payload, store->group.first);
    wire_store_u32(payload + 8, store->group.count);
    struct journal_entry entry = {
        .type = OUTCOME_GROUP_END, .pieces = &piece, .piece_count = 1, .wants_sync = wants_sync};
    append_to_group(store, &entry, false);
}

void store_begin_group(struct store *store)
{
    store->group.forced = true;
}

void store_end_group(struct store *store)
{
    store->group.forced = false;
    end_group(store, true);
}

static bool belongs_to_next(const struct store *store, const struct effect *effect)
{
    return (effect->flags & EFFECT_MORE) != 0 || store->group.forced;
}

static void note_number(struct store *store, const struct effect *effect)
{
    if (effect->after > store->number_last) {
        store->number_last = effect->after;
    }
}

/* --- STORE. --- */

static bool is_for_store(const struct effect *effect)
{
    return effect->kind == EFFECT_STORE || effect->kind == EFFECT_SETTLE ||
           effect->kind == EFFECT_RECORD;
}

/* The next effect for the store, from `index` on; fx->count if there is none. */
static uint32_t next_for_store(const struct effects *fx, uint32_t index)
{
    while (index < fx->count && !is_for_store(&fx->items[index])) {
        index++;
    }
    return index;
}

/* The next effect for the store that is not a SETTLE. */
static uint32_t next_record(const struct effects *fx, uint32_t index)
{
    uint32_t next = next_for_store(fx, index);
    while (next < fx->count && fx->items[next].kind == EFFECT_SETTLE) {
        next = next_for_store(fx, next + 1);
    }
    return next;
}

/* The last of the effects that put the same message into a queue, which make one record; and how
 * many they are. Between two of them a queue may have dropped what is too much. */
static uint32_t last_of_stores(const struct effects *fx, uint32_t index, uint16_t *count)
{
    uint32_t last = index;
    *count = 1;
    for (;;) {
        uint32_t next = next_record(fx, last + 1);
        if (next == fx->count || fx->items[next].kind != EFFECT_STORE ||
            fx->items[next].msg != fx->items[index].msg || *count == OUTCOME_PLACES_MAX) {
            return last;
        }
        last = next;
        ++*count;
    }
}

uint64_t store_append_message(struct store *store, const struct store_message *message)
{
    store->traffic.written++;
    uint8_t count[OUTCOME_COUNT_SIZE], about[OUTCOME_CONTENT_SIZE];
    struct slice pieces[] = {
        {count, sizeof count},
        message->places,
        {about, sizeof about},
        outcome_content(message->msg),
    };
    wire_store_u16(count, message->count);
    outcome_write_content(message->msg, about);
    struct journal_entry entry = {.type = message->type,
                                  .pieces = pieces,
                                  .piece_count = sizeof pieces / sizeof *pieces,
                                  .wants_sync = message->wants_sync};
    return append_to_group(store, &entry, message->more);
}

/* --- SETTLE. --- */

static void end_run(struct store_settles *settles)
{
    if (settles->last.run.count > 0) {
        outcome_add_run(&settles->runs, &settles->last);
        settles->last.run.count = 0;
    }
}

static void add_settle(struct store_settles *settles, const struct effect *effect)
{
    if (!outcome_extend_run(&settles->last, effect)) {
        end_run(settles);
        outcome_extend_run(&settles->last, effect);
    }
}

static struct journal_entry settle_entry(const struct slice *runs)
{
    return (struct journal_entry){.type = OUTCOME_SETTLE, .pieces = runs, .piece_count = 1};
}

void store_flush_settles(struct store *store)
{
    end_run(&store->settles);
    if (store->settles.runs.len > 0) {
        struct slice runs = bytes_slice(&store->settles.runs);
        struct journal_entry entry = settle_entry(&runs);
        store_append(store, &entry);
        store->settles.runs.len = 0;
    }
}

static void drop_place(struct store *store, const struct effect *effect)
{
    const struct msg *msg = effect->msg;
    if (msg->stored_at > 0) {
        ledger_drop(broker_ledger(store->broker), msg->stored_at, msg_stored_octets(msg));
    }
    store->changed = true;
}

static void append_settles_of_group(struct store *store, struct store_settles *settles)
{
    end_run(settles);
    struct slice runs = bytes_slice(&settles->runs);
    struct journal_entry entry = settle_entry(&runs);
    append_to_group(store, &entry, true);
    bytes_finish(&settles->runs);
}

/* Those that stand alone wait for the end of the tick, where they make few records; those of a
 * group have their place in it. */
static uint32_t run_settles(struct store *store, const struct effects *fx, uint32_t index)
{
    bool grouped = belongs_to_next(store, &fx->items[index]);
    struct store_settles own = {.last = {.queue = 0}};
    while (index < fx->count && fx->items[index].kind == EFFECT_SETTLE &&
           belongs_to_next(store, &fx->items[index]) == grouped) {
        add_settle(grouped ? &own : &store->settles, &fx->items[index]);
        drop_place(store, &fx->items[index]);
        index = next_for_store(fx, index + 1);
    }
    if (grouped) {
        append_settles_of_group(store, &own);
    }
    return index;
}

/* --- Places of a message. --- */

/* More places than a record has room for make another one: then the first is where the message is
 * read, and where all its places count. */
static void count_places(struct store *store, struct msg *msg, uint16_t count, uint64_t position)
{
    struct ledger *ledger = broker_ledger(store->broker);
    if (msg->stored_at == 0) {
        msg->stored_at = position;
        if (count > 1) {
            ledger_share(ledger, position);
        }
    }
    for (uint16_t i = 0; i < count; i++) {
        ledger_add(ledger, msg->stored_at, msg_stored_octets(msg));
    }
}

/* What was dropped between the places of a message, behind them. */
static void run_settles_between(struct store *store, const struct effects *fx, uint32_t index,
                                uint32_t end)
{
    while (index < end) {
        index = fx->items[index].kind == EFFECT_SETTLE ? run_settles(store, fx, index)
                                                       : next_for_store(fx, index + 1);
    }
}

static uint32_t run_stores(struct store *store, const struct effects *fx, uint32_t index)
{
    struct store_message message = {.type = OUTCOME_ENQUEUE, .wants_sync = true};
    uint32_t end = last_of_stores(fx, index, &message.count);
    const struct effect *first = &fx->items[index], *last = &fx->items[end];
    message.msg = first->msg;
    message.places.ptr = fx->records.ptr + first->conn;
    message.places.len = last->conn + last->channel - first->conn;
    message.more = belongs_to_next(store, last);
    uint64_t position = store_append_message(store, &message);
    if (position > 0) {
        count_places(store, first->msg, message.count, position);
    }
    note_number(store, last);
    run_settles_between(store, fx, index, end);
    return end + 1;
}

/* --- RECORD. --- */

static uint32_t run_record(struct store *store, const struct effects *fx, uint32_t index)
{
    const struct effect *effect = &fx->items[index];
    bool wants_sync = effect->after > 0;
    note_number(store, effect);
    if (effect->channel == OUTCOME_GROUP_END) {
        if (!store->group.forced) {
            end_group(store, wants_sync);
        }
        return index + 1;
    }
    struct slice payload = {fx->records.ptr + effect->conn, effect->number};
    struct journal_entry entry = {.type = (uint8_t)effect->channel,
                                  .pieces = &payload,
                                  .piece_count = 1,
                                  .wants_sync = wants_sync};
    append_to_group(store, &entry, belongs_to_next(store, effect));
    return index + 1;
}

void store_run(struct store *store, const struct effects *fx, uint32_t from)
{
    uint32_t index = next_for_store(fx, from);
    while (index < fx->count) {
        switch ((enum effect_kind)fx->items[index].kind) {
        case EFFECT_STORE:
            index = run_stores(store, fx, index);
            break;
        case EFFECT_SETTLE:
            index = run_settles(store, fx, index);
            break;
        default:
            index = run_record(store, fx, index);
            break;
        }
        index = next_for_store(fx, index);
    }
}
