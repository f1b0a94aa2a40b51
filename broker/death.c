#include "broker/death.h"

#include "amqp/table.h"
#include "base/wire.h"
#include "exchange/fields.h"

struct slice death_reason_name(enum death_reason reason)
{
    switch (reason) {
    case DEATH_REJECTED:
        return SLICE("rejected");
    case DEATH_EXPIRED:
        return SLICE("expired");
    case DEATH_MAXLEN:
        return SLICE("maxlen");
    case DEATH_DELIVERY_LIMIT:
        return SLICE("delivery_limit");
    }
    return SLICE("");
}

static bool has_text(struct slice table, struct slice key, struct slice text)
{
    struct field_value value;
    return table_get(table, key, &value) && value.type == 'S' && slice_eq(value.bytes, text);
}

static bool is_same(const struct field_value *entry, const struct death *death)
{
    return entry->type == 'F' && has_text(entry->bytes, SLICE("queue"), death->queue) &&
           has_text(entry->bytes, SLICE("reason"), death_reason_name(death->reason));
}

/* The entries of the header's x-death; empty if it has none. */
static struct slice deaths_of(struct slice headers)
{
    struct field_value value;
    bool found = table_get(headers, SLICE("x-death"), &value) && value.type == 'A';
    return found ? value.bytes : (struct slice){0};
}

static void add_number(struct bytes *table, struct slice key, uint8_t type, uint64_t number)
{
    struct bytes raw = {0};
    bytes_add_u8(&raw, type);
    bytes_add_u64(&raw, number);
    table_add_raw(table, key, bytes_slice(&raw));
    bytes_finish(&raw);
}

/* Appends type, length and content of a nested table or array. */
static void add_nested(struct bytes *out, uint8_t type, struct slice content)
{
    bytes_add_u8(out, type);
    bytes_add_u32(out, (uint32_t)content.len);
    bytes_add(out, content);
}

static void add_keys(struct bytes *table, const struct death *death)
{
    struct bytes keys = {0}, raw = {0};
    for (uint32_t i = 0; i < death->routing_key_count; i++) {
        add_nested(&keys, 'S', death->routing_keys[i]);
    }
    add_nested(&raw, 'A', bytes_slice(&keys));
    table_add_raw(table, SLICE("routing-keys"), bytes_slice(&raw));
    bytes_finish(&keys);
    bytes_finish(&raw);
}

/* A first death in this queue for this reason. */
static void new_entry(const struct death *death, struct bytes *entry)
{
    add_number(entry, SLICE("count"), 'l', 1);
    table_add_string(entry, SLICE("reason"), death_reason_name(death->reason));
    table_add_string(entry, SLICE("queue"), death->queue);
    add_number(entry, SLICE("time"), 'T', death->time_s);
    table_add_string(entry, SLICE("exchange"), death->exchange);
    add_keys(entry, death);
    if (death->expiration_given) {
        table_add_string(entry, SLICE("original-expiration"), death->expiration);
    }
}

/* What an old entry counts; one without a count is one death. */
static uint64_t count_of(struct slice entry)
{
    struct field_value value;
    bool counted = table_get(entry, SLICE("count"), &value) && field_is_integer(&value);
    return counted ? (uint64_t)value.integer : 1;
}

/* One more of a kind that is on record: everything in the entry stays but the count. */
static void count_again(struct slice old, uint64_t count, struct bytes *entry)
{
    struct wire_reader r = wire_reader_of(old);
    struct slice key;
    struct field_value value;
    add_number(entry, SLICE("count"), 'l', count);
    while (table_next(&r, &key, &value)) {
        if (!slice_eq(key, SLICE("count"))) {
            table_add_raw(entry, key, value.raw);
        }
    }
}

/* The content of the new x-death: this death first, the others behind it as they were. RabbitMQ
 * puts an entry in the order of its keys unless it is the message's very first. */
static void record(const struct death *death, struct slice deaths, struct bytes *out)
{
    struct bytes entry = {0}, others = {0}, sorted = {0};
    struct slice match = {0};
    uint64_t count = 1;
    struct wire_reader r = wire_reader_of(deaths);
    struct field_value value;
    while (array_next(&r, &value)) {
        if (is_same(&value, death)) {
            match = match.ptr ? match : value.bytes;
            count += count_of(value.bytes);
        } else {
            bytes_add(&others, value.raw);
        }
    }
    if (match.ptr) {
        count_again(match, count, &entry);
    } else {
        new_entry(death, &entry);
    }
    if (deaths.ptr) {
        fields_add_sorted(bytes_slice(&entry), &sorted);
    } else {
        bytes_add(&sorted, bytes_slice(&entry));
    }
    add_nested(out, 'F', bytes_slice(&sorted));
    bytes_add(out, bytes_slice(&others));
    bytes_finish(&entry);
    bytes_finish(&others);
    bytes_finish(&sorted);
}

static bool is_dropped(struct slice key, const struct slice *dropped, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (slice_eq(key, dropped[i])) {
            return true;
        }
    }
    return slice_eq(key, SLICE("x-death"));
}

static bool is_first_death(struct slice key)
{
    return slice_eq(key, SLICE("x-first-death-exchange")) ||
           slice_eq(key, SLICE("x-first-death-queue")) ||
           slice_eq(key, SLICE("x-first-death-reason"));
}

static void add_first_death(const struct death *death, struct bytes *out)
{
    table_add_string(out, SLICE("x-first-death-exchange"), death->exchange);
    table_add_string(out, SLICE("x-first-death-queue"), death->queue);
    table_add_string(out, SLICE("x-first-death-reason"), death_reason_name(death->reason));
}

void death_record(const struct death *death, struct slice headers, const struct slice *dropped,
                  uint32_t dropped_count, struct bytes *out)
{
    struct bytes table = {0}, deaths = {0}, raw = {0};
    struct wire_reader r = wire_reader_of(headers);
    struct slice key;
    struct field_value value;
    bool first = !table_get(headers, SLICE("x-death"), &value);
    while (table_next(&r, &key, &value)) {
        if (!is_dropped(key, dropped, dropped_count) && !(first && is_first_death(key))) {
            table_add_raw(&table, key, value.raw);
        }
    }
    record(death, deaths_of(headers), &deaths);
    add_nested(&raw, 'A', bytes_slice(&deaths));
    table_add_raw(&table, SLICE("x-death"), bytes_slice(&raw));
    if (first) {
        add_first_death(death, &table);
    }
    fields_add_sorted(bytes_slice(&table), out);
    bytes_finish(&table);
    bytes_finish(&deaths);
    bytes_finish(&raw);
}

bool death_is_cycle(struct slice headers, enum death_reason reason, struct slice queue)
{
    if (reason == DEATH_REJECTED) {
        return false;
    }
    struct wire_reader r = wire_reader_of(deaths_of(headers));
    struct field_value entry;
    while (array_next(&r, &entry)) { // newest first, back to the last time in that queue
        if (entry.type != 'F' ||
            has_text(entry.bytes, SLICE("reason"), death_reason_name(DEATH_REJECTED))) {
            return false;
        }
        if (has_text(entry.bytes, SLICE("queue"), queue)) {
            return true;
        }
    }
    return false;
}
