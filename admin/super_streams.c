#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/operation.h"
#include "amqp/table.h"
#include "base/memory.h"

#include <stdlib.h>

/* A super stream: a direct exchange with a stream behind each of its routing keys, as RabbitMQ's
 * plugin rabbitmq_stream_management makes it. */

enum { PARTITIONS_MAX = 1000 };

struct super_stream {
    struct slice name;
    struct slice keys[PARTITIONS_MAX];    // in the call's arena or its body
    struct slice streams[PARTITIONS_MAX]; // likewise: names of the partitions
    size_t count;
    struct bytes arguments; // owned: of each stream
};

static bool refuse(struct call *call, const char *format, struct slice value)
{
    struct text why = {.len = 0};
    text_format(&why, format, value);
    reply_bad_request(call->reply, text_slice(&why));
    return false;
}

static bool add_partition(struct call *call, struct super_stream *stream, struct slice key)
{
    if (stream->count == PARTITIONS_MAX) {
        return refuse(call, "The partition number must not exceed %s", SLICE("1000"));
    }
    if (stream->name.len + 1 + key.len > UINT8_MAX) {
        return refuse(call, "%s is not a correct name for a super stream", stream->name);
    }
    struct bytes whole = {0};
    bytes_add(&whole, stream->name);
    bytes_add_u8(&whole, '-');
    bytes_add(&whole, key);
    stream->keys[stream->count] = arena_copy(&call->arena, key);
    stream->streams[stream->count++] = arena_copy(&call->arena, bytes_slice(&whole));
    bytes_finish(&whole);
    return true;
}

/* Keys with commas between them, and perhaps blanks around them. */
static bool add_keys(struct call *call, struct super_stream *stream, struct slice keys)
{
    size_t end;
    for (size_t at = 0; at < keys.len; at = end + 1) {
        for (end = at; end < keys.len && keys.ptr[end] != ',';) {
            end++;
        }
        struct slice key = {keys.ptr + at, end - at};
        while (key.len > 0 && key.ptr[0] == ' ') {
            key = (struct slice){key.ptr + 1, key.len - 1};
        }
        while (key.len > 0 && key.ptr[key.len - 1] == ' ') {
            key.len--;
        }
        if (key.len > 0 && !add_partition(call, stream, key)) {
            return false;
        }
    }
    return stream->count > 0 ||
           refuse(call, "The number of binding keys must be greater than %s", SLICE("0"));
}

/* A whole number, also as a text; -1 if it is none. */
static json_int_t number_of(const json_t *value)
{
    char *end = NULL;
    const char *text = json_string_value(value);
    json_int_t number = text ? strtoll(text, &end, 10) : json_integer_value(value);
    bool whole = text ? *text && !*end : json_is_integer(value);
    return whole ? number : -1;
}

static bool add_numbers(struct call *call, struct super_stream *stream, const json_t *count)
{
    json_int_t wanted = number_of(count);
    if (!json_is_integer(count) && wanted < 0) {
        return refuse(call, "The partitions must be a %s", SLICE("number"));
    }
    if (wanted < 1) {
        return refuse(call, "The partition number must be greater than %s", SLICE("0"));
    }
    for (json_int_t i = 0; i < wanted; i++) {
        struct text key = {.len = 0};
        text_add_u64(&key, (uint64_t)i);
        if (!add_partition(call, stream, text_slice(&key))) {
            return false;
        }
    }
    return true;
}

static bool read_partitions(struct call *call, struct super_stream *stream, const json_t *body)
{
    static const char *const texts[] = {"binding-keys", NULL};
    const json_t *count = json_object_get(body, "partitions");
    const json_t *keys = json_object_get(body, "binding-keys");
    if (!count && !keys) {
        return refuse(call, "Must specify partitions or %s", SLICE("binding keys"));
    }
    if (count && keys) {
        return refuse(call, "Specify partitions or binding keys, not %s", SLICE("both"));
    }
    return count ? add_numbers(call, stream, count)
                 : operation_texts(call, body, texts) &&
                       add_keys(call, stream, operation_text(body, "binding-keys"));
}

/* Arguments go by the names that they have in the stream protocol; others are passed over. */
static bool read_arguments(struct call *call, struct super_stream *stream, const json_t *given)
{
    static const struct {
        const char *name; // behind the "x-" that a queue has it with
        bool number;
    } known[] = {{"x-max-length-bytes", true},
                 {"x-max-age", false},
                 {"x-stream-max-segment-size-bytes", true},
                 {"x-initial-cluster-size", true},
                 {"x-queue-leader-locator", false},
                 {"x-stream-filter-size-bytes", true}};
    json_t *table = json_pack("{s:s}", "x-queue-type", "stream");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const json_t *value = json_object_get(given, known[i].name + sizeof "x-" - 1);
        if (value) {
            json_object_set_new(table, known[i].name,
                                known[i].number ? json_integer(number_of(value))
                                                : json_copy((json_t *)value));
        }
    }
    bool read = json_to_table(table, &stream->arguments);
    json_decref(table);
    return read || refuse(call, "%s: not a table", SLICE("arguments"));
}

static bool is_new(struct call *call, const struct super_stream *stream)
{
    if (operation_has_exchange(call, call->vhost, stream->name)) {
        return refuse(call, "there is already an exchange named %s", stream->name);
    }
    for (size_t i = 0; i < stream->count; i++) {
        if (operation_has_queue(call, call->vhost, stream->streams[i])) {
            return refuse(call, "there is already a queue named %s", stream->streams[i]);
        }
        for (size_t k = 0; k < i; k++) {
            if (slice_eq(stream->streams[i], stream->streams[k])) {
                return refuse(call, "Duplicate partition names found: %s", stream->streams[i]);
            }
        }
    }
    return true;
}

static enum amqp_reply declare_exchange(struct deputy *op, const struct super_stream *stream)
{
    struct bytes table = {0};
    table_add_bool(&table, SLICE("x-super-stream"), true);
    struct amqp_exchange_declare args = {.exchange = stream->name,
                                         .type = SLICE("direct"),
                                         .durable = true,
                                         .arguments = bytes_slice(&table)};
    enum amqp_reply reply = broker_exchange_declare(op->channel, &args, op->fx);
    bytes_finish(&table);
    return reply;
}

static enum amqp_reply declare_partition(struct deputy *op, const struct super_stream *stream,
                                         size_t index)
{
    struct bytes table = {0};
    table_add_i64(&table, SLICE("x-stream-partition-order"), (int64_t)index);
    struct amqp_queue_declare declare = {.queue = stream->streams[index],
                                         .durable = true,
                                         .arguments = bytes_slice(&stream->arguments)};
    struct amqp_queue_bind bind = {.exchange = stream->name,
                                   .queue = stream->streams[index],
                                   .routing_key = stream->keys[index],
                                   .arguments = bytes_slice(&table)};
    enum amqp_reply reply = broker_queue_declare(op->channel, &declare, op->fx);
    reply = reply ? reply : broker_queue_bind(op->channel, &bind, op->fx);
    bytes_finish(&table);
    return reply;
}

/* What is there of one that could not be completed goes again. */
static void undo(struct deputy *op, const struct super_stream *stream, size_t count)
{
    struct text why = op->fx->error;
    struct amqp_exchange_delete exchange = {.exchange = stream->name};
    for (size_t i = 0; i < count; i++) {
        struct amqp_queue_delete queue = {.queue = stream->streams[i]};
        broker_queue_delete(op->channel, &queue, op->fx);
    }
    broker_exchange_delete(op->channel, &exchange, op->fx);
    op->fx->error = why;
}

static void make(struct call *call, const struct super_stream *stream)
{
    struct deputy op;
    size_t made = 0;
    if (!operation_open(call, &op, call->vhost)) {
        return;
    }
    enum amqp_reply reply = declare_exchange(&op, stream);
    bool begun = !reply;
    for (; made < stream->count && !reply; made++) {
        reply = declare_partition(&op, stream, made);
    }
    if (reply && begun) {
        undo(&op, stream, made);
    }
    operation_end(call, &op, reply, HTTP_CREATED);
}

void on_super_stream_put(struct call *call)
{
    if (!call->trusted && !call_enters(call, call->vhost)) {
        reply_not_authorised(call->reply, "Access refused.");
        return;
    }
    json_t *body = operation_body(call);
    struct super_stream *stream = memory_new(sizeof *stream);
    stream->name = call->arguments[0];
    if (body && read_partitions(call, stream, body) &&
        read_arguments(call, stream, json_object_get(body, "arguments")) && is_new(call, stream)) {
        make(call, stream);
    }
    bytes_finish(&stream->arguments);
    free(stream);
    json_decref(body);
}
