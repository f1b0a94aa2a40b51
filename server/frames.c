#include "server/frames.h"

#include "base/wire.h"
#include "broker/channel.h"
#include "server/blocked.h"
#include "server/conn_close.h"
#include "server/conn_internal.h"
#include "server/content.h"
#include "server/dispatch.h"

enum {
    ID_BASIC_PUBLISH = 60 << 16 | 40,
    ID_BASIC_ACK = 60 << 16 | 80,
    CONTENT_CLASS_BASIC = 60 << 16, // class 60, weight 0

    ACK_FRAME_SIZE = FRAME_OVERHEAD + 4 + 8 + 1,
    /* Of publish with empty names, and of a header frame without properties. */
    PUBLISH_FRAME_MIN = FRAME_OVERHEAD + 4 + 2 + 1 + 1 + 1,
    HEADER_FRAME_MIN = FRAME_OVERHEAD + CONTENT_HEAD_SIZE + 2,

    /* Body frames above this go into their message as they arrive; smaller ones are waited for. */
    STREAMED_PAYLOAD_MIN = 16 * 1024,
};

static bool is_frame(const uint8_t *p, uint8_t type, uint16_t channel)
{
    return p[0] == type && wire_load_u16(p + 1) == channel;
}

/* Reads the method frame of a basic.publish. Returns its length, or 0. */
static size_t read_publish(struct slice input, struct publish *out)
{
    const uint8_t *p = input.ptr;
    if (input.len < PUBLISH_FRAME_MIN + HEADER_FRAME_MIN || p[0] != FRAME_METHOD ||
        wire_load_u32(p + 7) != ID_BASIC_PUBLISH) {
        return 0;
    }
    uint32_t size = wire_load_u32(p + 3);
    size_t exchange_len = p[13];
    if (size < 9 + exchange_len || input.len < (size_t)size + FRAME_OVERHEAD) {
        return 0;
    }
    size_t key_len = p[14 + exchange_len];
    if (size != 9 + exchange_len + key_len || p[7 + size] != FRAME_END) {
        return 0;
    }
    uint8_t bits = p[6 + size];
    out->exchange = (struct slice){p + 14, exchange_len};
    out->routing_key = (struct slice){p + 15 + exchange_len, key_len};
    out->mandatory = bits & 1;
    out->immediate = bits >> 1 & 1;
    return (size_t)size + FRAME_OVERHEAD;
}

/* Reads the header frame that follows, and the only body frame if there is one. Returns their
 * length, or 0. */
static size_t read_content(struct slice input, uint16_t channel, uint32_t payload_max,
                           struct publish *out)
{
    const uint8_t *p = input.ptr;
    if (input.len < HEADER_FRAME_MIN || !is_frame(p, FRAME_HEADER, channel)) {
        return 0;
    }
    uint32_t size = wire_load_u32(p + 3);
    if (size < CONTENT_HEAD_SIZE || size > payload_max ||
        input.len < (size_t)size + FRAME_OVERHEAD || wire_load_u32(p + 7) != CONTENT_CLASS_BASIC ||
        p[7 + size] != FRAME_END) {
        return 0;
    }
    uint64_t body_len = wire_load_u64(p + 11);
    size_t used = (size_t)size + FRAME_OVERHEAD;
    out->properties = (struct slice){p + 7 + CONTENT_HEAD_SIZE, size - CONTENT_HEAD_SIZE};
    out->body = (struct slice){p + used, 0};
    if (body_len == 0) {
        return used;
    }
    if (body_len > payload_max || input.len - used < body_len + FRAME_OVERHEAD) {
        return 0;
    }
    p += used;
    if (!is_frame(p, FRAME_BODY, channel) || wire_load_u32(p + 3) != body_len ||
        p[7 + body_len] != FRAME_END) {
        return 0;
    }
    out->body = (struct slice){p + 7, (size_t)body_len};
    return used + (size_t)body_len + FRAME_OVERHEAD;
}

/* A channel on which a method may come now, or NULL. */
static inline struct conn_channel *idle_channel(struct conn *conn, uint16_t number)
{
    struct conn_channel *channel = channel_table_get(&conn->channels, number);
    return channel && channel->core && channel->content == CONTENT_NONE ? channel : NULL;
}

/* A whole basic.publish with its content. Returns the octets used, or 0 if it is not one. */
static size_t take_publish(struct conn *conn, struct slice input)
{
    struct publish publish = {0};
    size_t method_len = read_publish(input, &publish);
    if (method_len == 0) {
        return 0;
    }
    uint16_t number = wire_load_u16(input.ptr + 1);
    struct slice rest = {input.ptr + method_len, input.len - method_len};
    size_t content_len = read_content(rest, number, conn->payload_max, &publish);
    struct conn_channel *channel = idle_channel(conn, number);
    if (content_len == 0 || !channel || conn->engine->alarms) {
        return 0;
    }
    enum amqp_reply reply = broker_publish(channel->core, &publish, &conn->engine->fx);
    if (reply) {
        conn_channel_fail(channel, reply, METHOD_basic_publish);
    }
    return method_len + content_len;
}

/* A whole basic.ack. Returns the octets used, or 0 if it is not one. */
static size_t take_ack(struct conn *conn, struct slice input)
{
    const uint8_t *p = input.ptr;
    if (input.len < ACK_FRAME_SIZE || p[0] != FRAME_METHOD ||
        wire_load_u32(p + 3) != ACK_FRAME_SIZE - FRAME_OVERHEAD ||
        wire_load_u32(p + 7) != ID_BASIC_ACK || p[ACK_FRAME_SIZE - 1] != FRAME_END) {
        return 0;
    }
    struct conn_channel *channel = idle_channel(conn, wire_load_u16(p + 1));
    if (!channel) {
        return 0;
    }
    struct amqp_basic_ack ack = {.delivery_tag = wire_load_u64(p + 11), .multiple = p[19] & 1};
    enum amqp_reply reply = broker_basic_ack(channel->core, &ack, &conn->engine->fx);
    if (reply) {
        conn_channel_fail(channel, reply, METHOD_basic_ack);
    }
    return ACK_FRAME_SIZE;
}

static void take_heartbeat(struct conn *conn, const struct frame *frame)
{
    if (frame->payload.len > 0) {
        conn_fail_frame(conn, frame, SLICE("unknown_frame"));
    } else if (frame->channel != 0) {
        conn_fail_frame(conn, frame, SLICE(""));
    }
}

void frames_take_one(struct conn *conn, const struct frame *frame)
{
    switch (frame->type) {
    case FRAME_METHOD:
        dispatch_method(conn, frame);
        break;
    case FRAME_HEADER:
        if (frame->channel == 0 && frame->payload.len >= CONTENT_HEAD_SIZE) {
            conn_fail_frame(conn, frame, SLICE(""));
        } else {
            content_header(conn, frame);
        }
        break;
    case FRAME_BODY:
        if (frame->channel == 0) {
            conn_fail_frame(conn, frame, SLICE(""));
        } else {
            content_body(conn, frame);
        }
        break;
    case FRAME_HEARTBEAT:
        take_heartbeat(conn, frame);
        break;
    default:
        conn_fail_frame(conn, frame, SLICE("unknown_frame"));
    }
}

/* The start of a large body frame: from here on its payload is taken as it arrives. */
static size_t begin_stream(struct conn *conn, struct slice input)
{
    struct frame frame;
    enum frame_result result = frame_parse(input, conn->payload_max, &frame);
    if (result != FRAME_PARTIAL || input.len < FRAME_HEAD_SIZE || frame.type != FRAME_BODY ||
        frame.payload.len < STREAMED_PAYLOAD_MIN) {
        return 0;
    }
    struct conn_channel *channel = channel_table_get(&conn->channels, frame.channel);
    if (!channel || (channel->core && !content_expects(channel, (uint32_t)frame.payload.len))) {
        return 0; // an error, which is told when all of it is there
    }
    conn->frame_left = (uint32_t)frame.payload.len + 1;
    conn->frame_channel = frame.channel;
    return FRAME_HEAD_SIZE;
}

static void end_stream(struct conn *conn, struct conn_channel *channel, uint8_t end)
{
    conn->frame_left = 0;
    if (end != FRAME_END) {
        struct frame frame = {.type = FRAME_BODY, .channel = conn->frame_channel};
        conn_fail_end(conn, &frame, end);
    } else if (channel && channel->core) {
        content_frame_ended(channel);
    }
}

/* More of the body frame under way. Of a channel that has been closed meanwhile it is dropped. */
static size_t take_stream(struct conn *conn, struct slice input)
{
    struct conn_channel *channel = channel_table_get(&conn->channels, conn->frame_channel);
    struct slice octets = {input.ptr, conn->frame_left - 1};
    octets.len = octets.len < input.len ? octets.len : input.len;
    if (channel && channel->core) {
        content_add(channel, octets);
    }
    conn->frame_left -= (uint32_t)octets.len;
    if (conn->frame_left > 1 || octets.len == input.len) {
        return octets.len;
    }
    end_stream(conn, channel, input.ptr[octets.len]);
    return octets.len + 1;
}

/* One frame, one message, or part of a large frame; 0 if there is not enough of any. */
static inline size_t take_one(struct conn *conn, struct slice input)
{
    if (conn->frame_left > 0) {
        return take_stream(conn, input);
    }
    size_t used = take_publish(conn, input);
    if (used == 0) {
        used = take_ack(conn, input);
    }
    if (used == 0) {
        used = begin_stream(conn, input);
    }
    return used > 0 ? used : conn_take_frame(conn, input);
}

size_t frames_take(struct conn *conn, struct slice input)
{
    struct engine *engine = conn->engine;
    size_t used = 0;
    while (used < input.len && conn->phase == CONN_OPEN && !conn->throttled &&
           !list_linked(&conn->stalled_link)) {
        size_t taken = take_one(conn, (struct slice){input.ptr + used, input.len - used});
        used += taken;
        if (taken == 0) {
            break;
        }
        if (engine->fx.count >= ENGINE_BATCH) {
            engine_run_effects(engine);
            conn_update_reading(conn);
        }
    }
    return used;
}
