#include "queue/msg.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "queue/msg_pool.h"

static uint8_t *put_shortstr(uint8_t *at, struct slice value)
{
    CHECK(value.len <= 255);
    *at = (uint8_t)value.len;
    slice_copy(at + 1, value);
    return at + 1 + value.len;
}

static size_t route_len_of(const struct msg_parts *parts)
{
    return 2 + parts->exchange.len + parts->routing_key.len;
}

static size_t size_of(const struct msg_parts *parts)
{
    return sizeof(struct msg) + route_len_of(parts) + parts->properties.len + parts->body_len;
}

static struct msg *fill(struct msg *msg, const struct msg_parts *parts)
{
    *msg = (struct msg){
        .refs = 1,
        .body_len = parts->body_len,
        .properties_len = (uint32_t)parts->properties.len,
        .route_len = (uint16_t)route_len_of(parts),
        .persistent = parts->persistent,
        .priority = parts->priority,
    };
    uint8_t *at = put_shortstr(msg->data, parts->exchange);
    at = put_shortstr(at, parts->routing_key);
    slice_copy(at, parts->properties);
    return msg;
}

struct msg *msg_new(const struct msg_parts *parts)
{
    return fill(memory_raw(msg_pool_room(size_of(parts))), parts);
}

struct msg *msg_new_from(struct msg_pool *pool, const struct msg_parts *parts)
{
    return fill(msg_pool_take(pool, size_of(parts)), parts);
}

struct msg *msg_copy(const struct msg *msg, const struct msg_parts *parts)
{
    struct msg *copy = msg_new(parts);
    copy->has_expiration = msg->has_expiration;
    slice_copy(msg_body_room(copy), msg_body(msg));
    return copy;
}

struct msg *msg_stub(const struct stored *stored)
{
    struct msg *msg = memory_raw(sizeof *msg);
    *msg = (struct msg){
        .refs = 1,
        .body_len = stored->body_len,
        .properties_len = stored->rest_len,
        .persistent = stored->persistent,
        .has_expiration = stored->has_expiration,
        .stub = true,
        .stored_at = stored->at,
    };
    return msg;
}

struct msg *msg_resize(struct msg *msg, uint32_t body_len)
{
    CHECK(msg->refs == 1);
    msg->body_len = body_len;
    return memory_grow(msg, msg_pool_room(msg_size(msg)));
}

void msg_free(struct msg *msg)
{
    free(msg);
}
