#include "server/content.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/wire.h"
#include "broker/channel.h"
#include "queue/msg.h"
#include "server/blocked.h"
#include "server/conn_close.h"
#include "server/conn_internal.h"

enum {
    CLASS_BASIC = 60,
    /* Announcing a large body costs a client nothing, so room for it is made as it arrives. */
    FIRST_ROOM_MAX = 256 * 1024,
};

void content_begin(struct conn_channel *channel, const struct amqp_basic_publish *method)
{
    struct slice exchange = method->exchange;
    struct slice key = method->routing_key;
    struct held_publish *held = memory_raw(sizeof *held + exchange.len + key.len);
    held->exchange_len = (uint8_t)exchange.len;
    held->routing_key_len = (uint8_t)key.len;
    slice_copy(held->octets, exchange);
    slice_copy(held->octets + exchange.len, key);
    channel->publish = held;
    channel->mandatory = method->mandatory;
    channel->immediate = method->immediate;
    channel->content = CONTENT_HEADER;
}

void content_drop(struct conn_channel *channel)
{
    free(channel->publish);
    channel->publish = NULL;
    msg_unref(channel->msg);
    channel->msg = NULL;
    channel->content = CONTENT_NONE;
}

static void fail(struct conn *conn, uint16_t channel, bool method, struct slice text)
{
    conn_fail(conn, &(struct conn_error){
                        .reply = AMQP_UNEXPECTED_FRAME,
                        .channel = channel,
                        .class_id = method ? amqp_class_id(METHOD_basic_publish) : 0,
                        .method_id = method ? amqp_method_id(METHOD_basic_publish) : 0,
                        .text = text,
                    });
}

static void fail_no_method(struct conn *conn, uint16_t channel)
{
    fail(conn, channel, false, SLICE("expected method frame, got non method frame instead"));
}

void content_fail_order(struct conn_channel *channel)
{
    struct slice text = SLICE("expected content body, got non content body frame instead");
    if (channel->content == CONTENT_HEADER) {
        text = SLICE("expected content header for class 60, got non content header frame instead");
    }
    fail(channel->conn, channel->number, true, text);
}

static void fail_class(struct conn_channel *channel, uint16_t class_id)
{
    struct text text;
    text_clear(&text);
    text_format(&text, "expected content header for class 60, got one for class %u instead",
                (uint64_t)class_id);
    fail(channel->conn, channel->number, true, text_slice(&text));
}

/* The message is whole. */
static void publish(struct conn_channel *channel)
{
    struct msg *msg = channel->msg;
    channel->msg = NULL; // the core takes it
    channel->content = CONTENT_NONE;
    struct publish publish = {
        .exchange = msg_exchange(msg),
        .routing_key = msg_routing_key(msg),
        .properties = msg_properties(msg),
        .body = msg_body(msg),
        .msg = msg,
        .mandatory = channel->mandatory,
        .immediate = channel->immediate,
    };
    enum amqp_reply reply = broker_publish(channel->core, &publish, &channel->conn->engine->fx);
    if (reply) {
        conn_channel_fail(channel, reply, METHOD_basic_publish);
    }
}

static void begin_body(struct conn_channel *channel, struct slice properties, uint64_t body_len)
{
    struct effects *fx = &channel->conn->engine->fx;
    enum amqp_reply reply = broker_check_size(channel->core, body_len, channel->immediate, fx);
    if (reply) {
        conn_channel_fail(channel, reply, METHOD_basic_publish);
        return;
    }
    struct held_publish *held = channel->publish;
    struct msg_parts parts = {
        .exchange = {held->octets, held->exchange_len},
        .routing_key = {held->octets + held->exchange_len, held->routing_key_len},
        .properties = properties,
        .body_len = body_len < FIRST_ROOM_MAX ? (uint32_t)body_len : FIRST_ROOM_MAX,
    };
    channel->msg = msg_new(&parts);
    channel->body_len = (uint32_t)body_len;
    channel->body_filled = 0;
    channel->content = CONTENT_BODY;
    free(held);
    channel->publish = NULL;
    if (body_len == 0) {
        publish(channel);
    }
}

void content_header(struct conn *conn, const struct frame *frame)
{
    if (frame->payload.len < CONTENT_HEAD_SIZE) {
        conn_fail_frame(conn, frame, SLICE("unknown_frame"));
        return;
    }
    struct conn_channel *channel = channel_table_get(&conn->channels, frame->channel);
    struct wire_reader r = wire_reader_of(frame->payload);
    uint16_t class_id = wire_get_u16(&r);
    uint16_t weight = wire_get_u16(&r);
    uint64_t body_len = wire_get_u64(&r);
    if (!channel) {
        fail_no_method(conn, frame->channel);
    } else if (!channel->core) {
        return; // closing
    } else if (channel->content == CONTENT_NONE) {
        fail_no_method(conn, frame->channel);
    } else if (channel->content != CONTENT_HEADER || weight != 0) {
        content_fail_order(channel);
    } else if (class_id != CLASS_BASIC) {
        fail_class(channel, class_id);
    } else {
        begin_body(channel, (struct slice){r.pos, wire_left(&r)}, body_len);
        blocked_on_publish(conn);
    }
}

bool content_expects(const struct conn_channel *channel, uint32_t body_len)
{
    return channel->content == CONTENT_BODY && body_len <= channel->body_len - channel->body_filled;
}

/* Doubles the message's body until `more` octets fit, but not beyond what was announced. */
static void make_room(struct conn_channel *channel, uint32_t more)
{
    uint32_t room = channel->msg->body_len;
    if (room - channel->body_filled >= more) {
        return;
    }
    while (room - channel->body_filled < more) {
        room = room < channel->body_len / 2 ? room * 2 : channel->body_len;
    }
    channel->msg = msg_resize(channel->msg, room);
}

void content_add(struct conn_channel *channel, struct slice octets)
{
    CHECK(content_expects(channel, (uint32_t)octets.len));
    make_room(channel, (uint32_t)octets.len);
    slice_copy(msg_body_room(channel->msg) + channel->body_filled, octets);
    channel->body_filled += (uint32_t)octets.len;
}

void content_frame_ended(struct conn_channel *channel)
{
    struct conn *conn = channel->conn;
    if (channel->body_filled == channel->body_len) {
        publish(channel);
    }
    blocked_on_publish(conn);
}

void content_body(struct conn *conn, const struct frame *frame)
{
    struct conn_channel *channel = channel_table_get(&conn->channels, frame->channel);
    if (channel && !channel->core) {
        return; // closing
    }
    if (!channel || channel->content == CONTENT_NONE) {
        fail_no_method(conn, frame->channel);
    } else if (channel->content == CONTENT_HEADER) {
        content_fail_order(channel);
    } else if (!content_expects(channel, (uint32_t)frame->payload.len)) {
        fail(conn, frame->channel, true, SLICE("content body is longer than its header announced"));
    } else {
        content_add(channel, frame->payload);
        content_frame_ended(channel);
    }
}
