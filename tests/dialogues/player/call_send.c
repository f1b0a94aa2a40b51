#include "tests/dialogues/player/call.h"

#include <stdlib.h>

#include "amqp/frame.h"
#include "base/wire.h"

enum { ENCODED_MAX = 32 << 20, FRAME_MAX_DEFAULT = 131072 };

static const char *set_field(const struct field *field, void *base, const struct value *value)
{
    bool text = value->kind == VALUE_TEXT;
    bool table = field->type == FIELD_table;
    if (field_is_number(field)) {
        if (!text && value->kind != VALUE_NUMBER) {
            return "a number is wanted";
        }
        uint64_t number =
            text ? strtoull((const char *)value->text.ptr, NULL, 10) : (uint64_t)value->number;
        field_set_number(field, base, number);
        return NULL;
    }
    if (table ? value->kind != VALUE_TABLE : !text) {
        return table ? "a table is wanted" : "a string is wanted";
    }
    if (table && value->gaps) {
        return "what is sent leaves nothing open";
    }
    field_set_octets(field, base, value->text);
    return NULL;
}

/* What a call says, ready to be encoded. */
struct content {
    struct amqp_args args;
    struct amqp_properties properties;
    struct slice body;
};

static const char *fill(const struct call *call, struct content *out)
{
    const char *error = NULL;
    *out = (struct content){.args = {.method = call->method}};
    for (struct argument *at = call->arguments; at && !error; at = at->next) {
        if (!at->field) {
            out->body = at->value.text;
            error = at->value.kind == VALUE_TEXT ? NULL : "a body is a string";
        } else if (at->property) {
            out->properties.flags |= at->field->flag;
            error = set_field(at->field, &out->properties, &at->value);
        } else {
            error = set_field(at->field, fields_base(&out->args), &at->value);
        }
    }
    return error;
}

static const char *send_args(const struct amqp_args *args, struct peer *peer, uint16_t channel)
{
    struct bytes payload = {0};
    for (size_t cap = 4096; payload.len == 0 && cap <= ENCODED_MAX; cap *= 2) {
        payload.len = amqp_encode(args, bytes_reserve(&payload, cap), cap);
    }
    const char *error = payload.len ? NULL : "the method cannot be encoded";
    if (!error) {
        peer_send_frame(peer, FRAME_METHOD, channel, bytes_slice(&payload));
    }
    bytes_finish(&payload);
    return error;
}

/* Class, weight and size of a content header. */
struct content_head {
    uint16_t class_id;
    uint16_t weight;
    uint64_t size;
};

static const char *send_header(struct content_head head, const struct amqp_properties *properties,
                               struct peer *peer, uint16_t channel)
{
    struct bytes payload = {0};
    size_t len = 0;
    for (size_t cap = 4096; len == 0 && cap <= ENCODED_MAX; cap *= 2) {
        uint8_t *room = bytes_reserve(&payload, CONTENT_HEAD_SIZE + cap);
        struct wire_writer w = {.pos = room, .end = room + CONTENT_HEAD_SIZE};
        wire_put_u16(&w, head.class_id);
        wire_put_u16(&w, head.weight);
        wire_put_u64(&w, head.size);
        len = properties_encode(properties, room + CONTENT_HEAD_SIZE, cap);
    }
    payload.len = CONTENT_HEAD_SIZE + len;
    if (len) {
        peer_send_frame(peer, FRAME_HEADER, channel, bytes_slice(&payload));
    }
    bytes_finish(&payload);
    return len ? NULL : "the properties cannot be encoded";
}

static void send_body(struct slice body, struct peer *peer, uint16_t channel)
{
    size_t max = (peer->frame_max ? peer->frame_max : FRAME_MAX_DEFAULT) - FRAME_OVERHEAD;
    while (body.len > 0) {
        struct slice part = {body.ptr, body.len < max ? body.len : max};
        peer_send_frame(peer, FRAME_BODY, channel, part);
        body.ptr += part.len;
        body.len -= part.len;
    }
}

/* What a method that is sent means to the connection itself. */
static void note_sent(const struct amqp_args *args, struct peer *peer)
{
    if (args->method == METHOD_connection_tune_ok) {
        peer->frame_max = args->connection_tune_ok.frame_max;
    } else if (args->method == METHOD_connection_close ||
               args->method == METHOD_connection_close_ok) {
        peer->open = false;
    }
}

const char *call_send_method(const struct call *call, struct peer *peer, uint16_t channel)
{
    struct content content;
    const char *error = fill(call, &content);
    if (error) {
        return error;
    }
    note_sent(&content.args, peer);
    return send_args(&content.args, peer, channel);
}

const char *call_send(const struct call *call, struct peer *peer, uint16_t channel)
{
    if (call->heartbeat) {
        peer_send_frame(peer, FRAME_HEARTBEAT, channel, SLICE(""));
        return NULL;
    }
    struct content content;
    const char *error = fill(call, &content);
    if (error) {
        return error;
    }
    note_sent(&content.args, peer);
    error = send_args(&content.args, peer, channel);
    if (!error && amqp_method_has_content(call->method)) {
        struct content_head head = {amqp_class_id(call->method), 0, content.body.len};
        error = send_header(head, &content.properties, peer, channel);
        send_body(content.body, peer, channel);
    }
    return error;
}

const char *call_send_header(struct scanner *scan, struct peer *peer, uint16_t channel)
{
    struct content_head head = {.class_id = 60};
    struct amqp_properties properties = {0};
    const char *error = NULL;
    while (!error && !scan->error && !scan_at_end(scan)) {
        struct slice name = scan_word(scan);
        const struct field *field = field_named(fields_of_properties(), name);
        struct value value = {0};
        if (scan_char(scan, '=')) {
            value = scan_value(scan);
        }
        if (slice_eq(name, SLICE("class"))) {
            head.class_id = (uint16_t)value.number;
        } else if (slice_eq(name, SLICE("weight"))) {
            head.weight = (uint16_t)value.number;
        } else if (slice_eq(name, SLICE("size"))) {
            head.size = (uint64_t)value.number;
        } else if (field) {
            properties.flags |= field->flag;
            error = set_field(field, &properties, &value);
        } else {
            error = "a header has class, weight, size and properties";
        }
    }
    return error ? error : send_header(head, &properties, peer, channel);
}
