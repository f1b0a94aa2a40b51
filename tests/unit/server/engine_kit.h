#ifndef TESTS_UNIT_SERVER_ENGINE_KIT_H
#define TESTS_UNIT_SERVER_ENGINE_KIT_H

/* Stories are written to memory streams; this has to be in front of every other header, so this
 * one is. */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "amqp/frame.h"
#include "amqp/table.h"
#include "base/wire.h"
#include "broker/broker.h"
#include "broker/permission.h"
#include "broker/user.h"
#include "broker/vhost.h"
#include "server/conn.h"
#include "server/engine.h"
#include "server/store.h"

/* An engine with a core behind it and no sockets: a client is a pair of byte strings. What a client
 * receives is told as text, a line a frame, for tests to compare. */
struct kit {
    struct broker *broker;
    struct engine *engine;
    uint64_t now_ms;
    uint64_t stored;     // what the journal is said to have; UINT64_MAX: there is none
    struct store *store; // a real one knows better; or NULL
};

static inline bool password_is_name(void *context, struct slice user, struct slice password)
{
    (void)context;
    return slice_eq(user, password) && user.len > 0;
}

static inline bool not_guest(void *context, struct slice user)
{
    (void)context;
    return !slice_eq(user, SLICE("guest"));
}

static inline struct engine_options kit_options(void)
{
    return (struct engine_options){
        .authenticator = {.password_matches = password_is_name, .remote_allowed = not_guest},
        .mechanisms = SLICE("PLAIN AMQPLAIN"),
        .product = SLICE("RabbitMQ"),
        .product_version = SLICE("3.13.7"),
        .cluster_name = SLICE("here"),
        .channel_max = 2047,
        .heartbeat_s = 60,
        .frame_max = 131072,
        .initial_frame_max = 4096,
        .handshake_timeout_ms = 10000,
    };
}

static inline void kit_tick(struct kit *kit)
{
    if (kit->store) {
        store_poll(kit->store, kit->now_ms);
        kit->stored = store_stored(kit->store);
    }
    engine_end_tick(kit->engine, kit->stored, kit->now_ms);
    if (kit->store) {
        store_end_tick(kit->store, kit->now_ms);
    }
    while (engine_next_changed(kit->engine)) {
    }
}

static inline void kit_start_with(struct kit *kit, struct engine_options options)
{
    *kit = (struct kit){.now_ms = 1000, .stored = UINT64_MAX};
    kit->broker = broker_new(&(struct broker_options){
        .message_size_max = 1 << 20, .durable = true, .event_vhost = SLICE("/")});
    struct effects fx = {0};
    broker_add_vhost(kit->broker, SLICE("/"), &fx);
    broker_put_user(kit->broker, &(struct user){.name = SLICE("guest")}, &fx);
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    cr_assert_eq(broker_set_permission(kit->broker, SLICE("guest"), SLICE("/"), &all, &fx),
                 AMQP_OK);
    effects_free(&fx);
    options.broker = kit->broker;
    kit->engine = engine_new(&options);
    kit_tick(kit); // it knows what is stored from then on
}

static inline void kit_start(struct kit *kit)
{
    kit_start_with(kit, kit_options());
}

static inline void kit_stop(struct kit *kit)
{
    engine_free(kit->engine);
    broker_free(kit->broker);
}

struct client {
    struct kit *kit;
    struct conn *conn;
    struct bytes kept;   // sent by the client, not used up by the connection
    struct bytes output; // received from the connection, not read by the test
};

static inline struct client client_of_peer(struct kit *kit, struct peer peer)
{
    return (struct client){.kit = kit, .conn = engine_connect(kit->engine, &peer, kit->now_ms)};
}

static inline struct client client_new(struct kit *kit)
{
    return client_of_peer(kit, (struct peer){.name = SLICE("a -> b"), .loopback = true});
}

static inline void client_free(struct client *client)
{
    conn_free(client->conn);
    bytes_finish(&client->kept);
    bytes_finish(&client->output);
}

/* Carries output to the client, at most this much. */
static inline void client_receive(struct client *client, size_t octets)
{
    struct iovec pieces[7];
    int count;
    while (octets > 0 && (count = conn_gather(client->conn, pieces, 7)) > 0) {
        size_t len = 0;
        for (int i = 0; i < count && len < octets; i++) {
            size_t part = pieces[i].iov_len < octets - len ? pieces[i].iov_len : octets - len;
            bytes_add(&client->output, (struct slice){pieces[i].iov_base, part});
            len += part;
        }
        conn_sent(client->conn, len, client->kit->now_ms);
        octets -= len;
    }
}

/* Offers input without ending the tick. */
static inline void client_offer(struct client *client, struct slice input)
{
    bytes_add(&client->kept, input);
    size_t used = conn_receive(client->conn, bytes_slice(&client->kept), client->kit->now_ms);
    bytes_consume(&client->kept, used);
}

static inline void client_send(struct client *client, struct slice input)
{
    client_offer(client, input);
    kit_tick(client->kit);
    client_receive(client, SIZE_MAX);
}

/* Time passes, and every deadline is met. */
static inline void client_wait(struct client *client, uint64_t ms)
{
    uint64_t until = client->kit->now_ms + ms;
    while (conn_deadline(client->conn) <= until) {
        uint64_t at = conn_deadline(client->conn);
        client->kit->now_ms = at > client->kit->now_ms ? at : client->kit->now_ms;
        conn_tick(client->conn, client->kit->now_ms);
        kit_tick(client->kit);
        client_receive(client, SIZE_MAX);
    }
    client->kit->now_ms = until;
    kit_tick(client->kit);
    client_receive(client, SIZE_MAX);
}

/* Frames under construction. */
static inline void put_frame(struct bytes *out, uint8_t type, uint16_t channel,
                             struct slice payload)
{
    frame_put_head(bytes_reserve(out, FRAME_HEAD_SIZE), type, channel, (uint32_t)payload.len);
    out->len += FRAME_HEAD_SIZE;
    bytes_add(out, payload);
    bytes_add_u8(out, FRAME_END);
}

static inline void put_method(struct bytes *out, uint16_t channel, struct amqp_args args)
{
    uint8_t payload[16384];
    put_frame(out, FRAME_METHOD, channel,
              (struct slice){payload, amqp_encode(&args, payload, sizeof payload)});
}

static inline void put_header(struct bytes *out, uint16_t channel, uint64_t body_len,
                              struct slice properties)
{
    struct bytes payload = {0};
    bytes_add_u32(&payload, 60U << 16);
    bytes_add_u64(&payload, body_len);
    bytes_add(&payload, properties);
    put_frame(out, FRAME_HEADER, channel, bytes_slice(&payload));
    bytes_finish(&payload);
}

#define NO_PROPERTIES SLICE("\0\0")

static inline void put_publish(struct bytes *out, uint16_t channel, struct slice exchange,
                               struct slice key, struct slice body)
{
    put_method(out, channel,
               (struct amqp_args){.method = METHOD_basic_publish,
                                  .basic_publish = {.exchange = exchange, .routing_key = key}});
    put_header(out, channel, body.len, NO_PROPERTIES);
    if (body.len > 0) {
        put_frame(out, FRAME_BODY, channel, body);
    }
}

/* A method, as a designated initialiser: METHOD(queue_declare, .queue = SLICE("q")). */
#define METHOD(name, ...)                                                                          \
    ((struct amqp_args){.method = METHOD_##name, .name = {.none = 0, __VA_ARGS__}})

#define send_method(client, channel, ...)                                                          \
    do {                                                                                           \
        struct bytes frame_ = {0};                                                                 \
        put_method(&frame_, channel, __VA_ARGS__);                                                 \
        client_send(client, bytes_slice(&frame_));                                                 \
        bytes_finish(&frame_);                                                                     \
    } while (0)

static inline void send_publish(struct client *client, uint16_t channel, struct slice exchange,
                                struct slice key, struct slice body)
{
    struct bytes frames = {0};
    put_publish(&frames, channel, exchange, key, body);
    client_send(client, bytes_slice(&frames));
    bytes_finish(&frames);
}

static inline void put_start_ok(struct bytes *out, struct slice mechanism, struct slice response,
                                struct slice capability)
{
    struct bytes capabilities = {0}, properties = {0};
    if (capability.len > 0) {
        table_add_bool(&capabilities, capability, true);
    }
    table_add_table(&properties, SLICE("capabilities"), bytes_slice(&capabilities));
    put_method(out, 0,
               METHOD(connection_start_ok, .client_properties = bytes_slice(&properties),
                      .mechanism = mechanism, .response = response, .locale = SLICE("en_US")));
    bytes_finish(&capabilities);
    bytes_finish(&properties);
}

#define AMQP_HEADER SLICE("AMQP\0\0\x09\x01")

/* Everything that a client says up to connection.open. */
static inline void put_handshake(struct bytes *out, struct slice capability, uint32_t frame_max,
                                 uint16_t heartbeat)
{
    bytes_add(out, AMQP_HEADER);
    put_start_ok(out, SLICE("PLAIN"), SLICE("\0guest\0guest"), capability);
    put_method(out, 0,
               METHOD(connection_tune_ok, .channel_max = 2047, .frame_max = frame_max,
                      .heartbeat = heartbeat));
    put_method(out, 0, METHOD(connection_open, .virtual_host = SLICE("/")));
}

static inline void put_open_channel(struct bytes *out, uint16_t channel)
{
    put_method(out, channel, METHOD(channel_open, .out_of_band = SLICE("")));
}

/* A client whose connection is open; nothing is left to be read. */
static inline struct client client_opened(struct kit *kit, struct slice capability,
                                          uint32_t frame_max, uint16_t heartbeat)
{
    struct client client = client_new(kit);
    struct bytes frames = {0};
    put_handshake(&frames, capability, frame_max, heartbeat);
    client_send(&client, bytes_slice(&frames));
    bytes_finish(&frames);
    bytes_consume(&client.output, client.output.len);
    return client;
}

/* The same with channel 1. */
static inline struct client client_ready(struct kit *kit)
{
    struct client client = client_opened(kit, SLICE(""), 131072, 0);
    send_method(&client, 1, METHOD(channel_open, .out_of_band = SLICE("")));
    bytes_consume(&client.output, client.output.len);
    return client;
}

static inline void tell_method(FILE *story, const struct amqp_args *args)
{
#define S(slice) (int)(slice).len, (const char *)(slice).ptr
    fprintf(story, "%s", amqp_method_name(args->method));
    if (args->method == METHOD_connection_close) {
        const struct amqp_connection_close *m = &args->connection_close;
        fprintf(story, " %u %u.%u %.*s", m->reply_code, m->class_id, m->method_id,
                S(m->reply_text));
    } else if (args->method == METHOD_channel_close) {
        const struct amqp_channel_close *m = &args->channel_close;
        fprintf(story, " %u %u.%u %.*s", m->reply_code, m->class_id, m->method_id,
                S(m->reply_text));
    } else if (args->method == METHOD_basic_ack) {
        fprintf(story, " %u%s", (unsigned)args->basic_ack.delivery_tag,
                args->basic_ack.multiple ? " multiple" : "");
    } else if (args->method == METHOD_basic_deliver) {
        const struct amqp_basic_deliver *m = &args->basic_deliver;
        fprintf(story, " %.*s #%u%s '%.*s' '%.*s'", S(m->consumer_tag), (unsigned)m->delivery_tag,
                m->redelivered ? " again" : "", S(m->exchange), S(m->routing_key));
    } else if (args->method == METHOD_basic_get_ok) {
        const struct amqp_basic_get_ok *m = &args->basic_get_ok;
        fprintf(story, " #%u%s '%.*s' '%.*s' %u left", (unsigned)m->delivery_tag,
                m->redelivered ? " again" : "", S(m->exchange), S(m->routing_key),
                m->message_count);
    } else if (args->method == METHOD_basic_return) {
        const struct amqp_basic_return *m = &args->basic_return;
        fprintf(story, " %u %.*s '%.*s' '%.*s'", m->reply_code, S(m->reply_text), S(m->exchange),
                S(m->routing_key));
    } else if (args->method == METHOD_basic_cancel) {
        fprintf(story, " %.*s", S(args->basic_cancel.consumer_tag));
    } else if (args->method == METHOD_connection_blocked) {
        fprintf(story, " %.*s", S(args->connection_blocked.reason));
    }
#undef S
}

static inline void tell_frame(FILE *story, const struct frame *frame)
{
    struct amqp_args args;
    fprintf(story, "%u ", frame->channel);
    if (frame->type == FRAME_METHOD) {
        cr_assert_eq(amqp_decode(frame->payload, &args), AMQP_OK);
        tell_method(story, &args);
    } else if (frame->type == FRAME_HEADER) {
        fprintf(story, "header %u", wire_load_u32(frame->payload.ptr + 8));
    } else if (frame->type == FRAME_BODY && frame->payload.len <= 32) {
        fprintf(story, "body %.*s", (int)frame->payload.len, (const char *)frame->payload.ptr);
    } else if (frame->type == FRAME_BODY) {
        fprintf(story, "body of %zu", frame->payload.len);
    } else {
        fprintf(story, "heartbeat");
    }
    fputc('\n', story);
}

/* What the client has received since it last asked, a line a frame; "end" if the connection is
 * over. The caller frees it. */
static inline char *client_story(struct client *client)
{
    char *text = NULL;
    size_t size = 0;
    FILE *story = open_memstream(&text, &size);
    struct slice rest = bytes_slice(&client->output);
    struct frame frame;
    while (frame_parse(rest, UINT32_MAX, &frame) == FRAME_OK) {
        tell_frame(story, &frame);
        rest.ptr += frame.payload.len + FRAME_OVERHEAD;
        rest.len -= frame.payload.len + FRAME_OVERHEAD;
    }
    bytes_consume(&client->output, client->output.len - rest.len);
    if (conn_finished(client->conn)) {
        fputs("end\n", story);
    }
    fclose(story);
    return text;
}

#define expect_story(client, expected)                                                             \
    do {                                                                                           \
        char *story_ = client_story(client);                                                       \
        cr_expect_str_eq(story_, expected);                                                        \
        free(story_);                                                                              \
    } while (0)

#endif
