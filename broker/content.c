#include "broker/content.h"

#include "amqp/table.h"
#include "base/blob.h"
#include "base/check.h"
#include "broker/broker_internal.h"
#include "broker/queue_arguments.h"
#include "broker/reply_to.h"

static enum amqp_reply check_user_id(struct channel *channel, struct slice user_id,
                                     struct effects *fx)
{
    struct session *session = channel->session;
    struct user user;
    if (slice_eq(user_id, session->user)) {
        return AMQP_OK;
    }
    if (broker_find_user(session->broker, session->user, &user) &&
        user_has_tag(&user, SLICE("impersonator"))) {
        return AMQP_OK;
    }
    return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                          "user_id property set to '%s' but authenticated user was '%s'", user_id,
                          session->user);
}

/* The number that these digits make, or a little more than the longest time. */
static int64_t read_time(struct slice digits)
{
    int64_t value = 0;
    for (size_t at = 0; at < digits.len && value <= QUEUE_TIME_MAX_MS; at++) {
        value = value * 10 + (digits.ptr[at] - '0');
    }
    return value;
}

/* A whole number of milliseconds, with an optional sign as Erlang's string:to_integer has it. */
static enum amqp_reply check_expiration(struct slice text, struct effects *fx)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    size_t start = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
    size_t at = start;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
        at++;
    }
    if (at == start) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "invalid expiration '%s': no_integer",
                              text);
    }
    if (at < text.len) {
        struct slice rest = {text.ptr + at, text.len - at};
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "invalid expiration '%s': {leftover_string,\"%s\"}", text, rest);
    }
    int64_t value = read_time((struct slice){text.ptr + start, text.len - start});
    const char *fault = negative && value > 0       ? "value_negative"
                        : value > QUEUE_TIME_MAX_MS ? "value_too_large"
                                                    : NULL;
    return fault ? effects_refuse(fx, AMQP_PRECONDITION_FAILED, "invalid expiration '%s': {%s,%s}",
                                  text, (struct slice){(const uint8_t *)fault, strlen(fault)}, text)
                 : AMQP_OK;
}

void content_finish(struct content *content)
{
    routing_keys_finish(&content->keys);
}

/* Adds the routing keys in the header of this name. */
static enum amqp_reply add_keys(struct content *content, struct slice name, struct effects *fx)
{
    uint8_t type = routing_keys_add_header(&content->keys, content->properties.headers, name);
    if (type == 0) {
        return AMQP_OK;
    }
    const char *type_name = field_type_name(type);
    return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                          "invalid message: {unacceptable_type_in_header,\"%s\",%s}", name,
                          (struct slice){(const uint8_t *)type_name, strlen(type_name)});
}

static enum amqp_reply inspect_headers(struct content *content, struct effects *fx)
{
    enum amqp_reply reply = add_keys(content, SLICE("CC"), fx);
    if (!reply) {
        struct field_value bcc;
        content->has_bcc = table_get(content->properties.headers, SLICE("BCC"), &bcc);
        reply = add_keys(content, SLICE("BCC"), fx);
    }
    return reply;
}

bool content_mode_known(const struct amqp_properties *properties)
{
    return !(properties->flags & PROPERTY_delivery_mode) || properties->delivery_mode == 1 ||
           properties->delivery_mode == 2;
}

/* The publisher wants replies at its reply consumer. */
static bool asks_reply(const struct content *content)
{
    return content->properties.flags & PROPERTY_reply_to &&
           reply_to_is_pseudo_queue(content->properties.reply_to);
}

enum amqp_reply content_inspect(struct channel *channel, const struct publish *publish,
                                struct content *out, struct effects *fx)
{
    routing_keys_init(&out->keys, publish->routing_key);
    out->has_bcc = false;
    if (!properties_decode(publish->properties, &out->properties)) {
        return effects_refuse(fx, AMQP_SYNTAX_ERROR, "malformed properties");
    }
    enum amqp_reply reply = AMQP_OK;
    uint16_t flags = out->properties.flags;
    if (asks_reply(out) && !channel->reply_consumer) {
        reply = effects_refuse(fx, AMQP_PRECONDITION_FAILED, "fast reply consumer does not exist");
    }
    if (!reply && flags & PROPERTY_user_id) {
        reply = check_user_id(channel, out->properties.user_id, fx);
    }
    if (!reply && flags & PROPERTY_expiration) {
        reply = check_expiration(out->properties.expiration, fx);
    }
    if (!reply && !content_mode_known(&out->properties)) {
        reply = effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                               "invalid message: {delivery_mode_unknown,%u}",
                               (uint64_t)out->properties.delivery_mode);
    }
    if (!reply && flags & PROPERTY_headers) {
        reply = inspect_headers(out, fx);
    }
    return reply;
}

static void copy_without_bcc(struct slice headers, struct bytes *out)
{
    struct wire_reader r = wire_reader_of(headers);
    struct slice key;
    struct field_value value;
    while (table_next(&r, &key, &value)) {
        if (!slice_eq(key, SLICE("BCC"))) {
            table_add_raw(out, key, value.raw);
        }
    }
}

bool content_rewrite(const struct channel *channel, const struct content *content, bool keep_bcc,
                     struct bytes *out)
{
    bool asks = asks_reply(content);
    bool drop_bcc = content->has_bcc && !keep_bcc;
    if (!drop_bcc && !asks) {
        return false;
    }
    struct amqp_properties properties = content->properties;
    struct bytes headers = {0};
    if (drop_bcc) {
        copy_without_bcc(properties.headers, &headers);
        properties.headers = bytes_slice(&headers);
    }
    if (asks) {
        properties.reply_to = blob_slice(channel->reply_consumer->name);
    }
    properties_add(out, &properties);
    bytes_finish(&headers);
    return true;
}
