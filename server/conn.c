#include "server/conn.h"

#include "base/check.h"
#include "broker/session.h"
#include "server/conn_close.h"
#include "server/conn_internal.h"
#include "server/conn_log.h"
#include "server/frames.h"
#include "server/handshake.h"

static size_t take_nothing(struct conn *conn, struct slice input)
{
    (void)conn, (void)input;
    return 0;
}

static size_t take_all(struct conn *conn, struct slice input)
{
    (void)conn;
    return input.len;
}

static void ignore_frame(struct conn *conn, const struct frame *frame)
{
    (void)conn, (void)frame;
}

static size_t skip_frame(struct conn *conn, struct slice input);

/* What a phase does with octets, and with a frame once there is one. */
static const struct phase {
    const char *name;                                      // as RabbitMQ's texts have it
    size_t (*take)(struct conn *conn, struct slice input); // returns the octets used
    void (*on_frame)(struct conn *conn, const struct frame *frame);
} phases[CONN_PHASE_COUNT] = {
    [CONN_GREETING] = {"pre_init", handshake_greeting, ignore_frame},
    [CONN_STARTING] = {"starting", conn_take_frame, handshake_frame},
    [CONN_REFUSED] = {"starting", skip_frame, ignore_frame},
    [CONN_TUNING] = {"tuning", conn_take_frame, handshake_frame},
    [CONN_OPENING] = {"opening", conn_take_frame, handshake_frame},
    [CONN_OPEN] = {"running", frames_take, frames_take_one},
    [CONN_BLOCKED] = {"blocked", take_nothing, ignore_frame},
    [CONN_CLOSED] = {"closed", conn_take_frame, conn_closed_frame},
    [CONN_DOOMED] = {"closed", take_all, ignore_frame},
    [CONN_FINISHED] = {"closed", take_all, ignore_frame},
};

const char *conn_phase_name(enum conn_phase phase)
{
    return phases[phase].name;
}

/* Only bodies may be as large as a connection without frame-max wishes. */
static uint32_t payload_max(const struct conn *conn, struct slice input)
{
    bool body = input.len > 0 && input.ptr[0] == FRAME_BODY;
    return body || conn->payload_max < METHOD_PAYLOAD_MAX ? conn->payload_max : METHOD_PAYLOAD_MAX;
}

size_t conn_take_frame(struct conn *conn, struct slice input)
{
    struct frame frame;
    uint32_t max = payload_max(conn, input);
    switch (frame_parse(input, max, &frame)) {
    case FRAME_OK:
        phases[conn->phase].on_frame(conn, &frame);
        break;
    case FRAME_PARTIAL:
        conn->frame_needs = input.len < FRAME_HEAD_SIZE
                                ? 0
                                : (uint32_t)(frame.payload.len + FRAME_OVERHEAD - input.len);
        return 0;
    case FRAME_TOO_LARGE:
        conn_fail_size(conn, &frame, max);
        return input.len;
    case FRAME_BAD_END:
        conn_fail_end(conn, &frame, frame.payload.ptr[frame.payload.len]);
        return input.len;
    }
    return frame.payload.len + FRAME_OVERHEAD;
}

/* What comes behind it may be listened to. If it is no frame, nothing comes behind it. */
static size_t skip_frame(struct conn *conn, struct slice input)
{
    struct frame frame;
    enum frame_result result = frame_parse(input, payload_max(conn, input), &frame);
    bool sound = result == FRAME_OK || result == FRAME_PARTIAL;
    return sound ? conn_take_frame(conn, input) : input.len;
}

static void count_octets(struct conn *conn, size_t received, size_t sent)
{
    conn->received += received;
    conn->sent += sent;
    conn->engine->octets.received += received;
    conn->engine->octets.sent += sent;
    if (conn->session) {
        session_count_octets(conn->session, received, sent);
    }
}

size_t conn_receive(struct conn *conn, struct slice input, uint64_t now_ms)
{
    engine_set_time(conn->engine, now_ms);
    if (conn->received == 0 && input.len > 0) {
        conn_log_accepting(conn, false);
    }
    conn->reads += input.len > conn->kept;
    count_octets(conn, input.len - conn->kept, 0);
    conn->frame_needs = 0;

    size_t used = 0;
    while (used < input.len && conn_wants_input(conn)) {
        struct slice rest = {input.ptr + used, input.len - used};
        size_t taken = phases[conn->phase].take(conn, rest);
        if (taken == 0) {
            break;
        }
        used += taken;
    }
    conn->kept = input.len - used;
    engine_run_effects(conn->engine);
    conn_update_reading(conn);
    return used;
}

size_t conn_input_hint(const struct conn *conn)
{
    return conn->frame_left > 0 ? conn->frame_left : conn->frame_needs;
}

bool conn_wants_input(const struct conn *conn)
{
    return !conn->throttled && !list_linked(&conn->stalled_link) && conn->phase != CONN_BLOCKED &&
           conn->phase != CONN_FINISHED;
}

void conn_set_phase(struct conn *conn, enum conn_phase phase)
{
    conn->phase = (uint8_t)phase;
    conn_update_reading(conn);
    conn_mark_changed(conn);
}

void conn_update_reading(struct conn *conn)
{
    size_t unsent = output_size(&conn->out);
    bool answers = conn_is_open(conn) || conn->phase == CONN_CLOSED;
    bool throttled = answers && unsent > (conn->throttled ? OUTPUT_LOW : OUTPUT_HIGH);
    if (throttled != conn->throttled) {
        conn->throttled = throttled;
        conn_mark_changed(conn);
    }
    if (conn_wants_input(conn)) {
        heartbeat_resume(&conn->heartbeat, conn->engine->now_ms);
    } else {
        heartbeat_pause(&conn->heartbeat);
    }
}

void conn_send_method(struct conn *conn, const struct amqp_args *args)
{
    uint8_t payload[CONNECTION_METHOD_MAX];
    size_t len = amqp_encode(args, payload, sizeof payload);
    CHECK(len > 0);
    uint8_t head[FRAME_HEAD_SIZE], end = FRAME_END;
    struct chunk_pool *pool = &conn->engine->pool;
    frame_put_head(head, FRAME_METHOD, 0, (uint32_t)len);
    output_add(&conn->out, pool, (struct slice){head, sizeof head});
    output_add(&conn->out, pool, (struct slice){payload, len});
    output_add(&conn->out, pool, (struct slice){&end, 1});
    conn_mark_changed(conn);
}

void conn_reply(struct conn *conn, uint16_t channel, const struct amqp_args *args)
{
    uint8_t payload[300]; // a method with one short string
    size_t len = amqp_encode(args, payload, sizeof payload);
    CHECK(len > 0);
    *effects_next(&conn->engine->fx) = (struct effect){
        .kind = EFFECT_REPLY,
        .conn = conn->id,
        .channel = channel,
        .blob = blob_new((struct slice){payload, len}),
    };
}

int conn_gather(struct conn *conn, struct iovec *pieces, int max)
{
    return output_gather(&conn->out, pieces, max);
}

size_t conn_output_size(const struct conn *conn)
{
    return output_size(&conn->out);
}

/* Half of the window is used up, and output has drained as far. */
static bool window_due(const struct conn *conn)
{
    return conn->session && conn->window_used >= OUTPUT_WINDOW / 2 &&
           output_size(&conn->out) <= OUTPUT_WINDOW / 2;
}

void conn_open_window(struct conn *conn)
{
    if (window_due(conn)) {
        conn->window_used = 0;
        session_set_window(conn->session, OUTPUT_WINDOW - (int64_t)output_size(&conn->out),
                           &conn->engine->fx);
    }
}

void conn_sent(struct conn *conn, size_t octets, uint64_t now_ms)
{
    engine_set_time(conn->engine, now_ms);
    output_sent(&conn->out, &conn->engine->pool, octets);
    conn->writes += octets > 0;
    count_octets(conn, 0, octets);
    conn->window_used += octets;
    // Consumers that waited for the window make new output, so it is opened at the end of the tick:
    // other connections are to have their turn before that.
    if (window_due(conn) && !list_linked(&conn->draining_link)) {
        list_push(&conn->engine->draining, &conn->draining_link);
    }
    conn_update_reading(conn);
}

bool conn_finished(const struct conn *conn)
{
    return conn->phase == CONN_FINISHED;
}

uint64_t conn_deadline(const struct conn *conn)
{
    uint64_t at = conn->limit_at_ms;
    at = conn->heartbeat.send_at_ms < at ? conn->heartbeat.send_at_ms : at;
    return conn->heartbeat.receive_at_ms < at ? conn->heartbeat.receive_at_ms : at;
}

static void on_limit(struct conn *conn)
{
    switch ((enum conn_phase)conn->phase) {
    case CONN_GREETING:
    case CONN_STARTING:
    case CONN_TUNING:
    case CONN_OPENING:
        conn_log_ended(conn, SLICE("handshake_timeout"));
        break;
    case CONN_CLOSED:
        conn_log_closing(conn);
        break;
    case CONN_REFUSED:
        handshake_tell_refusal(conn);
        return;
    case CONN_OPEN:
    case CONN_BLOCKED:
    case CONN_DOOMED:
    case CONN_FINISHED:
    case CONN_PHASE_COUNT:
        break;
    }
    conn_finish(conn);
}

static void send_heartbeat(struct conn *conn)
{
    static const uint8_t frame[] = {FRAME_HEARTBEAT, 0, 0, 0, 0, 0, 0, FRAME_END};
    output_add(&conn->out, &conn->engine->pool, (struct slice){frame, sizeof frame});
    conn_mark_changed(conn);
}

static void tick_heartbeat(struct conn *conn)
{
    struct heartbeat *beat = &conn->heartbeat;
    uint64_t now_ms = conn->engine->now_ms;
    if (heartbeat_send_due(beat, conn->out.written, now_ms) && output_size(&conn->out) == 0) {
        send_heartbeat(conn);
        heartbeat_sent(beat, conn->out.written);
    }
    if (heartbeat_missed(beat, conn->received, now_ms)) {
        conn_log_missed_heartbeats(conn);
        conn_finish(conn);
    }
}

void conn_tick(struct conn *conn, uint64_t now_ms)
{
    engine_set_time(conn->engine, now_ms);
    if (now_ms >= conn->limit_at_ms) {
        on_limit(conn);
    } else {
        tick_heartbeat(conn);
    }
    engine_run_effects(conn->engine);
    conn_mark_changed(conn); // its deadline is another now
}

void conn_close(struct conn *conn, enum amqp_reply reply, struct slice text, uint64_t now_ms)
{
    engine_set_time(conn->engine, now_ms);
    if (conn_is_open(conn)) {
        conn_fail(conn, &(struct conn_error){.reply = reply, .text = text});
    } else if (conn->phase < CONN_OPEN) {
        conn_finish(conn);
    }
    engine_run_effects(conn->engine);
}

void conn_lost(struct conn *conn, struct slice reason, uint64_t now_ms)
{
    engine_set_time(conn->engine, now_ms);
    if (conn->phase == CONN_CLOSED || conn->phase == CONN_REFUSED) {
        conn_log_closing(conn);
    } else if (conn->phase == CONN_GREETING && conn->received == 0) {
        conn_log_accepting(conn, true);
    } else if (conn->phase < CONN_CLOSED) {
        conn_log_ended(conn, reason);
    }
    conn_finish(conn);
    engine_run_effects(conn->engine);
    output_finish(&conn->out, &conn->engine->pool);
}

void conn_set_owner(struct conn *conn, void *owner)
{
    conn->owner = owner;
}

void *conn_owner(const struct conn *conn)
{
    return conn->owner;
}
