#include "server/deliver.h"

#include "base/wire.h"
#include "queue/msg.h"
#include "server/conn_internal.h"

enum {
    /* Up to here a body is copied into the output; above, the output refers to the message. A copy
     * of that size costs less than another piece for the kernel to gather. */
    COPIED_BODY_MAX = 4096,
    CONTENT_CLASS_BASIC = 60 << 16, // class 60, weight 0
    /* The heads and ends of method, header and body frame, and the fixed part of the header. */
    CONTENT_OVERHEAD = 3 * FRAME_OVERHEAD + CONTENT_HEAD_SIZE,
};

/* The method in front of a content: fields before and behind exchange and routing key. */
struct content_method {
    uint32_t id;         // class and method
    struct slice before; // encoded
    struct slice after;  // encoded
};

/* Copies of a length known when compiling are two instructions; names, tags and small bodies are
 * too short to be worth a call. */
static inline uint8_t *put(uint8_t *p, struct slice octets)
{
    const uint8_t *from = octets.ptr;
    size_t len = octets.len;
    if (len > 32) {
        memcpy(p, from, len);
    } else if (len >= 16) {
        memcpy(p, from, 16);
        memcpy(p + len - 16, from + len - 16, 16);
    } else if (len >= 8) {
        memcpy(p, from, 8);
        memcpy(p + len - 8, from + len - 8, 8);
    } else if (len >= 4) {
        memcpy(p, from, 4);
        memcpy(p + len - 4, from + len - 4, 4);
    } else {
        for (size_t i = 0; i < len; i++) {
            p[i] = from[i];
        }
    }
    return p + len;
}

static uint8_t *put_head(uint8_t *p, uint8_t type, uint16_t channel, size_t size)
{
    frame_put_head(p, type, channel, (uint32_t)size);
    return p + FRAME_HEAD_SIZE;
}

static uint8_t *put_method(uint8_t *p, uint16_t channel, const struct content_method *method,
                           struct slice route)
{
    p = put_head(p, FRAME_METHOD, channel, 4 + method->before.len + route.len + method->after.len);
    wire_store_u32(p, method->id);
    p = put(p + 4, method->before);
    p = put(p, route);
    p = put(p, method->after);
    *p++ = FRAME_END;
    return p;
}

/* The header frame's head and fixed part; properties and frame-end come next. */
static uint8_t *put_header_start(uint8_t *p, uint16_t channel, const struct msg *msg)
{
    p = put_head(p, FRAME_HEADER, channel, CONTENT_HEAD_SIZE + msg->properties_len);
    wire_store_u32(p, CONTENT_CLASS_BASIC);
    wire_store_u64(p + 4, msg->body_len);
    return p + CONTENT_HEAD_SIZE;
}

/* Everything in one run of the output. */
static void send_copied(struct conn *conn, uint16_t channel, const struct content_method *method,
                        struct msg *msg, size_t size)
{
    uint8_t *start = output_reserve(&conn->out, &conn->engine->pool, size);
    uint8_t *p = put_method(start, channel, method, msg_route(msg));
    p = put_header_start(p, channel, msg);
    p = put(p, msg_properties(msg));
    *p++ = FRAME_END;
    if (msg->body_len > 0) {
        p = put_head(p, FRAME_BODY, channel, msg->body_len);
        p = put(p, msg_body(msg));
        *p++ = FRAME_END;
    }
    output_commit(&conn->out, (size_t)(p - start));
}

static void send_body_frame(struct conn *conn, uint16_t channel, struct msg *msg,
                            struct slice octets)
{
    struct chunk_pool *pool = &conn->engine->pool;
    put_head(output_reserve(&conn->out, pool, FRAME_HEAD_SIZE), FRAME_BODY, channel, octets.len);
    output_commit(&conn->out, FRAME_HEAD_SIZE);
    if (octets.len > COPIED_BODY_MAX) {
        output_splice(&conn->out, pool, msg, octets);
    } else {
        output_add(&conn->out, pool, octets);
    }
    *output_reserve(&conn->out, pool, 1) = FRAME_END;
    output_commit(&conn->out, 1);
}

/* The body is large, or must be split, or the properties are unusually large. */
static void send_pieces(struct conn *conn, uint16_t channel, const struct content_method *method,
                        struct msg *msg)
{
    struct chunk_pool *pool = &conn->engine->pool;
    size_t method_len =
        FRAME_OVERHEAD + 4 + method->before.len + msg->route_len + method->after.len;
    put_method(output_reserve(&conn->out, pool, method_len), channel, method, msg_route(msg));
    output_commit(&conn->out, method_len);

    size_t start_len = FRAME_HEAD_SIZE + CONTENT_HEAD_SIZE;
    put_header_start(output_reserve(&conn->out, pool, start_len), channel, msg);
    output_commit(&conn->out, start_len);
    output_add(&conn->out, pool, msg_properties(msg));
    *output_reserve(&conn->out, pool, 1) = FRAME_END;
    output_commit(&conn->out, 1);

    struct slice body = msg_body(msg);
    while (body.len > 0) {
        size_t len = body.len < conn->body_max ? body.len : conn->body_max;
        send_body_frame(conn, channel, msg, (struct slice){body.ptr, len});
        body.ptr += len;
        body.len -= len;
    }
}

static void send_content(struct conn *conn, uint16_t channel, const struct content_method *method,
                         struct msg *msg)
{
    size_t size = CONTENT_OVERHEAD + 4 + method->before.len + method->after.len + msg->route_len +
                  msg->properties_len + msg->body_len;
    if (msg->body_len <= COPIED_BODY_MAX && msg->body_len <= conn->body_max && size <= CHUNK_ROOM) {
        send_copied(conn, channel, method, msg, size);
    } else {
        send_pieces(conn, channel, method, msg);
    }
    conn_mark_changed(conn);
}

void deliver_message(struct conn *conn, const struct effect *effect)
{
    uint8_t before[1 + 255 + 8 + 1];
    struct slice tag = blob_slice(effect->blob);
    before[0] = (uint8_t)tag.len;
    put(before + 1, tag);
    wire_store_u64(before + 1 + tag.len, effect->number);
    before[9 + tag.len] = effect->flags & EFFECT_REDELIVERED ? 1 : 0;
    struct content_method method = {.id = 60 << 16 | 60, .before = {before, tag.len + 10}};
    send_content(conn, effect->channel, &method, effect->msg);
}

void deliver_get(struct conn *conn, const struct effect *effect)
{
    uint8_t before[8 + 1], after[4];
    wire_store_u64(before, effect->number);
    before[8] = effect->flags & EFFECT_REDELIVERED ? 1 : 0;
    wire_store_u32(after, effect->count < UINT32_MAX ? (uint32_t)effect->count : UINT32_MAX);
    struct content_method method = {
        .id = 60 << 16 | 71,
        .before = {before, sizeof before},
        .after = {after, sizeof after},
    };
    send_content(conn, effect->channel, &method, effect->msg);
}

void deliver_return(struct conn *conn, const struct effect *effect)
{
    static const uint8_t before[] = {312 >> 8, 312 & 255, 8,   'N', 'O', '_',
                                     'R',      'O',       'U', 'T', 'E'};
    struct content_method method = {.id = 60 << 16 | 50, .before = {before, sizeof before}};
    send_content(conn, effect->channel, &method, effect->msg);
}

void deliver_method(struct conn *conn, const struct effect *effect)
{
    struct chunk_pool *pool = &conn->engine->pool;
    struct slice payload = blob_slice(effect->blob);
    put_head(output_reserve(&conn->out, pool, FRAME_HEAD_SIZE), FRAME_METHOD, effect->channel,
             payload.len);
    output_commit(&conn->out, FRAME_HEAD_SIZE);
    output_add(&conn->out, pool, payload);
    *output_reserve(&conn->out, pool, 1) = FRAME_END;
    output_commit(&conn->out, 1);
    conn_mark_changed(conn);
}

void deliver_cancel(struct conn *conn, const struct effect *effect)
{
    enum { OVERHEAD = FRAME_OVERHEAD + 4 + 1 + 1 };
    struct slice tag = blob_slice(effect->blob);
    uint8_t *p = output_reserve(&conn->out, &conn->engine->pool, OVERHEAD + tag.len);
    p = put_head(p, FRAME_METHOD, effect->channel, OVERHEAD - FRAME_OVERHEAD + tag.len);
    wire_store_u32(p, 60 << 16 | 30);
    p[4] = (uint8_t)tag.len;
    p = put(p + 5, tag);
    p[0] = 1; // no-wait
    p[1] = FRAME_END;
    output_commit(&conn->out, OVERHEAD + tag.len);
    conn_mark_changed(conn);
}
