#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "amqp/frame.h"
#include "amqp/method.h"
#include "base/bytes.h"
#include "base/check.h"
#include "broker/broker.h"
#include "broker/permission.h"
#include "broker/user.h"
#include "broker/vhost.h"
#include "server/conn.h"
#include "server/engine.h"

/* Octets of a client through a connection into the core, and what comes back. The first octet says
 * how: */
enum {
    AFTER_HANDSHAKE = 0x01, // the rest is said on an open connection with channel 1 and a queue
    ALARMED = 0x02,         // an alarm goes on half way, and off at the end
    LOST = 0x04,            // the client vanishes at the end instead of staying
    STEP_SHIFT = 3,         // then: how many octets arrive at a time
};

/* The whole of it is played twice, in one piece and cut up, and must come to the same. */

#define HEADER SLICE("AMQP\0\0\x09\x01")
#define START_OK                                                                                   \
    SLICE("\1\0\0\0\0\0\x24\0\x0a\0\x0b\0\0\0\0\5PLAIN\0\0\0\x0c\0guest\0guest\5en_US\xce")
#define TUNE_OK SLICE("\1\0\0\0\0\0\x0c\0\x0a\0\x1f\0\x0a\0\0\x10\0\0\0\xce")
#define OPEN SLICE("\1\0\0\0\0\0\x08\0\x0a\0\x28\1/\0\0\xce")
#define CHANNEL_OPEN SLICE("\1\0\1\0\0\0\5\0\x14\0\x0a\0\xce")
#define QUEUE_DECLARE SLICE("\1\0\1\0\0\0\x0d\0\x32\0\x0a\0\0\1q\0\0\0\0\0\xce")

static bool any_password(void *context, struct slice user, struct slice password)
{
    (void)context, (void)user, (void)password;
    return true;
}

static bool anywhere(void *context, struct slice user)
{
    (void)context, (void)user;
    return true;
}

static struct broker *new_broker(void)
{
    struct broker *broker = broker_new(&(struct broker_options){.message_size_max = 100000});
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    struct effects fx = {0};
    broker_add_vhost(broker, SLICE("/"), &fx);
    broker_put_user(broker, &(struct user){.name = SLICE("guest")}, &fx);
    CHECK(broker_set_permission(broker, SLICE("guest"), SLICE("/"), &all, &fx) == AMQP_OK);
    effects_free(&fx);
    return broker;
}

static struct engine *new_engine(struct broker *broker)
{
    return engine_new(&(struct engine_options){
        .broker = broker,
        .authenticator = {.password_matches = any_password, .remote_allowed = anywhere},
        .mechanisms = SLICE("PLAIN AMQPLAIN"),
        .product = SLICE("x"),
        .product_version = SLICE("3"),
        .cluster_name = SLICE("x"),
        .channel_max = 100,
        .frame_max = 131072,
        .initial_frame_max = 4096,
        .handshake_timeout_ms = 10000,
    });
}

struct play {
    struct engine *engine;
    struct conn *conn;
    struct bytes kept;   // input that is not used up
    struct bytes output; // everything sent
};

static void offer(struct play *play, struct slice input)
{
    bytes_add(&play->kept, input);
    bytes_consume(&play->kept, conn_receive(play->conn, bytes_slice(&play->kept), 1));
    CHECK(conn_input_hint(play->conn) <= 1U << 30);
}

static void drain(struct play *play)
{
    struct iovec pieces[4];
    int count;
    engine_end_tick(play->engine, UINT64_MAX, 1);
    while (engine_next_changed(play->engine)) {
    }
    while ((count = conn_gather(play->conn, pieces, 4)) > 0) {
        size_t len = 0;
        for (int i = 0; i < count; i++) {
            bytes_add(&play->output, (struct slice){pieces[i].iov_base, pieces[i].iov_len});
            len += pieces[i].iov_len;
        }
        conn_sent(play->conn, len, 1);
    }
    CHECK(conn_output_size(play->conn) == 0);
}

static void offer_in_steps(struct play *play, struct slice input, size_t step, bool alarmed)
{
    size_t half = input.len / 2;
    for (size_t at = 0; at < input.len;) {
        size_t end = at < half && alarmed ? half : input.len;
        size_t len = end - at < step ? end - at : step;
        if (alarmed && at == half) {
            engine_set_alarms(play->engine, true, false, 1);
        }
        offer(play, (struct slice){input.ptr + at, len});
        at += len;
    }
}

/* Plays the input and returns all that was sent back. `throttled` is set if reading may have
 * stopped at a point that depends on the cuts. */
static struct bytes run(struct slice input, uint8_t mode, size_t step, bool *throttled)
{
    struct broker *broker = new_broker();
    struct play play = {.engine = new_engine(broker)};
    struct peer peer = {.name = SLICE("a -> b"), .loopback = true};
    play.conn = engine_connect(play.engine, &peer, 1);
    if (mode & AFTER_HANDSHAKE) {
        struct slice steps[] = {HEADER, START_OK, TUNE_OK, OPEN, CHANNEL_OPEN, QUEUE_DECLARE};
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            offer(&play, steps[i]);
        }
        CHECK(broker_counters(broker)->queues == 1);
    }
    offer_in_steps(&play, input, step, mode & ALARMED);
    *throttled |= conn_output_size(play.conn) > 1000 * 1000;
    if (mode & LOST) {
        conn_lost(play.conn, SLICE("gone"), 1);
    }
    engine_set_alarms(play.engine, false, false, 1);
    drain(&play);
    offer(&play, SLICE(""));
    drain(&play);
    conn_tick(play.conn, 100000);
    conn_free(play.conn);
    engine_end_tick(play.engine, UINT64_MAX, 100000);
    CHECK(broker_counters(broker)->connections == 0);
    CHECK(broker_counters(broker)->channels == 0);
    CHECK(broker_counters(broker)->consumers == 0);
    CHECK(broker_counters(broker)->messages_unsettled == 0);
    engine_free(play.engine);
    broker_free(broker);
    bytes_finish(&play.kept);
    return play.output;
}

/* What we send is made of whole frames, and the methods in them can be decoded. */
static void check_output(struct slice output)
{
    struct frame frame;
    struct amqp_args args;
    if (slice_eq(output, HEADER)) {
        return; // not AMQP, and told so
    }
    while (output.len > 0) {
        CHECK(frame_parse(output, UINT32_MAX, &frame) == FRAME_OK);
        CHECK(frame.type != FRAME_METHOD || amqp_decode(frame.payload, &args) == AMQP_OK);
        size_t len = frame.payload.len + FRAME_OVERHEAD;
        output = (struct slice){output.ptr + len, output.len - len};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    bool throttled = false;
    size_t step = (size_t)(data[0] >> STEP_SHIFT) + 1;
    struct slice input = {data + 1, size - 1};
    struct bytes whole = run(input, data[0], SIZE_MAX, &throttled);
    struct bytes cut = run(input, data[0], step, &throttled);
    check_output(bytes_slice(&whole));
    check_output(bytes_slice(&cut));
    CHECK(throttled || slice_eq(bytes_slice(&whole), bytes_slice(&cut)));
    bytes_finish(&whole);
    bytes_finish(&cut);
    return 0;
}
