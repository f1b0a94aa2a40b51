#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/base64.h"
#include "admin/exchange_name.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/operation.h"
#include "admin/payload.h"
#include "queue/msg.h"

enum {
    GET_COUNT_MAX = 10000,
    GET_OCTETS_MAX = 16 * 1024 * 1024, // of an answer: with more than this no other message is got
};

/* basic.publish and basic.get by hand. */

/* The body that the request means, in *out. False, and answered, if it is none. */
static bool read_payload(struct call *call, const json_t *body, struct bytes *out)
{
    struct slice payload = operation_text(body, "payload");
    struct slice encoding = operation_text(body, "payload_encoding");
    if (slice_eq(encoding, SLICE("base64"))) {
        if (!base64_decode(payload, out)) {
            reply_bad_term(call->reply, "not_base64", payload);
            return false;
        }
        return true;
    }
    if (!slice_eq(encoding, SLICE("string"))) {
        reply_bad_term(call->reply, "unsupported_encoding", encoding);
        return false;
    }
    bytes_add(out, payload);
    return true;
}

static bool was_returned(const struct deputy *op)
{
    uint32_t at = 0;
    const struct effect *effect;
    while ((effect = deputy_next(op, &at))) {
        if (effect->kind == EFFECT_RETURN ||
            (effect->kind == EFFECT_CONFIRM && effect->flags & EFFECT_NEGATIVE)) {
            return true;
        }
    }
    return false;
}

static void answer_routed(struct call *call, bool routed)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_truth(w, "routed", routed);
    write_end(w);
}

/* Why a publish was refused, with the code in front as RabbitMQ's management shows it. */
static void refuse_publish(struct call *call, enum amqp_reply reply, struct slice why)
{
    struct text text = {.len = 0};
    text_add_u64(&text, reply);
    text_add_str(&text, " ");
    text_add_str(&text, amqp_reply_name(reply));
    text_add_str(&text, " - ");
    text_add(&text, why);
    reply_bad_request(call->reply, text_slice(&text));
}

/* With a confirm, so that the answer waits for the disk, and mandatory, to see if it went
 * anywhere. */
static void publish(struct call *call, const struct publish *publish)
{
    struct deputy op;
    struct amqp_confirm_select confirm = {.no_wait = true};
    if (!operation_open(call, &op, call->vhost)) {
        return;
    }
    broker_confirm_select(op.channel, &confirm, op.fx);
    enum amqp_reply reply = broker_publish(op.channel, publish, op.fx);
    bool routed = !reply && !was_returned(&op);
    struct text why = op.fx->error;
    call->reply->after = deputy_end(&op);
    if (reply) {
        refuse_publish(call, reply, text_slice(&why));
    } else {
        answer_routed(call, routed);
    }
}

static void publish_body(struct call *call, const json_t *body)
{
    struct bytes payload = {0}, properties = {0};
    const char *wrong = NULL;
    struct slice key = operation_text(body, "routing_key");
    if (!json_to_properties(json_object_get(body, "properties"), &properties, &wrong)) {
        reply_bad_term(call->reply, "not_valid",
                       (struct slice){(const uint8_t *)wrong, strlen(wrong)});
    } else if (key.len > UINT8_MAX) {
        reply_bad_request(call->reply, SLICE("routing key is too long"));
    } else if (read_payload(call, body, &payload)) {
        publish(call, &(struct publish){.exchange = exchange_name_of(call->arguments[0]),
                                        .routing_key = key,
                                        .properties = bytes_slice(&properties),
                                        .body = bytes_slice(&payload),
                                        .mandatory = true});
    }
    bytes_finish(&payload);
    bytes_finish(&properties);
}

void on_publish(struct call *call)
{
    static const char *const needed[] = {"routing_key", "properties", "payload", "payload_encoding",
                                         NULL};
    static const char *const texts[] = {"routing_key", "payload", "payload_encoding", NULL};
    json_t *body = operation_body(call);
    if (body && operation_needs(call, body, needed) && operation_texts(call, body, texts)) {
        publish_body(call, body);
    }
    json_decref(body);
}

/* What becomes of the messages that were got. */
struct ack_mode {
    const char *name;
    bool reject;
    bool requeue;
};

static const struct ack_mode ack_modes[] = {
    {"ack_requeue_true", false, true},
    {"ack_requeue_false", false, false},
    {"reject_requeue_true", true, true},
    {"reject_requeue_false", true, false},
};

struct getting {
    const struct ack_mode *mode;
    uint64_t count;
    struct payload_form form;
};

static void write_message(struct writer *w, const struct effect *effect, const struct msg *msg,
                          const struct getting *getting)
{
    write_object(w, NULL);
    write_u64(w, "payload_bytes", msg->body_len);
    write_truth(w, "redelivered", effect->flags & EFFECT_REDELIVERED);
    write_text(w, "exchange", msg_exchange(msg));
    write_text(w, "routing_key", msg_routing_key(msg));
    write_u64(w, "message_count", effect->count);
    write_properties(w, "properties", msg_properties(msg));
    write_payload(w, msg_body(msg), &getting->form);
    write_end(w);
}

/* Gets one message and writes it. False at the end, or if that is refused (*reply). */
static bool get_one(struct deputy *op, struct writer *w, struct slice queue,
                    const struct getting *getting, enum amqp_reply *reply)
{
    uint32_t at = op->fx->count - op->from;
    struct amqp_basic_get args = {.queue = queue};
    *reply = broker_basic_get(op->channel, &args, op->fx);
    const struct effect *effect;
    while (!*reply && (effect = deputy_next(op, &at))) {
        if (effect->kind == EFFECT_GET) {
            struct msg *msg = deputy_content(op, effect);
            if (msg) {
                write_message(w, effect, msg, getting);
            }
            msg_unref(msg);
            return true;
        }
    }
    return false;
}

/* All at once, at the end: what is put back is not got again. */
static void settle_all(struct deputy *op, const struct ack_mode *mode)
{
    if (!mode->reject && !mode->requeue) {
        struct amqp_basic_ack args = {.multiple = true};
        broker_basic_ack(op->channel, &args, op->fx);
    } else {
        struct amqp_basic_nack args = {.multiple = true, .requeue = mode->requeue};
        broker_basic_nack(op->channel, &args, op->fx);
    }
}

static void get(struct call *call, const struct getting *getting)
{
    struct answer answer;
    struct deputy op;
    uint64_t got = 0;
    enum amqp_reply reply = AMQP_OK;
    if (!operation_open(call, &op, call->vhost)) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    while (got < getting->count && call->reply->body.len < GET_OCTETS_MAX &&
           get_one(&op, w, call->arguments[0], getting, &reply)) {
        got++;
    }
    write_end(w);
    struct text why = op.fx->error;
    if (got > 0) {
        settle_all(&op, getting->mode);
    }
    op.fx->error = why;
    operation_end(call, &op, reply, HTTP_OK);
    if (reply == AMQP_NOT_FOUND) { // RabbitMQ says it as its client would hear it
        struct text text = {.len = 0};
        text_format(&text, "NOT_FOUND - %s", text_slice(&why));
        reply_error(call->reply, HTTP_NOT_FOUND, "not_found", text_slice(&text));
    }
}

/* RabbitMQ before 3.7 has `requeue` in place of `ackmode`. NULL for what is neither. */
static const struct ack_mode *mode_of(const json_t *body)
{
    const json_t *requeue = json_object_get(body, "requeue");
    struct slice name = operation_text(body, "ackmode");
    if (!json_object_get(body, "ackmode") && json_is_boolean(requeue)) {
        return &ack_modes[json_is_true(requeue) ? 0 : 1];
    }
    for (size_t i = 0; i < sizeof ack_modes / sizeof *ack_modes; i++) {
        const char *candidate = ack_modes[i].name;
        if (slice_eq(name, (struct slice){(const uint8_t *)candidate, strlen(candidate)})) {
            return &ack_modes[i];
        }
    }
    return NULL;
}

/* A whole number, also as a text of digits. */
static bool read_number(struct call *call, const json_t *value, const char *name, uint64_t *out)
{
    struct slice text = {(const uint8_t *)json_string_value(value), json_string_length(value)};
    bool fits = text.len > 0 && text.len < 10;
    *out = 0;
    for (size_t i = 0; i < text.len && fits; i++) {
        fits = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        *out = *out * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *out = (uint64_t)json_integer_value(value);
        fits = true;
    }
    if (!fits) {
        reply_bad_term(call->reply, "not_int", (struct slice){(const uint8_t *)name, strlen(name)});
    }
    return fits;
}

/* More than anybody looks at: what is got is in memory until the answer is sent. */

static bool read_getting(struct call *call, const json_t *body, struct getting *out)
{
    const json_t *truncate = json_object_get(body, "truncate");
    struct slice encoding = operation_text(body, "encoding");
    *out = (struct getting){
        .mode = mode_of(body),
        .form = {.truncate = UINT64_MAX, .base64 = slice_eq(encoding, SLICE("base64"))}};
    if (!out->mode) {
        reply_bad_term(call->reply, "unknown_ackmode", operation_text(body, "ackmode"));
        return false;
    }
    if (!out->form.base64 && !slice_eq(encoding, SLICE("auto"))) {
        reply_bad_request(call->reply, SLICE("Unsupported encoding. Please use auto or base64."));
        return false;
    }
    if (!read_number(call, json_object_get(body, "count"), "count", &out->count) ||
        (truncate && !read_number(call, truncate, "truncate", &out->form.truncate))) {
        return false;
    }
    out->count = out->count < GET_COUNT_MAX ? out->count : GET_COUNT_MAX;
    return true;
}

void on_get(struct call *call)
{
    static const char *const needed[] = {"ackmode", "count", "encoding", NULL};
    struct getting getting;
    json_t *body = operation_body(call);
    bool older = json_is_boolean(json_object_get(body, "requeue"));
    if (body && operation_needs(call, body, needed + older) && read_getting(call, body, &getting)) {
        get(call, &getting);
    }
    json_decref(body);
}
