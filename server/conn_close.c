#include "server/conn_close.h"

#include "base/wire.h"
#include "broker/session.h"
#include "server/conn_events.h"
#include "server/conn_internal.h"
#include "server/conn_log.h"
#include "server/snippet.h"

void conn_error_text(const struct conn_error *error, struct text *out)
{
    text_clear(out);
    text_add_str(out, amqp_reply_name(error->reply));
    text_add(out, SLICE(" - "));
    text_add(out, error->text);
}

void conn_end_session(struct conn *conn)
{
    if (!conn->session) {
        return;
    }
    engine_run_effects(conn->engine); // what was done before is told before
    channel_table_finish(&conn->channels);
    struct session *session = conn->session;
    conn->session = NULL;
    conn->engine->open_count--;
    session_close(session, &conn->engine->fx);
    conn_event_closed(conn);
}

/* RabbitMQ waits for close-ok no longer than the heartbeat, and during the handshake for as long as
 * a refused login is made to wait. */
static uint64_t close_timeout_ms(const struct conn *conn)
{
    if (conn->phase < CONN_OPENING) {
        return SILENT_CLOSE_DELAY_MS;
    }
    uint32_t heartbeat_ms = conn->heartbeat_s * 1000U;
    return heartbeat_ms > 0 && heartbeat_ms < CLOSE_TIMEOUT_MS ? heartbeat_ms : CLOSE_TIMEOUT_MS;
}

static void enter_closed(struct conn *conn)
{
    uint64_t limit_at_ms = conn->engine->now_ms + close_timeout_ms(conn);
    conn_set_phase(conn, CONN_CLOSED);
    conn->limit_at_ms = limit_at_ms;
    heartbeat_stop(&conn->heartbeat);
}

void conn_send_close(struct conn *conn, const struct conn_error *error)
{
    struct text text;
    conn_error_text(error, &text);
    conn_end_session(conn);
    struct amqp_args args = {
        .method = METHOD_connection_close,
        .connection_close = {.reply_code = (uint16_t)error->reply,
                             .reply_text = text_slice(&text),
                             .class_id = error->class_id,
                             .method_id = error->method_id},
    };
    conn_reply(conn, 0, &args);
    enter_closed(conn);
}

void conn_close_asked(struct conn *conn)
{
    conn_end_session(conn);
    conn_reply(conn, 0, &(struct amqp_args){.method = METHOD_connection_close_ok});
    enter_closed(conn);
}

void conn_doom(struct conn *conn)
{
    conn_end_session(conn);
    conn_set_phase(conn, CONN_DOOMED);
    conn->limit_at_ms = conn->engine->now_ms + SILENT_CLOSE_DELAY_MS;
    heartbeat_stop(&conn->heartbeat);
}

void conn_finish(struct conn *conn)
{
    engine_run_effects(conn->engine); // the last that it is told
    conn_end_session(conn);
    conn_set_phase(conn, CONN_FINISHED);
    conn->limit_at_ms = UINT64_MAX;
    heartbeat_stop(&conn->heartbeat);
}

void conn_fail(struct conn *conn, const struct conn_error *error)
{
    switch ((enum conn_phase)conn->phase) {
    case CONN_OPENING:
    case CONN_OPEN:
    case CONN_BLOCKED:
        conn_log_error(conn, error);
        conn_send_close(conn, error);
        break;
    case CONN_STARTING:
    case CONN_TUNING:
        // A peer that is not logged in learns nothing, and has to wait before the next attempt.
        conn_log_error(conn, error);
        conn_doom(conn);
        break;
    case CONN_CLOSED:
        conn_log_error(conn, error);
        break;
    case CONN_GREETING:
    case CONN_REFUSED:
    case CONN_DOOMED:
    case CONN_FINISHED:
    case CONN_PHASE_COUNT:
        break;
    }
}

static void describe_frame(struct text *text, const struct frame *frame, struct slice what)
{
    enum { SNIPPET_LEN = 16 };
    struct slice octets = frame->payload;
    bool all = octets.len <= SNIPPET_LEN;
    octets.len = all ? octets.len : SNIPPET_LEN;
    text_clear(text);
    text_format(text, "type %u, %s octets = ", (uint64_t)frame->type,
                all ? SLICE("all") : SLICE("first 16"));
    snippet_add(text, octets);
    if (what.len > 0) {
        text_add(text, SLICE(": "));
        text_add(text, what);
    }
}

void conn_fail_frame(struct conn *conn, const struct frame *frame, struct slice what)
{
    struct text text;
    describe_frame(&text, frame, what);
    conn_fail(conn, &(struct conn_error){
                        .reply = what.len > 0 ? AMQP_FRAME_ERROR : AMQP_UNEXPECTED_FRAME,
                        .channel = frame->channel,
                        .text = text_slice(&text),
                    });
}

void conn_fail_end(struct conn *conn, const struct frame *frame, uint8_t end)
{
    struct text what;
    text_clear(&what);
    text_format(&what, "{invalid_frame_end_marker,%u}", (uint64_t)end);
    conn_fail_frame(conn, frame, text_slice(&what));
    conn_doom(conn);
}

void conn_fail_size(struct conn *conn, const struct frame *frame, uint32_t payload_max)
{
    struct text what;
    text_clear(&what);
    text_format(&what, "{frame_too_large,%u,%u}", (uint64_t)frame->payload.len,
                (uint64_t)payload_max - FRAME_OVERHEAD);
    struct frame head = {.type = frame->type, .channel = frame->channel};
    conn_fail_frame(conn, &head, text_slice(&what));
    conn_doom(conn);
}

void conn_closed_frame(struct conn *conn, const struct frame *frame)
{
    enum { CLOSE = 10 << 16 | 50, CLOSE_OK = 10 << 16 | 51 };
    if (frame->channel != 0 || frame->type != FRAME_METHOD || frame->payload.len < 4) {
        return;
    }
    uint32_t id = wire_load_u32(frame->payload.ptr);
    if (id == CLOSE) {
        conn_reply(conn, 0, &(struct amqp_args){.method = METHOD_connection_close_ok});
    } else if (id == CLOSE_OK) {
        conn_log_closing(conn);
        engine_run_effects(conn->engine); // among them the answer to a close that crossed ours
        conn_finish(conn);
    }
}
