#include "admin/operation.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "admin/json_table.h"
#include "base/text.h"
#include "broker/event.h"
#include "conf/format.h"

json_t *operation_body(struct call *call)
{
    struct slice body = call->request->body;
    json_error_t error;
    json_t *value = body.len > 0
                        ? json_loadb((const char *)body.ptr, body.len, JSON_ALLOW_NUL, &error)
                        : json_object();
    if (!json_is_object(value)) {
        json_decref(value);
        reply_bad_request(call->reply, SLICE("not_json"));
        return NULL;
    }
    return value;
}

void operation_begin(struct call *call, struct deputy *op)
{
    deputy_begin(op, call->api->options.engine, call->request->now_ms);
    broker_set_actor(op->broker, call->user);
}

/* The statuses are RabbitMQ's: what permissions refuse is 401, what is not there 404. */
static void refuse(struct call *call, enum amqp_reply reply, struct slice why)
{
    if (reply == AMQP_ACCESS_REFUSED || reply == AMQP_NOT_ALLOWED) {
        reply_not_authorised(call->reply, "Access refused.");
    } else if (reply == AMQP_NOT_FOUND) {
        reply_error(call->reply, HTTP_NOT_FOUND, "not_found", why);
    } else {
        reply_bad_request(call->reply, why);
    }
}

bool operation_open(struct call *call, struct deputy *op, struct slice vhost)
{
    operation_begin(call, op);
    enum amqp_reply reply = call->trusted ? deputy_open_trusted(op, call->user, vhost)
                                          : deputy_open(op, call->user, vhost);
    if (!reply) {
        return true;
    }
    bool exists = broker_find_vhost(call_broker(call), vhost);
    struct text why = op->fx->error;
    deputy_end(op);
    if (!exists) {
        reply_error(call->reply, HTTP_NOT_FOUND, "not_found", SLICE("vhost_not_found"));
    } else {
        refuse(call, reply, text_slice(&why));
    }
    return false;
}

void operation_end(struct call *call, struct deputy *op, enum amqp_reply reply,
                   enum http_status status)
{
    struct text why = op->fx->error;
    uint64_t after = deputy_end(op);
    call->reply->after = after > call->reply->after ? after : call->reply->after;
    if (reply) {
        refuse(call, reply, text_slice(&why));
    } else {
        call->reply->status = (uint16_t)status;
    }
}

static struct slice text_of(const json_t *value)
{
    return (struct slice){(const uint8_t *)json_string_value(value), json_string_length(value)};
}

bool operation_flag(struct call *call, const json_t *body, const char *name, bool *out)
{
    const json_t *value = json_object_get(body, name);
    if (json_is_boolean(value)) {
        *out = json_is_true(value);
    } else if (json_is_string(value) && slice_eq(text_of(value), SLICE("true"))) {
        *out = true;
    } else if (json_is_string(value) && slice_eq(text_of(value), SLICE("false"))) {
        *out = false;
    } else if (value && !json_is_null(value)) {
        reply_bad_term(call->reply, "not_boolean",
                       json_is_string(value) ? text_of(value) : format_slice(name));
        return false;
    }
    return true;
}

struct slice operation_text(const json_t *body, const char *name)
{
    const json_t *value = json_object_get(body, name);
    return json_is_string(value) ? text_of(value) : SLICE("");
}

/* A term of Erlang: those of the names that are missing, with this between them. */
static struct text list_missing(const json_t *body, const char *const *names, const char *between)
{
    struct text missing = {.len = 0};
    text_add_str(&missing, "[");
    for (; *names; names++) {
        if (!json_object_get(body, *names)) {
            text_add_str(&missing, missing.len > 1 ? between : "");
            text_format(&missing, "{key_missing,%s}", format_slice(*names));
        }
    }
    text_add_str(&missing, "]");
    return missing;
}

bool operation_needs(struct call *call, const json_t *body, const char *const *names)
{
    enum { NOTHING = sizeof "[]" - 1, LINE = 80 };
    struct text missing = list_missing(body, names, ",");
    if (missing.len == NOTHING) {
        return true;
    }
    if (missing.len > LINE) { // Erlang goes on in the next line
        missing = list_missing(body, names, ",\n ");
    }
    reply_bad_request(call->reply, text_slice(&missing));
    return false;
}

bool operation_texts(struct call *call, const json_t *body, const char *const *names)
{
    for (; *names; names++) {
        const json_t *value = json_object_get(body, *names);
        if (value && !json_is_string(value)) {
            reply_bad_term(call->reply, "not_a_text", format_slice(*names));
            return false;
        }
    }
    return true;
}

void operation_add_term(const json_t *value, struct bytes *out)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    format_add(out, json_is_string(value) ? "<<%s>>" : "%s", text ? text : "");
    free(text);
}

bool operation_arguments(struct call *call, const json_t *body, struct bytes *table)
{
    const json_t *arguments = json_object_get(body, "arguments");
    bool none = !arguments || json_is_null(arguments) ||
                (json_is_array(arguments) && json_array_size(arguments) == 0);
    if (none || (json_is_object(arguments) && json_to_table(arguments, table))) {
        return true;
    }
    reply_bad_request(call->reply, SLICE("arguments: not a table"));
    return false;
}

bool operation_has_queue(struct call *call, struct slice vhost, struct slice name)
{
    struct queue_view view;
    struct view_scope scope = {.vhost = vhost, .arena = &call->arena};
    return view_queue(call_broker(call), &scope, name, &view);
}

bool operation_has_exchange(struct call *call, struct slice vhost, struct slice name)
{
    struct exchange_view view;
    struct view_scope scope = {.vhost = vhost, .arena = &call->arena};
    return view_exchange(call_broker(call), &scope, name, &view);
}
