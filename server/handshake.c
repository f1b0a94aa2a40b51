#include "server/handshake.h"

#include <string.h>

#include "amqp/table.h"
#include "base/wire.h"
#include "broker/session.h"
#include "broker/user.h"
#include "server/conn_close.h"
#include "server/conn_events.h"
#include "server/conn_internal.h"
#include "server/conn_log.h"
#include "server/login_attempts.h"
#include "server/peer_ends.h"
#include "server/server_properties.h"

enum {
    FRAME_MAX_LEAST = 4096, // that may be negotiated
    CHANNEL_MAX_LEAST = 1,
};

/* Takes the first word off a list separated by spaces; empty at its end. */
static struct slice take_word(struct slice *list)
{
    const uint8_t *space = list->len ? memchr(list->ptr, ' ', list->len) : NULL;
    struct slice word = {list->ptr, space ? (size_t)(space - list->ptr) : list->len};
    size_t used = space ? word.len + 1 : word.len;
    *list = (struct slice){list->ptr + used, list->len - used};
    return word;
}

/* A certificate that has been verified is an offer in itself; the others are a setting. */
static bool offers(const struct conn *conn, enum sasl_mechanism mechanism)
{
    if (mechanism == SASL_EXTERNAL) {
        return conn->tls && conn->external_user;
    }
    struct slice list = conn->engine->options.mechanisms;
    while (list.len > 0) {
        if (sasl_mechanism_of(take_word(&list)) == mechanism) {
            return mechanism != SASL_UNKNOWN;
        }
    }
    return false;
}

/* The mechanisms of the setting that there are, and EXTERNAL for those who can use it. */
static void add_mechanisms(const struct conn *conn, struct bytes *out)
{
    struct slice list = conn->engine->options.mechanisms;
    while (list.len > 0) {
        struct slice word = take_word(&list);
        enum sasl_mechanism mechanism = sasl_mechanism_of(word);
        if (mechanism != SASL_EXTERNAL && mechanism != SASL_UNKNOWN) {
            bytes_add(out, out->len ? SLICE(" ") : SLICE(""));
            bytes_add(out, word);
        }
    }
    if (offers(conn, SASL_EXTERNAL)) {
        bytes_add(out, out->len ? SLICE(" EXTERNAL") : SLICE("EXTERNAL"));
    }
}

static void send_start(struct conn *conn)
{
    struct bytes properties = {0};
    struct bytes mechanisms = {0};
    server_properties_add(&properties, &conn->engine->options);
    add_mechanisms(conn, &mechanisms);
    struct amqp_args args = {
        .method = METHOD_connection_start,
        .connection_start = {.version_major = 0,
                             .version_minor = 9,
                             .server_properties = bytes_slice(&properties),
                             .mechanisms = bytes_slice(&mechanisms),
                             .locales = SLICE("en_US")},
    };
    conn_send_method(conn, &args);
    bytes_finish(&properties);
    bytes_finish(&mechanisms);
}

static void refuse_protocol(struct conn *conn)
{
    struct slice ours = SLICE("AMQP\0\0\x09\x01");
    output_add(&conn->out, &conn->engine->pool, ours);
    conn_log_ended(conn, SLICE("client did not start with the protocol header of AMQP 0-9-1"));
    conn_finish(conn);
}

/* The protocol header: "AMQP" 0 0 9 1, or that of 0-9, which is the same to us. */
size_t handshake_greeting(struct conn *conn, struct slice input)
{
    enum { HEADER_SIZE = 8 };
    if (input.len < HEADER_SIZE) {
        return 0;
    }
    struct slice header = {input.ptr, HEADER_SIZE};
    if (slice_eq(header, SLICE("AMQP\0\0\x09\x01")) ||
        slice_eq(header, SLICE("AMQP\x01\x01\0\x09"))) {
        send_start(conn);
        conn_set_phase(conn, CONN_STARTING);
    } else {
        refuse_protocol(conn);
    }
    return HEADER_SIZE;
}

static void fail(struct conn *conn, enum amqp_reply reply, const struct amqp_args *args,
                 struct slice text)
{
    conn_fail(conn, &(struct conn_error){
                        .reply = reply,
                        .class_id = args ? amqp_class_id(args->method) : 0,
                        .method_id = args ? amqp_method_id(args->method) : 0,
                        .text = text,
                    });
}

static bool has_capability(struct slice capabilities, struct slice name)
{
    struct field_value value;
    return table_get(capabilities, name, &value) && value.type == 't' && value.integer != 0;
}

static void take_client_properties(struct conn *conn, struct slice properties)
{
    struct field_value value;
    conn->client_properties = blob_new(properties);
    if (table_get(properties, SLICE("capabilities"), &value) && value.type == 'F') {
        conn->close_notify = has_capability(value.bytes, SLICE("authentication_failure_close"));
        conn->blocked_notify = has_capability(value.bytes, SLICE("connection.blocked"));
        conn->cancel_notify = has_capability(value.bytes, SLICE("consumer_cancel_notify"));
    }
    if (table_get(properties, SLICE("connection_name"), &value) && value.type == 'S') {
        conn->given_name = blob_new(value.bytes);
        conn_log_named(conn);
    }
}

static struct slice mechanism_of(const struct conn *conn)
{
    const char *name = sasl_mechanism_name((enum sasl_mechanism)conn->mechanism);
    return (struct slice){(const uint8_t *)name, strlen(name)};
}

/* Takes note of a login, and returns for how long its refusal is to be put off. */
static uint32_t count_login(const struct conn *conn, struct slice user, bool succeeded)
{
    struct login_attempt attempt = {.address = peer_ends_of(blob_slice(conn->name)).peer_host,
                                    .user = user,
                                    .protocol = LOGIN_AMQP,
                                    .succeeded = succeeded};
    return login_attempts_add(conn->engine->logins, &attempt);
}

/* A client that knows how is told with 403, once its source has been made to wait; any other hears
 * nothing, and has to wait longer than that. The reason is in the log. */
static void refuse_login(struct conn *conn, uint32_t delay_ms, const struct text *why)
{
    struct text text;
    text_clear(&text);
    text_format(&text, "%s login refused: %s", mechanism_of(conn), text_slice(why));
    conn_log_refused_login(conn, text_slice(&text));
    if (!conn->close_notify) {
        conn_doom(conn);
        return;
    }
    conn_set_phase(conn, CONN_REFUSED);
    conn->limit_at_ms = conn->engine->now_ms + delay_ms;
}

void handshake_tell_refusal(struct conn *conn)
{
    struct text text;
    text_clear(&text);
    text_format(&text,
                "Login was refused using authentication mechanism %s. For details see the broker "
                "logfile.",
                mechanism_of(conn));
    struct conn_error error = {.reply = AMQP_ACCESS_REFUSED, .text = text_slice(&text)};
    conn_send_close(conn, &error);
}

/* True if the login is who it says; else why not. */
static bool check_login(const struct conn *conn, enum sasl_mechanism mechanism,
                        const struct sasl_login *login, struct text *why)
{
    const struct authenticator *auth = &conn->engine->options.authenticator;
    struct user user;
    bool proven = mechanism == SASL_EXTERNAL || mechanism == SASL_ANONYMOUS;
    text_clear(why);
    if (proven ? !broker_find_user(conn->engine->broker, login->user, &user)
               : !auth->password_matches(auth->context, login->user, login->password)) {
        text_format(why, "user '%s' - invalid credentials", login->user);
        return false;
    }
    if (!conn->loopback && !auth->remote_allowed(auth->context, login->user)) {
        text_format(why, "user '%s' can only connect via localhost", login->user);
        return false;
    }
    return true;
}

static void send_tune(struct conn *conn)
{
    const struct engine_options *options = &conn->engine->options;
    struct amqp_args args = {
        .method = METHOD_connection_tune,
        .connection_tune = {.channel_max = options->channel_max,
                            .frame_max = options->frame_max,
                            .heartbeat = options->heartbeat_s},
    };
    conn_send_method(conn, &args);
}

static void log_in(struct conn *conn, const struct amqp_args *args)
{
    enum sasl_mechanism mechanism = sasl_mechanism_of(args->connection_start_ok.mechanism);
    struct sasl_login login;
    struct text problem;
    if (!sasl_parse(mechanism, args->connection_start_ok.response, &login, &problem)) {
        count_login(conn, SLICE(""), false);
        fail(conn, AMQP_SYNTAX_ERROR, args, text_slice(&problem));
        return;
    }
    if (mechanism == SASL_EXTERNAL) {
        login.user = blob_slice(conn->external_user);
    } else if (mechanism == SASL_ANONYMOUS) {
        login.user = conn->engine->options.anonymous_user;
    }
    conn->mechanism = (uint8_t)mechanism;
    bool right = check_login(conn, mechanism, &login, &problem);
    uint32_t delay_ms = count_login(conn, login.user, right);
    if (!right) {
        conn_event_login(conn, login.user, text_slice(&problem));
        refuse_login(conn, delay_ms, &problem);
        return;
    }
    conn_event_login(conn, login.user, (struct slice){0});
    conn->user = blob_new(login.user);
    send_tune(conn);
    conn_set_phase(conn, CONN_TUNING);
}

static void on_start_ok(struct conn *conn, const struct amqp_args *args)
{
    struct slice mechanism = args->connection_start_ok.mechanism;
    if (!offers(conn, sasl_mechanism_of(mechanism))) {
        struct text text;
        text_clear(&text);
        text_format(&text, "unknown authentication mechanism '%s'", mechanism);
        fail(conn, AMQP_COMMAND_INVALID, args, text_slice(&text));
        return;
    }
    take_client_properties(conn, args->connection_start_ok.client_properties);
    log_in(conn, args);
}

/* A value that both sides must be content with; 0 means "no limit" on either side. */
struct negotiated {
    struct slice name;
    uint64_t client;
    uint64_t server;
    uint64_t least;
};

static bool acceptable(const struct negotiated *n, struct text *problem)
{
    bool low = n->client != 0 && n->client < n->least;
    bool high = n->server != 0 && (n->client == 0 || n->client > n->server);
    if (!low && !high) {
        return true;
    }
    text_clear(problem);
    text_format(problem, "negotiated %s = %u is %s than the %s allowed value (%u)", n->name,
                n->client, low ? SLICE("lower") : SLICE("higher"),
                low ? SLICE("minimum") : SLICE("maximum"), low ? n->least : n->server);
    return false;
}

static void on_tune_ok(struct conn *conn, const struct amqp_args *args)
{
    const struct amqp_connection_tune_ok *tune = &args->connection_tune_ok;
    const struct engine_options *options = &conn->engine->options;
    struct negotiated frame_max = {SLICE("frame_max"), tune->frame_max, options->frame_max,
                                   FRAME_MAX_LEAST};
    struct negotiated channel_max = {SLICE("channel_max"), tune->channel_max, options->channel_max,
                                     CHANNEL_MAX_LEAST};
    struct text problem;
    if (!acceptable(&frame_max, &problem) || !acceptable(&channel_max, &problem)) {
        fail(conn, AMQP_NOT_ALLOWED, args, text_slice(&problem));
        return;
    }
    conn->channel_max = tune->channel_max;
    conn->heartbeat_s = tune->heartbeat;
    conn->payload_max = tune->frame_max ? tune->frame_max : UNLIMITED_PAYLOAD_MAX;
    conn->body_max = tune->frame_max ? tune->frame_max - FRAME_OVERHEAD : UINT32_MAX;
    heartbeat_start(&conn->heartbeat, tune->heartbeat, conn->engine->now_ms);
    conn_set_phase(conn, CONN_OPENING);
}

static void enter_open(struct conn *conn)
{
    struct engine *engine = conn->engine;
    engine->open_count++;
    conn->limit_at_ms = UINT64_MAX;
    conn_set_phase(conn, CONN_OPEN);
    struct amqp_args reply = {.method = METHOD_connection_open_ok};
    conn_reply(conn, 0, &reply);
    session_set_window(conn->session, OUTPUT_WINDOW, &engine->fx);
    conn_log_opened(conn);
    conn_event_opened(conn);
}

static void on_open(struct conn *conn, const struct amqp_args *args)
{
    struct engine *engine = conn->engine;
    uint32_t max = engine->options.connections_max;
    if (engine->options.limit_connections && engine->open_count >= max) {
        struct text text;
        text_clear(&text);
        text_format(&text, "connection refused: node connection limit (%u) is reached",
                    (uint64_t)max);
        fail(conn, AMQP_NOT_ALLOWED, args, text_slice(&text));
        return;
    }
    struct session_options options = {
        .conn = conn->id,
        .user = blob_slice(conn->user),
        .vhost = args->connection_open.virtual_host,
        .name = blob_slice(conn->name),
        .cancel_notify = conn->cancel_notify,
    };
    enum amqp_reply reply =
        broker_open_session(engine->broker, &options, &conn->session, &engine->fx);
    if (reply) {
        struct text reason = engine->fx.error;
        fail(conn, reply, args, text_slice(&reason));
        return;
    }
    conn->vhost = blob_new(args->connection_open.virtual_host);
    session_count_octets(conn->session, conn->received, conn->sent);
    enter_open(conn);
}

static void run_method(struct conn *conn, const struct amqp_args *args)
{
    if (conn->phase == CONN_STARTING && args->method == METHOD_connection_start_ok) {
        on_start_ok(conn, args);
    } else if (conn->phase == CONN_TUNING && args->method == METHOD_connection_tune_ok) {
        on_tune_ok(conn, args);
    } else if (conn->phase == CONN_OPENING && args->method == METHOD_connection_open) {
        on_open(conn, args);
    } else {
        struct text text;
        text_clear(&text);
        text_add_str(&text, "unexpected method in connection state ");
        text_add_str(&text, conn_phase_name((enum conn_phase)conn->phase));
        fail(conn, AMQP_CHANNEL_ERROR, args, text_slice(&text));
    }
}

void handshake_frame(struct conn *conn, const struct frame *frame)
{
    bool heartbeat = frame->type == FRAME_HEARTBEAT && frame->payload.len == 0;
    if (frame->channel != 0) {
        conn_fail_frame(conn, frame, SLICE(""));
    } else if (heartbeat) {
        return;
    } else if (frame->type != FRAME_METHOD || frame->payload.len < 4) {
        bool known = frame->type == FRAME_HEADER || frame->type == FRAME_BODY;
        conn_fail_frame(conn, frame, known ? SLICE("") : SLICE("unknown_frame"));
    } else {
        struct amqp_args args;
        enum amqp_reply reply = amqp_decode(frame->payload, &args);
        if (reply) {
            fail(conn, reply, NULL, SLICE("malformed method"));
        } else {
            run_method(conn, &args);
        }
    }
}
