#include "bench/method.h"

enum {
    DECLARE_PASSIVE = 1,
    DECLARE_DURABLE = 2,
    BIND_NO_WAIT = 1,
    CONSUME_NO_ACK = 2,
    HEADER_HEADERS = 1 << 13,
    HEADER_DELIVERY_MODE = 1 << 12,
    HEADER_PRIORITY = 1 << 11,
    HEADER_EXPIRATION = 1 << 8,
};

static size_t method_begin(struct bytes *out, uint16_t channel, enum method id)
{
    size_t start = frame_begin(out, FRAME_METHOD, channel);
    wire_put_u32(out, (uint32_t)id);
    return start;
}

static void put_capability(struct bytes *table, const char *name)
{
    wire_put_shortstr(table, name);
    wire_put_u8(table, 't');
    wire_put_u8(table, 1);
}

static void put_client_properties(struct bytes *out)
{
    struct bytes capabilities = {0};
    put_capability(&capabilities, "publisher_confirms");
    put_capability(&capabilities, "basic.nack");
    put_capability(&capabilities, "consumer_cancel_notify");
    put_capability(&capabilities, "connection.blocked");
    put_capability(&capabilities, "authentication_failure_close");
    struct bytes table = {0};
    wire_put_shortstr(&table, "product");
    wire_put_u8(&table, 'S');
    wire_put_longstr(&table, slice_of("leveret-bench"));
    wire_put_shortstr(&table, "capabilities");
    wire_put_u8(&table, 'F');
    wire_put_longstr(&table, (struct slice){capabilities.ptr, capabilities.len});
    wire_put_longstr(out, (struct slice){table.ptr, table.len});
    bytes_finish(&table);
    bytes_finish(&capabilities);
}

void put_entry_number(struct bytes *table, const char *name, int64_t value)
{
    wire_put_shortstr(table, name);
    wire_put_u8(table, 'l');
    wire_put_u64(table, (uint64_t)value);
}

void put_entry_text(struct bytes *table, const char *name, const char *value)
{
    wire_put_shortstr(table, name);
    wire_put_u8(table, 'S');
    wire_put_longstr(table, slice_of(value));
}

void put_start_ok(struct bytes *out, const char *user, const char *password)
{
    struct bytes response = {0};
    wire_put_u8(&response, 0);
    wire_put_raw(&response, slice_of(user));
    wire_put_u8(&response, 0);
    wire_put_raw(&response, slice_of(password));
    size_t start = method_begin(out, 0, CONNECTION_START_OK);
    put_client_properties(out);
    wire_put_shortstr(out, "PLAIN");
    wire_put_longstr(out, (struct slice){response.ptr, response.len});
    wire_put_shortstr(out, "en_US");
    frame_end(out, start);
    bytes_finish(&response);
}

void put_tune_ok(struct bytes *out, uint16_t channel_max, uint32_t frame_max)
{
    size_t start = method_begin(out, 0, CONNECTION_TUNE_OK);
    wire_put_u16(out, channel_max);
    wire_put_u32(out, frame_max);
    wire_put_u16(out, 0); // no heartbeats: a paused broker is measured, not disconnected
    frame_end(out, start);
}

void put_connection_open(struct bytes *out, const char *vhost)
{
    size_t start = method_begin(out, 0, CONNECTION_OPEN);
    wire_put_shortstr(out, vhost);
    wire_put_shortstr(out, "");
    wire_put_u8(out, 0);
    frame_end(out, start);
}

/* connection.close and channel.close have the same arguments. */
static void put_close(struct bytes *out, uint16_t channel, enum method id)
{
    size_t start = method_begin(out, channel, id);
    wire_put_u16(out, 200);
    wire_put_shortstr(out, "done");
    wire_put_u32(out, 0);
    frame_end(out, start);
}

void put_connection_close(struct bytes *out)
{
    put_close(out, 0, CONNECTION_CLOSE);
}

void put_connection_close_ok(struct bytes *out)
{
    frame_end(out, method_begin(out, 0, CONNECTION_CLOSE_OK));
}

void put_channel_open(struct bytes *out, uint16_t channel)
{
    size_t start = method_begin(out, channel, CHANNEL_OPEN);
    wire_put_shortstr(out, "");
    frame_end(out, start);
}

void put_channel_close(struct bytes *out, uint16_t channel)
{
    put_close(out, channel, CHANNEL_CLOSE);
}

void put_channel_close_ok(struct bytes *out, uint16_t channel)
{
    frame_end(out, method_begin(out, channel, CHANNEL_CLOSE_OK));
}

void put_exchange_declare(struct bytes *out, const char *name, const char *type,
                          struct slice arguments)
{
    size_t start = method_begin(out, CHANNEL, EXCHANGE_DECLARE);
    wire_put_u16(out, 0);
    wire_put_shortstr(out, name);
    wire_put_shortstr(out, type);
    wire_put_u8(out, 0);
    wire_put_longstr(out, arguments);
    frame_end(out, start);
}

void put_exchange_delete(struct bytes *out, const char *name)
{
    size_t start = method_begin(out, CHANNEL, EXCHANGE_DELETE);
    wire_put_u16(out, 0);
    wire_put_shortstr(out, name);
    wire_put_u8(out, 0);
    frame_end(out, start);
}

static void put_declare(struct bytes *out, const char *name, uint8_t flags, struct slice arguments)
{
    size_t start = method_begin(out, CHANNEL, QUEUE_DECLARE);
    wire_put_u16(out, 0);
    wire_put_shortstr(out, name);
    wire_put_u8(out, flags);
    wire_put_longstr(out, arguments);
    frame_end(out, start);
}

void put_queue_declare(struct bytes *out, const char *name, bool durable, struct slice arguments)
{
    put_declare(out, name, durable ? DECLARE_DURABLE : 0, arguments);
}

void put_queue_declare_passive(struct bytes *out, const char *name)
{
    put_declare(out, name, DECLARE_PASSIVE, (struct slice){0});
}

void put_queue_bind(struct bytes *out, const char *queue, const char *exchange, const char *key)
{
    size_t start = method_begin(out, CHANNEL, QUEUE_BIND);
    wire_put_u16(out, 0);
    wire_put_shortstr(out, queue);
    wire_put_shortstr(out, exchange);
    wire_put_shortstr(out, key);
    wire_put_u8(out, BIND_NO_WAIT);
    wire_put_u32(out, 0);
    frame_end(out, start);
}

void put_queue_delete(struct bytes *out, const char *name)
{
    size_t start = method_begin(out, CHANNEL, QUEUE_DELETE);
    wire_put_u16(out, 0);
    wire_put_shortstr(out, name);
    wire_put_u8(out, 0);
    frame_end(out, start);
}

void put_qos(struct bytes *out, uint16_t prefetch_count)
{
    size_t start = method_begin(out, CHANNEL, BASIC_QOS);
    wire_put_u32(out, 0);
    wire_put_u16(out, prefetch_count);
    wire_put_u8(out, 0);
    frame_end(out, start);
}

void put_consume(struct bytes *out, const char *queue, bool no_ack)
{
    size_t start = method_begin(out, CHANNEL, BASIC_CONSUME);
    wire_put_u16(out, 0);
    wire_put_shortstr(out, queue);
    wire_put_shortstr(out, "c");
    wire_put_u8(out, no_ack ? CONSUME_NO_ACK : 0);
    wire_put_u32(out, 0);
    frame_end(out, start);
}

void put_confirm_select(struct bytes *out)
{
    size_t start = method_begin(out, CHANNEL, CONFIRM_SELECT);
    wire_put_u8(out, 0);
    frame_end(out, start);
}

void put_ack(struct bytes *out, uint64_t delivery_tag, bool multiple)
{
    size_t start = method_begin(out, CHANNEL, BASIC_ACK);
    wire_put_u64(out, delivery_tag);
    wire_put_u8(out, multiple);
    frame_end(out, start);
}

static void put_properties(struct bytes *out, const struct properties *properties)
{
    unsigned flags = (properties->headers.len > 0 ? HEADER_HEADERS : 0) |
                     (properties->persistent ? HEADER_DELIVERY_MODE : 0) |
                     (properties->priority >= 0 ? HEADER_PRIORITY : 0) |
                     (properties->expiration ? HEADER_EXPIRATION : 0);
    wire_put_u16(out, (uint16_t)flags);
    if (flags & HEADER_HEADERS) {
        wire_put_longstr(out, properties->headers);
    }
    if (flags & HEADER_DELIVERY_MODE) {
        wire_put_u8(out, 2);
    }
    if (flags & HEADER_PRIORITY) {
        wire_put_u8(out, (uint8_t)properties->priority);
    }
    if (flags & HEADER_EXPIRATION) {
        wire_put_shortstr(out, properties->expiration);
    }
}

static void put_content_header(struct bytes *out, const struct publish *publish)
{
    size_t start = frame_begin(out, FRAME_HEADER, CHANNEL);
    wire_put_u16(out, CLASS_BASIC);
    wire_put_u16(out, 0);
    wire_put_u64(out, publish->body.len);
    put_properties(out, &publish->properties);
    frame_end(out, start);
}

size_t put_publish(struct bytes *out, const struct publish *publish, size_t frame_max)
{
    size_t message = out->len;
    size_t start = method_begin(out, CHANNEL, BASIC_PUBLISH);
    wire_put_u16(out, 0);
    wire_put_shortstr(out, publish->exchange);
    wire_put_shortstr(out, publish->routing_key);
    wire_put_u8(out, 0);
    frame_end(out, start);
    put_content_header(out, publish);
    size_t body = out->len + FRAME_HEAD - message;
    struct slice rest = publish->body;
    while (rest.len > 0) {
        size_t len = rest.len < frame_max - FRAME_OVERHEAD ? rest.len : frame_max - FRAME_OVERHEAD;
        start = frame_begin(out, FRAME_BODY, CHANNEL);
        wire_put_raw(out, (struct slice){rest.ptr, len});
        frame_end(out, start);
        rest = (struct slice){rest.ptr + len, rest.len - len};
    }
    return body;
}
