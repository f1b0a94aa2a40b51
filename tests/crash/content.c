#include "tests/crash/content.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/wire.h"
#include "tests/sim/prng.h"

static struct prng prng_of(uint64_t seed, uint32_t number)
{
    return (struct prng){.state = seed * 0x9e3779b97f4a7c15U ^ number};
}

/* Some have none, 0, and some have one that is above x-max-priority. */
uint8_t content_priority(uint32_t number)
{
    struct prng prng = prng_of(0, number);
    return (uint8_t)prng_below(&prng, PRIORITY_MAX + 1);
}

/* Seed, number, and octets that hang on both. */
static void make_body(struct content *content, uint64_t seed, const struct message *message)
{
    struct prng prng = prng_of(seed, message->number);
    if (content->cap < message->size + 8) {
        content->cap = message->size + 8;
        content->octets = memory_grow(content->octets, content->cap);
    }
    wire_store_u64(content->octets, seed);
    wire_store_u32(content->octets + 8, message->number);
    wire_store_u32(content->octets + 12, message->size);
    for (uint32_t at = CONTENT_SIZE_MIN; at < message->size; at += 8) {
        uint64_t value = prng_next(&prng);
        memcpy(content->octets + at, &value, sizeof value);
    }
    content->body = (amqp_bytes_t){.len = message->size, .bytes = content->octets};
}

static void make_headers(struct content *content, struct prng *prng, uint32_t number)
{
    amqp_basic_properties_t *properties = &content->properties;
    uint32_t len = prng_below(prng, sizeof content->note);
    memset(content->note, 'a' + (int)(number % 26), len);
    content->headers[0] = (amqp_table_entry_t){
        .key = amqp_cstring_bytes("number"),
        .value = {.kind = AMQP_FIELD_KIND_I64, .value.i64 = number},
    };
    content->headers[1] = (amqp_table_entry_t){
        .key = amqp_cstring_bytes("note"),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = {len, content->note}},
    };
    properties->headers = (amqp_table_t){.num_entries = 2, .entries = content->headers};
    properties->_flags |= AMQP_BASIC_HEADERS_FLAG;
}

/* An expiration is there to be kept, not to run out. Dead letters lose it, so they have none. */
static void make_properties(struct content *content, uint64_t seed, const struct message *message)
{
    amqp_basic_properties_t *properties = &content->properties;
    struct prng prng = prng_of(~seed, message->number);
    uint8_t priority = content_priority(message->number);
    snprintf(content->message_id, sizeof content->message_id, "m-%" PRIu32, message->number);
    *properties = (amqp_basic_properties_t){
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG,
        .delivery_mode = message->persistent ? 2 : 1,
        .message_id = amqp_cstring_bytes(content->message_id),
    };
    if (priority > 0) {
        properties->_flags |= AMQP_BASIC_PRIORITY_FLAG;
        properties->priority = priority;
    }
    if (prng_chance(&prng, 30)) {
        make_headers(content, &prng, message->number);
    }
    if (prng_chance(&prng, 20)) {
        properties->_flags |= AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG;
        properties->timestamp = message->number;
        properties->content_type = amqp_cstring_bytes("application/octet-stream");
    }
    if (prng_chance(&prng, 10) && message->route != ROUTE_REJECTS) {
        properties->_flags |= AMQP_BASIC_EXPIRATION_FLAG;
        properties->expiration = amqp_cstring_bytes("7200000");
    }
}

void content_make(struct content *content, uint64_t seed, const struct message *message)
{
    make_body(content, seed, message);
    make_properties(content, seed, message);
}

void content_finish(struct content *content)
{
    free(content->octets);
    content->octets = NULL;
}

/* --- What comes back. --- */

static bool same(amqp_bytes_t a, amqp_bytes_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

static const amqp_field_value_t *header(const amqp_table_t *table, amqp_bytes_t key)
{
    for (int i = 0; i < table->num_entries; i++) {
        if (same(table->entries[i].key, key)) {
            return &table->entries[i].value;
        }
    }
    return NULL;
}

static bool same_value(const amqp_field_value_t *a, const amqp_field_value_t *b)
{
    return a->kind == b->kind &&
           (a->kind == AMQP_FIELD_KIND_I64 ? a->value.i64 == b->value.i64
                                           : same(a->value.bytes, b->value.bytes));
}

/* Dead letters have more headers than they had, and what comes again from a quorum queue has one.
 */
static bool same_headers(const amqp_table_t *sent, const amqp_table_t *got, enum crash_queue queue)
{
    bool counted =
        crash_queue_keeps_all(queue) && header(got, amqp_cstring_bytes("x-delivery-count")) != NULL;
    for (int i = 0; i < sent->num_entries; i++) {
        const amqp_field_value_t *value = header(got, sent->entries[i].key);
        if (!value || !same_value(value, &sent->entries[i].value)) {
            return false;
        }
    }
    return queue == QUEUE_DEAD ? header(got, amqp_cstring_bytes("x-death")) != NULL
                               : got->num_entries == sent->num_entries + counted;
}

static bool same_properties(const amqp_basic_properties_t *sent, const amqp_basic_properties_t *got,
                            enum crash_queue queue)
{
    bool more = queue == QUEUE_DEAD || crash_queue_keeps_all(queue);
    amqp_flags_t flags = sent->_flags | (more ? got->_flags & AMQP_BASIC_HEADERS_FLAG : 0);
    return got->_flags == flags && got->delivery_mode == sent->delivery_mode &&
           same(got->message_id, sent->message_id) &&
           (!(flags & AMQP_BASIC_PRIORITY_FLAG) || got->priority == sent->priority) &&
           (!(flags & AMQP_BASIC_TIMESTAMP_FLAG) || got->timestamp == sent->timestamp) &&
           (!(flags & AMQP_BASIC_CONTENT_TYPE_FLAG) ||
            same(got->content_type, sent->content_type)) &&
           (!(flags & AMQP_BASIC_EXPIRATION_FLAG) || same(got->expiration, sent->expiration)) &&
           (!(flags & AMQP_BASIC_HEADERS_FLAG) ||
            same_headers(&sent->headers, &got->headers, queue));
}

static bool check_content(struct history *history, struct content *expected,
                          const struct arrival *arrival, const struct message *message)
{
    const struct crash_route_row *route = crash_route_row(message->route);
    const char *queue = crash_queue_name(arrival->queue);
    bool dead = arrival->queue == QUEUE_DEAD;
    content_make(expected, history_seed(history), message);
    if (!same(expected->body, arrival->body)) {
        history_fail(history, "queue %s: the body of message %u is not what was published", queue,
                     message->number);
        return false;
    }
    if (!same_properties(&expected->properties, arrival->properties, arrival->queue)) {
        history_fail(history, "queue %s: the properties of message %u are not what was published",
                     queue, message->number);
        return false;
    }
    if (!dead && (!same(arrival->exchange, amqp_cstring_bytes(route->exchange)) ||
                  !same(arrival->routing_key, amqp_cstring_bytes(route->key)))) {
        history_fail(history, "queue %s: message %u comes with another exchange or routing key",
                     queue, message->number);
        return false;
    }
    return true;
}

uint32_t content_arrived(struct history *history, struct content *scratch,
                         const struct arrival *arrival)
{
    const uint8_t *octets = arrival->body.bytes;
    struct message message = {.number = 0};
    if (arrival->body.len >= CONTENT_SIZE_MIN && wire_load_u64(octets) == history_seed(history)) {
        message.number = wire_load_u32(octets + 8);
    }
    if (!history_message(history, message.number, &message)) {
        history_fail(history, "queue %s: something came that was never published, of %zu octets",
                     crash_queue_name(arrival->queue), arrival->body.len);
        return 0;
    }
    if (!check_content(history, scratch, arrival, &message) ||
        !history_deliver(history, arrival->queue, message.number, arrival->redelivered)) {
        return 0;
    }
    return message.number;
}
