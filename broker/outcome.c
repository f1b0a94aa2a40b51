#include "broker/outcome.h"

#include "amqp/properties.h"
#include "broker/effect.h"

enum { PLACE_PASSED = 1, PLACE_EXPIRES = 2, PLACE_FLAGS = 3 };
enum { CONTENT_PERSISTENT = 1, CONTENT_EXPIRATION = 2, CONTENT_FLAGS = 3 };
enum { LEVEL_STEP = 256 };

const char *outcome_name(uint8_t type)
{
    switch (type) {
#define O(code, NAME, name)                                                                        \
    case code:                                                                                     \
        return #name;
        OUTCOMES(O)
#undef O
    default:
        return NULL;
    }
}

void outcome_add_place(struct bytes *out, const struct outcome_place *place)
{
    bool expires = place->expires != UINT64_MAX;
    bytes_add_varint(out, place->queue);
    bytes_add_varint(out, place->position);
    bytes_add_u8(out,
                 (uint8_t)((place->passed ? PLACE_PASSED : 0) | (expires ? PLACE_EXPIRES : 0)));
    if (expires) {
        bytes_add_u64(out, place->expires);
    }
}

struct outcome_place outcome_get_place(struct wire_reader *r)
{
    struct outcome_place place = {.expires = UINT64_MAX};
    place.queue = wire_get_varint(r);
    place.position = wire_get_varint(r);
    uint8_t flags = wire_get_u8(r);
    place.passed = flags & PLACE_PASSED;
    if (flags & PLACE_EXPIRES) {
        place.expires = wire_get_u64(r);
        r->bad |= place.expires == UINT64_MAX;
    }
    r->bad |= (flags & ~PLACE_FLAGS) != 0;
    return place;
}

void outcome_write_content(const struct msg *msg, uint8_t *to)
{
    ASSERT(!msg->stub);
    wire_store_u32(to, msg->body_len);
    wire_store_u32(to + 4, msg->properties_len);
    wire_store_u16(to + 8, msg->route_len);
    to[10] = (uint8_t)((msg->persistent ? CONTENT_PERSISTENT : 0) |
                       (msg->has_expiration ? CONTENT_EXPIRATION : 0));
    to[11] = msg->priority;
}

struct slice outcome_content(const struct msg *msg)
{
    ASSERT(!msg->stub);
    return (struct slice){msg->data, (size_t)msg->route_len + msg->properties_len + msg->body_len};
}

static void read_content(struct wire_reader *r, struct outcome_enqueue *out)
{
    out->body_len = wire_get_u32(r);
    out->properties_len = wire_get_u32(r);
    out->route_len = wire_get_u16(r);
    uint8_t flags = wire_get_u8(r);
    out->priority = wire_get_u8(r);
    out->persistent = flags & CONTENT_PERSISTENT;
    out->has_expiration = flags & CONTENT_EXPIRATION;
    out->content = wire_get_bytes(r, wire_left(r));
    uint64_t len = (uint64_t)out->route_len + out->properties_len + out->body_len;
    r->bad |= (flags & ~CONTENT_FLAGS) != 0 || out->content.len != len;
}

bool outcome_read_enqueue(struct slice payload, struct outcome_enqueue *out)
{
    struct wire_reader r = wire_reader_of(payload);
    *out = (struct outcome_enqueue){.count = wire_get_u16(&r)};
    const uint8_t *places = r.pos;
    for (uint32_t i = 0; i < out->count && !r.bad; i++) {
        outcome_get_place(&r);
    }
    out->places = (struct slice){places, (size_t)(r.pos - places)};
    if (!r.bad) {
        read_content(&r, out);
    }
    return !r.bad;
}

/* Two shortstrs and nothing else. */
static bool is_route(struct slice route)
{
    struct wire_reader r = wire_reader_of(route);
    wire_get_shortstr(&r);
    wire_get_shortstr(&r);
    return !r.bad && wire_left(&r) == 0;
}

struct msg *outcome_read_msg(const struct outcome *outcome)
{
    struct outcome_enqueue enqueue;
    struct amqp_properties properties;
    if (!outcome_read_enqueue(outcome->payload, &enqueue)) {
        return NULL;
    }
    struct slice route = {enqueue.content.ptr, enqueue.route_len};
    struct slice rest = {enqueue.content.ptr + enqueue.route_len, enqueue.properties_len};
    if (!is_route(route) || !properties_decode(rest, &properties)) {
        return NULL;
    }
    uint8_t exchange_len = route.ptr[0];
    struct msg_parts parts = {
        .exchange = {route.ptr + 1, exchange_len},
        .routing_key = {route.ptr + 2 + exchange_len, route.ptr[1 + exchange_len]},
        .properties = rest,
        .body_len = enqueue.body_len,
        .persistent = enqueue.persistent,
        .priority = enqueue.priority,
    };
    struct msg *msg = msg_new(&parts);
    slice_copy(msg_body_room(msg), (struct slice){rest.ptr + rest.len, enqueue.body_len});
    msg->has_expiration = enqueue.has_expiration;
    msg->stored_at = outcome->at;
    return msg;
}

bool outcome_extend_run(struct outcome_run *run, const struct effect *settle)
{
    uint64_t step = settle->flags & EFFECT_LEVELS ? LEVEL_STEP : 1;
    if (run->run.count == 0) {
        *run = (struct outcome_run){settle->queue, {settle->number, 0}};
    }
    if (settle->queue != run->queue || settle->number != run->run.first + run->run.count * step) {
        return false;
    }
    run->run.count++;
    return true;
}

void outcome_add_run(struct bytes *out, const struct outcome_run *run)
{
    bytes_add_varint(out, run->queue);
    bytes_add_varint(out, run->run.first);
    bytes_add_varint(out, run->run.count);
}

struct outcome_run outcome_get_run(struct wire_reader *r)
{
    struct outcome_run run = {.queue = wire_get_varint(r)};
    run.run.first = wire_get_varint(r);
    run.run.count = wire_get_varint(r);
    return run;
}

void outcome_add_attempt(struct bytes *out, const struct outcome_attempt *attempt)
{
    bytes_add_varint(out, attempt->queue);
    bytes_add_varint(out, attempt->position);
    bytes_add_varint(out, attempt->failed);
}

struct outcome_attempt outcome_get_attempt(struct wire_reader *r)
{
    struct outcome_attempt attempt = {.queue = wire_get_varint(r)};
    attempt.position = wire_get_varint(r);
    uint64_t failed = wire_get_varint(r);
    attempt.failed = (uint32_t)failed;
    r->bad |= attempt.position == 0 || failed > UINT32_MAX;
    return attempt;
}

void outcome_add_wait(struct bytes *out, const struct outcome_wait *wait)
{
    bytes_add_varint(out, wait->queue);
    bytes_add_varint(out, wait->position);
    bytes_add_u64(out, wait->until);
}

struct outcome_wait outcome_get_wait(struct wire_reader *r)
{
    struct outcome_wait wait = {.queue = wire_get_varint(r)};
    wait.position = wire_get_varint(r);
    wait.until = wire_get_u64(r);
    r->bad |= wait.position == 0 || wait.until > INT64_MAX;
    return wait;
}
