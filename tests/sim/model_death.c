#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"
#include "base/wire.h"
#include "tests/sim/content.h"
#include "tests/sim/model_internal.h"

/* The header x-death: an entry for each queue and reason, the last death first, with the number of
 * trips. */
static struct slice name_of(enum model_reason reason)
{
    static const char *const names[] = {"rejected", "expired", "maxlen", "delivery_limit"};
    return (struct slice){(const uint8_t *)names[reason], strlen(names[reason])};
}

static bool says(struct slice table, struct slice key, struct slice text)
{
    struct field_value value;
    return table_get(table, key, &value) && slice_eq(value.bytes, text);
}

static struct slice deaths_of(struct slice headers)
{
    struct field_value value;
    return table_get(headers, SLICE("x-death"), &value) ? value.bytes : SLICE("");
}

static void add_number(struct bytes *table, struct slice key, uint8_t type, uint64_t number)
{
    uint8_t raw[9] = {type};
    wire_store_u64(raw + 1, number);
    table_add_raw(table, key, (struct slice){raw, sizeof raw});
}

static void add_nested(struct bytes *out, uint8_t type, struct slice content)
{
    bytes_add_u8(out, type);
    bytes_add_u32(out, (uint32_t)content.len);
    bytes_add(out, content);
}

/* The keys that it had come with. */
static void add_keys(struct bytes *table, const struct model_message *message, struct slice headers)
{
    struct bytes keys = {0}, raw = {0};
    struct field_value copies;
    add_nested(&keys, 'S', message->routing_key);
    if (table_get(headers, SLICE("CC"), &copies)) {
        bytes_add(&keys, copies.bytes);
    }
    add_nested(&raw, 'A', bytes_slice(&keys));
    table_add_raw(table, SLICE("routing-keys"), bytes_slice(&raw));
    bytes_finish(&keys);
    bytes_finish(&raw);
}

static void add_first_trip(struct bytes *entry, const struct model_letter *letter,
                           const struct amqp_properties *properties)
{
    add_number(entry, SLICE("count"), 'l', 1);
    table_add_string(entry, SLICE("reason"), name_of(letter->reason));
    table_add_string(entry, SLICE("queue"), letter->queue->name);
    add_number(entry, SLICE("time"), 'T', letter->time_s);
    table_add_string(entry, SLICE("exchange"), letter->message->exchange);
    add_keys(entry, letter->message, properties->headers);
    if (properties->flags & PROPERTY_expiration) {
        table_add_string(entry, SLICE("original-expiration"), properties->expiration);
    }
}

static void add_another_trip(struct bytes *entry, struct slice before)
{
    struct wire_reader r = wire_reader_of(before);
    struct slice key;
    struct field_value value;
    while (table_next(&r, &key, &value)) {
        if (slice_eq(key, SLICE("count"))) {
            add_number(entry, key, 'l', (uint64_t)value.integer + 1);
        } else {
            table_add_raw(entry, key, value.raw);
        }
    }
}

static bool is_this(struct slice entry, const struct model_letter *letter)
{
    return says(entry, SLICE("queue"), letter->queue->name) &&
           says(entry, SLICE("reason"), name_of(letter->reason));
}

/* The new content of x-death. */
static void add_deaths(struct bytes *deaths, const struct model_letter *letter,
                       const struct amqp_properties *properties)
{
    struct wire_reader r = wire_reader_of(deaths_of(properties->headers));
    struct bytes entry = {0}, others = {0};
    struct field_value value;
    while (array_next(&r, &value)) {
        if (is_this(value.bytes, letter)) {
            add_another_trip(&entry, value.bytes);
        } else {
            bytes_add(&others, value.raw);
        }
    }
    if (entry.len == 0) {
        add_first_trip(&entry, letter, properties);
    }
    add_nested(deaths, 'F', bytes_slice(&entry));
    bytes_add(deaths, bytes_slice(&others));
    bytes_finish(&entry);
    bytes_finish(&others);
}

static struct slice with_text(struct arena *arena, struct slice properties, struct slice header,
                              struct slice text)
{
    struct bytes raw = {0};
    add_nested(&raw, 'S', text);
    struct slice result = content_with(arena, properties, header, bytes_slice(&raw));
    bytes_finish(&raw);
    return result;
}

static struct slice with_first_death(struct arena *arena, struct slice properties,
                                     const struct model_letter *letter)
{
    struct slice result =
        with_text(arena, properties, SLICE("x-first-death-exchange"), letter->message->exchange);
    result = with_text(arena, result, SLICE("x-first-death-queue"), letter->queue->name);
    return with_text(arena, result, SLICE("x-first-death-reason"), name_of(letter->reason));
}

static struct slice without_expiration(struct arena *arena, struct slice encoded)
{
    struct amqp_properties properties;
    CHECK(properties_decode(encoded, &properties));
    properties.flags &= (uint16_t)~PROPERTY_expiration;
    uint8_t *octets = arena_new(arena, encoded.len);
    return (struct slice){octets, properties_encode(&properties, octets, encoded.len)};
}

static struct slice rewrite(struct arena *arena, const struct model_letter *letter)
{
    struct slice encoded = letter->message->properties;
    struct amqp_properties properties;
    struct bytes deaths = {0}, raw = {0};
    CHECK(properties_decode(encoded, &properties));
    bool first = deaths_of(properties.headers).len == 0;
    add_deaths(&deaths, letter, &properties);
    add_nested(&raw, 'A', bytes_slice(&deaths));
    encoded = content_with(arena, encoded, SLICE("x-death"), bytes_slice(&raw));
    if (first) {
        encoded = with_first_death(arena, encoded, letter);
    }
    if (letter->queue->terms.keyed) { // it is not for whom the copies were meant
        encoded = content_without(arena, encoded, SLICE("CC"));
    }
    bytes_finish(&deaths);
    bytes_finish(&raw);
    return without_expiration(arena, encoded);
}

struct model_message *model_dead_message(struct model *model, const struct model_letter *letter)
{
    const struct terms *terms = &letter->queue->terms;
    struct model_message *message = arena_new(model->arena, sizeof *message);
    *message = *letter->message;
    message->exchange = terms->exchange;
    message->routing_key = terms->keyed ? terms->key : message->routing_key;
    message->properties = rewrite(model->arena, letter);
    message->ttl_ms = TERMS_NONE;
    message->rewritten = true;
    return message;
}

bool model_is_cycle(const struct model_message *message, enum model_reason reason,
                    struct slice queue)
{
    struct amqp_properties properties;
    struct field_value entry;
    CHECK(properties_decode(message->properties, &properties));
    struct wire_reader r = wire_reader_of(deaths_of(properties.headers));
    bool been_there = false, rejected = reason == REASON_REJECTED;
    while (!been_there && !rejected && array_next(&r, &entry)) {
        rejected = says(entry.bytes, SLICE("reason"), name_of(REASON_REJECTED));
        been_there = says(entry.bytes, SLICE("queue"), queue);
    }
    return been_there && !rejected;
}
