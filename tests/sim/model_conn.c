#include "tests/sim/model_internal.h"

#include "amqp/table.h"

static uint32_t id_of(enum amqp_method method)
{
    return (uint32_t)amqp_class_id(method) << 16 | amqp_method_id(method);
}

static bool has_capability(struct slice properties, struct slice name)
{
    struct field_value capabilities, value;
    return table_get(properties, SLICE("capabilities"), &capabilities) &&
           table_get(capabilities.bytes, name, &value) && value.integer != 0;
}

/* Its session ends: first nobody on it takes messages any more, then all is given back. */
static void end_channels(struct model_conn *conn)
{
    struct list_node *node;
    list_each(it, &conn->channels) {
        model_channel_stop(container_of(it, struct model_channel, link));
    }
    while ((node = list_first(&conn->channels))) {
        struct model_channel *channel = container_of(node, struct model_channel, link);
        model_channel_end(channel);
        model_channel_free(channel);
    }
}

void model_conn_end(struct model_conn *conn)
{
    bool open = conn->phase == PHASE_OPEN;
    end_channels(conn);
    model_finish(conn->model);
    if (!open) {
        return;
    }
    list_each(it, &conn->vhost->queues) {
        struct model_queue *queue = container_of(it, struct model_queue, link);
        if (queue->owner == conn && !queue->deleted) {
            model_queue_remove(conn->model, queue);
        }
    }
}

/* Whoever is told of the end has been told of everything before it. */
static void check_confirmed(const struct model_channel *channel)
{
    if (!list_empty(&channel->unconfirmed)) {
        verdict_fail(channel->conn->model->verdict,
                     "connection %u channel %u: closed while a confirm is due", channel->conn->id,
                     channel->number);
    }
}

static void end_in_order(struct model_conn *conn)
{
    list_each(node, &conn->channels) {
        check_confirmed(container_of(node, struct model_channel, link));
    }
    model_conn_end(conn);
}

static void say_close(struct model_conn *conn, enum amqp_reply code, uint32_t method_id)
{
    struct amqp_args args = {.method = METHOD_connection_close,
                             .connection_close = {.reply_code = (uint16_t)code,
                                                  .class_id = (uint16_t)(method_id >> 16),
                                                  .method_id = (uint16_t)method_id}};
    end_in_order(conn);
    model_owe(conn, 0, &args);
    conn->phase = PHASE_CLOSED;
}

void model_conn_fail(struct model_conn *conn, enum amqp_reply code, uint32_t method_id)
{
    switch (conn->phase) {
    case PHASE_OPENING:
    case PHASE_OPEN:
        say_close(conn, code, method_id);
        break;
    case PHASE_GREETING:
    case PHASE_STARTING:
    case PHASE_TUNING:
        conn->phase = PHASE_DOOMED;
        break;
    case PHASE_REFUSED:
    case PHASE_CLOSED:
    case PHASE_DOOMED:
    case PHASE_GONE:
        break;
    }
}

void model_conn_tell_refusal(struct model_conn *conn)
{
    enum { PUT_OFF_MS = 100 }; // at least
    if (conn->phase == PHASE_REFUSED && conn->model->clock_ms >= conn->refused_at + PUT_OFF_MS) {
        conn->phase = PHASE_CLOSED;
        say_close(conn, AMQP_ACCESS_REFUSED, 0);
    }
}

static void take_greeting(struct model_conn *conn, const struct op *op)
{
    if (conn->phase != PHASE_GREETING) {
        return;
    }
    if (op->proper) {
        model_owe(conn, 0, &(struct amqp_args){.method = METHOD_connection_start});
        conn->phase = PHASE_STARTING;
    } else {
        conn->phase = PHASE_GONE;
    }
}

/* Passwords are "secret". Whoever is wrong hears of it only if it said that it wants to. */
static void take_start_ok(struct model_conn *conn, const struct amqp_connection_start_ok *ok)
{
    bool limited = slice_eq(ok->response, SLICE("\0limited\0secret"));
    if (!slice_eq(ok->mechanism, SLICE("PLAIN")) || ok->response.len == 0 ||
        ok->response.ptr[0] != 0) {
        conn->phase = PHASE_DOOMED;
        return;
    }
    conn->limited = limited;
    conn->close_notify =
        has_capability(ok->client_properties, SLICE("authentication_failure_close"));
    conn->cancel_notify = has_capability(ok->client_properties, SLICE("consumer_cancel_notify"));
    conn->blocked_notify = has_capability(ok->client_properties, SLICE("connection.blocked"));
    if (limited || slice_eq(ok->response, SLICE("\0guest\0secret"))) {
        model_owe(conn, 0, &(struct amqp_args){.method = METHOD_connection_tune});
        conn->phase = PHASE_TUNING;
    } else if (conn->close_notify) {
        conn->refused_at = conn->model->now_ms;
        conn->phase = PHASE_REFUSED;
    } else {
        conn->phase = PHASE_DOOMED;
    }
}

static void take_tune_ok(struct model_conn *conn, const struct amqp_connection_tune_ok *ok)
{
    if (ok->frame_max < 4096 || ok->frame_max > 131072 || ok->channel_max == 0 ||
        ok->channel_max > 2047) {
        conn->phase = PHASE_DOOMED;
        return;
    }
    conn->channel_max = ok->channel_max;
    conn->heartbeat_s = ok->heartbeat;
    conn->phase = PHASE_OPENING;
}

static void take_open(struct model_conn *conn, const struct amqp_connection_open *args)
{
    bool other = slice_eq(args->virtual_host, SLICE("other"));
    if (!other && !slice_eq(args->virtual_host, SLICE("/"))) {
        model_conn_fail(conn, AMQP_NOT_ALLOWED, id_of(METHOD_connection_open));
        return;
    }
    conn->vhost = &conn->model->vhosts[other ? 1 : 0];
    conn->phase = PHASE_OPEN;
    model_owe(conn, 0, &(struct amqp_args){.method = METHOD_connection_open_ok});
}

static void take_handshake_method(struct model_conn *conn, const struct op *op)
{
    const struct amqp_args *args = &op->args;
    if (op->channel != 0) {
        model_conn_fail(conn, AMQP_UNEXPECTED_FRAME, 0);
    } else if (conn->phase == PHASE_STARTING && args->method == METHOD_connection_start_ok) {
        take_start_ok(conn, &args->connection_start_ok);
    } else if (conn->phase == PHASE_TUNING && args->method == METHOD_connection_tune_ok) {
        take_tune_ok(conn, &args->connection_tune_ok);
    } else if (conn->phase == PHASE_OPENING && args->method == METHOD_connection_open) {
        take_open(conn, &args->connection_open);
    } else {
        model_conn_fail(conn, AMQP_CHANNEL_ERROR, id_of(args->method));
    }
}

static void take_closed_method(struct model_conn *conn, const struct op *op)
{
    if (op->channel != 0) {
        return;
    }
    if (op->args.method == METHOD_connection_close) {
        model_owe(conn, 0, &(struct amqp_args){.method = METHOD_connection_close_ok});
    } else if (op->args.method == METHOD_connection_close_ok) {
        conn->phase = PHASE_GONE;
        if (conn->model->durable) { // what waits for the journal by now is not said any more
            model_owe_nothing(conn);
        }
    }
}

static void take_connection_method(struct model_conn *conn, const struct op *op)
{
    if (op->args.method == METHOD_connection_close) {
        end_in_order(conn);
        model_owe(conn, 0, &(struct amqp_args){.method = METHOD_connection_close_ok});
        conn->phase = PHASE_CLOSED;
    } else if (op->args.method == METHOD_connection_update_secret) {
        model_owe(conn, 0, &(struct amqp_args){.method = METHOD_connection_update_secret_ok});
    } else {
        model_conn_fail(conn, AMQP_CHANNEL_ERROR, id_of(op->args.method));
    }
}

static uint16_t channel_count(const struct model_conn *conn)
{
    uint16_t count = 0;
    list_each(node, &conn->channels) {
        count++;
    }
    return count;
}

static void take_first_method(struct model_conn *conn, const struct op *op)
{
    if (channel_count(conn) >= conn->channel_max) {
        model_conn_fail(conn, AMQP_NOT_ALLOWED, 0);
    } else if (op->channel > conn->channel_max || op->args.method != METHOD_channel_open) {
        model_conn_fail(conn, AMQP_CHANNEL_ERROR, id_of(op->args.method));
    } else {
        model_channel_open(conn, op->channel);
    }
}

static void take_closing_method(struct model_channel *channel, const struct op *op)
{
    if (op->args.method == METHOD_channel_close) {
        model_owe_ok(channel, METHOD_channel_close_ok);
    } else if (op->args.method == METHOD_channel_close_ok) {
        model_channel_free(channel);
    } else if (op->args.method == METHOD_channel_open) {
        model_conn_fail(channel->conn, AMQP_CHANNEL_ERROR, id_of(METHOD_channel_open));
    }
}

static void fail_channel(struct model_channel *channel, enum amqp_reply code, uint32_t method_id)
{
    struct amqp_args args = {.method = METHOD_channel_close,
                             .channel_close = {.reply_code = (uint16_t)code,
                                               .class_id = (uint16_t)(method_id >> 16),
                                               .method_id = (uint16_t)method_id}};
    check_confirmed(channel);
    model_channel_end(channel);
    channel->closing = true;
    model_owe(channel->conn, channel->number, &args);
}

static enum amqp_reply do_channel_open(struct model_channel *channel, const struct op *op)
{
    (void)channel, (void)op;
    return AMQP_CHANNEL_ERROR;
}

static enum amqp_reply do_channel_close(struct model_channel *channel, const struct op *op)
{
    (void)op;
    check_confirmed(channel);
    model_channel_end(channel);
    model_owe_ok(channel, METHOD_channel_close_ok);
    model_channel_free(channel);
    return AMQP_OK;
}

static enum amqp_reply do_channel_flow(struct model_channel *channel, const struct op *op)
{
    if (!op->args.channel_flow.active) {
        return AMQP_NOT_IMPLEMENTED;
    }
    model_owe_ok(channel, METHOD_channel_flow_ok);
    return AMQP_OK;
}

static enum amqp_reply do_access_request(struct model_channel *channel, const struct op *op)
{
    (void)op;
    model_owe_ok(channel, METHOD_access_request_ok);
    return AMQP_OK;
}

static model_handler *const handlers[METHOD_COUNT] = {
    [METHOD_channel_open] = do_channel_open,
    [METHOD_channel_close] = do_channel_close,
    [METHOD_channel_flow] = do_channel_flow,
    [METHOD_access_request] = do_access_request,
    [METHOD_exchange_declare] = model_exchange_declare,
    [METHOD_exchange_delete] = model_exchange_delete,
    [METHOD_exchange_bind] = model_exchange_bind,
    [METHOD_exchange_unbind] = model_exchange_unbind,
    [METHOD_queue_declare] = model_queue_declare,
    [METHOD_queue_bind] = model_queue_bind,
    [METHOD_queue_unbind] = model_queue_unbind,
    [METHOD_queue_purge] = model_queue_purge,
    [METHOD_queue_delete] = model_queue_delete,
    [METHOD_basic_qos] = model_basic_qos,
    [METHOD_basic_consume] = model_basic_consume,
    [METHOD_basic_cancel] = model_basic_cancel,
    [METHOD_basic_publish] = model_publish,
    [METHOD_basic_get] = model_basic_get,
    [METHOD_basic_ack] = model_basic_ack,
    [METHOD_basic_nack] = model_basic_nack,
    [METHOD_basic_reject] = model_basic_reject,
    [METHOD_basic_recover] = model_basic_recover,
    [METHOD_basic_recover_async] = model_basic_recover_async,
    [METHOD_confirm_select] = model_confirm_select,
    [METHOD_tx_select] = model_tx_select,
    [METHOD_tx_commit] = model_tx_commit,
    [METHOD_tx_rollback] = model_tx_rollback,
};

static void take_channel_method(struct model_channel *channel, const struct op *op)
{
    model_handler *handler = handlers[op->args.method];
    enum amqp_reply code = handler ? handler(channel, op) : AMQP_COMMAND_INVALID;
    if (code && amqp_reply_is_hard(code)) {
        model_conn_fail(channel->conn, code, id_of(op->args.method));
    } else if (code) {
        fail_channel(channel, code, id_of(op->args.method));
    }
}

static void take_method(struct model_conn *conn, const struct op *op)
{
    struct model_channel *channel = conn->lines[model_line_of(op->channel)].channel;
    if (op->channel == 0) {
        take_connection_method(conn, op);
    } else if (!channel) {
        take_first_method(conn, op);
    } else if (channel->closing) {
        take_closing_method(channel, op);
    } else {
        take_channel_method(channel, op);
    }
}

/* The first thing on channel 0 that is not accounted for is connection.close. */
bool model_said_close(const struct model_conn *conn)
{
    list_each(node, &conn->tape->unexplained) {
        const struct heard *heard = container_of(node, struct heard, link);
        if (heard->args.method == METHOD_connection_close) {
            return true;
        }
    }
    return false;
}

/* The first frame of a content is a method like any other. Other frames that are broken are told of
 * with the ids of whatever they look like, or none. */
static void take_broken(struct model_conn *conn, const struct op *op)
{
    struct model_channel *channel =
        op->channel > 0 ? conn->lines[model_line_of(op->channel)].channel : NULL;
    if (channel && channel->closing && !op->anywhere) {
        return;
    }
    if (!channel && op->publishes) {
        take_first_method(conn, op);
        return;
    }
    if (op->code || model_said_close(conn)) {
        model_conn_fail(conn, op->code, 0);
        struct list_node *last = conn->lines[0].owed.head.prev;
        if (conn->phase == PHASE_CLOSED && last != &conn->lines[0].owed.head) {
            struct owed *owed = container_of(last, struct owed, link);
            owed->any_ids = true;
            owed->any_code = !op->code;
        }
    }
    if (op->deaf && conn->phase == PHASE_CLOSED) {
        conn->phase = PHASE_DOOMED;
    }
}

void model_conn_operation(struct model_conn *conn, const struct op *op)
{
    if (conn->phase == PHASE_GONE || conn->phase == PHASE_DOOMED || conn->phase == PHASE_REFUSED ||
        op->kind == OP_HEARTBEAT) {
        return;
    }
    if (op->kind == OP_GREETING || conn->phase == PHASE_GREETING) {
        take_greeting(conn, op);
    } else if (op->kind == OP_BROKEN) {
        take_broken(conn, op);
    } else if (conn->phase == PHASE_CLOSED) {
        take_closed_method(conn, op);
    } else if (conn->phase != PHASE_OPEN) {
        take_handshake_method(conn, op);
    } else {
        take_method(conn, op);
    }
}

bool model_is_open(const struct model_conn *conn)
{
    return conn->phase == PHASE_OPEN;
}

bool model_is_ended(const struct model_conn *conn)
{
    return conn->phase == PHASE_GONE;
}

bool model_in_handshake(const struct model_conn *conn)
{
    return conn->phase < PHASE_OPEN;
}

uint16_t model_heartbeat_s(const struct model_conn *conn)
{
    return conn->heartbeat_s;
}
