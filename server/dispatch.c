#include "server/dispatch.h"

#include "base/wire.h"
#include "broker/channel.h"
#include "broker/count_limits.h"
#include "server/conn_close.h"
#include "server/conn_internal.h"
#include "server/conn_log.h"
#include "server/content.h"
#include "server/snippet.h"

/* What a method does on an open channel. After AMQP_OK the channel may be gone. */
typedef enum amqp_reply (*handler)(struct conn_channel *channel, const struct amqp_args *args);

#define SECOND_OPEN "second 'channel.open' seen"

static struct effects *fx_of(struct conn_channel *channel)
{
    return &channel->conn->engine->fx;
}

#define O(name)                                                                                    \
    static enum amqp_reply on_##name(struct conn_channel *channel, const struct amqp_args *args)   \
    {                                                                                              \
        channel_touch(channel->core);                                                              \
        return broker_##name(channel->core, &args->name, fx_of(channel));                          \
    }
BROKER_OPERATIONS(O)
#undef O

static enum amqp_reply on_channel_open(struct conn_channel *channel, const struct amqp_args *args)
{
    (void)args;
    return effects_refuse(fx_of(channel), AMQP_CHANNEL_ERROR, SECOND_OPEN);
}

static enum amqp_reply on_channel_close(struct conn_channel *channel, const struct amqp_args *args)
{
    (void)args;
    conn_channel_close(channel);
    return AMQP_OK;
}

static enum amqp_reply on_channel_flow(struct conn_channel *channel, const struct amqp_args *args)
{
    if (!args->channel_flow.active) {
        return effects_refuse(fx_of(channel), AMQP_NOT_IMPLEMENTED, "active=false");
    }
    struct amqp_args reply = {.method = METHOD_channel_flow_ok,
                              .channel_flow_ok = {.active = true}};
    conn_reply(channel->conn, channel->number, &reply);
    return AMQP_OK;
}

static enum amqp_reply on_access_request(struct conn_channel *channel, const struct amqp_args *args)
{
    (void)args;
    struct amqp_args reply = {.method = METHOD_access_request_ok,
                              .access_request_ok = {.ticket = 1}};
    conn_reply(channel->conn, channel->number, &reply);
    return AMQP_OK;
}

static enum amqp_reply on_basic_publish(struct conn_channel *channel, const struct amqp_args *args)
{
    content_begin(channel, &args->basic_publish);
    return AMQP_OK;
}

/* Methods of channel 0, and those that only a server sends. */
#define on_connection_start NULL
#define on_connection_start_ok NULL
#define on_connection_secure NULL
#define on_connection_secure_ok NULL
#define on_connection_tune NULL
#define on_connection_tune_ok NULL
#define on_connection_open NULL
#define on_connection_open_ok NULL
#define on_connection_close NULL
#define on_connection_close_ok NULL
#define on_connection_blocked NULL
#define on_connection_unblocked NULL
#define on_connection_update_secret NULL
#define on_connection_update_secret_ok NULL
#define on_channel_open_ok NULL
#define on_channel_flow_ok NULL  // we never send channel.flow
#define on_channel_close_ok NULL // expected on a closing channel only
#define on_access_request_ok NULL
#define on_exchange_declare_ok NULL
#define on_exchange_delete_ok NULL
#define on_exchange_bind_ok NULL
#define on_exchange_unbind_ok NULL
#define on_queue_declare_ok NULL
#define on_queue_bind_ok NULL
#define on_queue_purge_ok NULL
#define on_queue_delete_ok NULL
#define on_queue_unbind_ok NULL
#define on_basic_qos_ok NULL
#define on_basic_consume_ok NULL
#define on_basic_cancel_ok NULL
#define on_basic_return NULL
#define on_basic_deliver NULL
#define on_basic_get_ok NULL
#define on_basic_get_empty NULL
#define on_basic_recover_ok NULL
#define on_confirm_select_ok NULL
#define on_tx_select_ok NULL
#define on_tx_commit_ok NULL
#define on_tx_rollback_ok NULL

static const handler handlers[METHOD_COUNT] = {
#define M(class_id, method_id, name, fields, content) [METHOD_##name] = on_##name,
    AMQP_METHODS(M)
#undef M
};

static void fail(struct conn *conn, uint16_t channel, enum amqp_reply reply,
                 const struct amqp_args *args, struct slice text)
{
    conn_fail(conn, &(struct conn_error){
                        .reply = reply,
                        .channel = channel,
                        .class_id = args ? amqp_class_id(args->method) : 0,
                        .method_id = args ? amqp_method_id(args->method) : 0,
                        .text = text,
                    });
}

/* The payload is not a method that we know, or its fields do not add up. */
static void fail_decode(struct conn *conn, const struct frame *frame, enum amqp_reply reply)
{
    struct text text;
    text_clear(&text);
    if (reply == AMQP_COMMAND_INVALID) {
        text_add(&text, SLICE("unimplemented method"));
    } else {
        reply = AMQP_FRAME_ERROR;
        text_add(&text, SLICE("cannot decode "));
        snippet_add_numbers(&text, (struct slice){frame->payload.ptr + 4, frame->payload.len - 4});
    }
    conn_fail(conn, &(struct conn_error){
                        .reply = reply,
                        .channel = frame->channel,
                        .class_id = wire_load_u16(frame->payload.ptr),
                        .method_id = wire_load_u16(frame->payload.ptr + 2),
                        .text = text_slice(&text),
                    });
}

/* Methods of channel 0 while the connection is open. */
static void run_connection_method(struct conn *conn, const struct amqp_args *args)
{
    if (args->method == METHOD_connection_close) {
        conn_close_asked(conn);
    } else if (args->method == METHOD_connection_update_secret) {
        // Our accounts have no secrets that run out: the new one is as good as the old one.
        conn_log_updated_secret(conn, args->connection_update_secret.reason);
        conn_reply(conn, 0, &(struct amqp_args){.method = METHOD_connection_update_secret_ok});
    } else {
        fail(conn, 0, AMQP_CHANNEL_ERROR, args,
             SLICE("unexpected method in connection state running"));
    }
}

/* True, and the connection fails, if there may be no channel of this number. RabbitMQ only counts
 * channels; the specification wants their numbers to be within the limit too. */
static bool refuse_channel(struct conn *conn, uint16_t number, const struct amqp_args *args)
{
    uint64_t count = conn->channels.count;
    uint64_t max = conn->channel_max;
    struct text text;
    text_clear(&text);
    if (max > 0 && count >= max) {
        text_format(&text,
                    "number of channels opened (%u) has reached the negotiated channel_max (%u)",
                    count, max);
        fail(conn, number, AMQP_NOT_ALLOWED, NULL, text_slice(&text));
        return true;
    }
    if (max > 0 && number > max) {
        text_format(&text, "channel number %u is above the negotiated channel_max (%u)",
                    (uint64_t)number, max);
        fail(conn, number, AMQP_CHANNEL_ERROR, args, text_slice(&text));
        return true;
    }
    return false;
}

/* The first method of a channel. */
static void run_first_method(struct conn *conn, uint16_t number, const struct amqp_args *args)
{
    if (refuse_channel(conn, number, args)) {
        return;
    }
    if (args->method != METHOD_channel_open) {
        fail(conn, number, AMQP_CHANNEL_ERROR, args, SLICE("expected 'channel.open'"));
        return;
    }
    struct effects *fx = &conn->engine->fx;
    enum amqp_reply reply = limits_check_channel(conn->session, fx);
    if (reply) {
        fail(conn, number, reply, NULL, text_slice(&fx->error)); // of no method, as above
    } else {
        conn_channel_open(conn, number);
    }
}

/* A closing channel is deaf to all but the close handshake: the client may not know yet. */
static void run_closing_method(struct conn_channel *channel, struct slice payload)
{
    enum { OPEN = 20 << 16 | 10, CLOSE = 20 << 16 | 40, CLOSE_OK = 20 << 16 | 41 };
    uint32_t id = wire_load_u32(payload.ptr);
    if (id == OPEN) {
        fail(channel->conn, channel->number, AMQP_CHANNEL_ERROR,
             &(struct amqp_args){.method = METHOD_channel_open}, SLICE(SECOND_OPEN));
    } else if (id == CLOSE) {
        struct amqp_args reply = {.method = METHOD_channel_close_ok};
        conn_reply(channel->conn, channel->number, &reply);
    } else if (id == CLOSE_OK) {
        conn_channel_closed(channel);
    }
}

static void run_channel_method(struct conn_channel *channel, const struct amqp_args *args)
{
    if (channel->content != CONTENT_NONE) {
        content_fail_order(channel);
        return;
    }
    handler handle = handlers[args->method];
    if (!handle) {
        fail(channel->conn, channel->number, AMQP_COMMAND_INVALID, args,
             SLICE("unimplemented method"));
        return;
    }
    enum amqp_reply reply = handle(channel, args);
    if (reply) {
        conn_channel_fail(channel, reply, args->method);
    }
}

void dispatch_method(struct conn *conn, const struct frame *frame)
{
    if (frame->payload.len < 4) {
        conn_fail_frame(conn, frame, SLICE("unknown_frame"));
        return;
    }
    struct conn_channel *channel = channel_table_get(&conn->channels, frame->channel);
    if (channel && !channel->core) {
        run_closing_method(channel, frame->payload);
        return;
    }
    struct amqp_args args;
    enum amqp_reply reply = amqp_decode(frame->payload, &args);
    if (reply) {
        fail_decode(conn, frame, reply);
    } else if (frame->channel == 0) {
        run_connection_method(conn, &args);
    } else if (!channel) {
        run_first_method(conn, frame->channel, &args);
    } else {
        run_channel_method(channel, &args);
    }
}
