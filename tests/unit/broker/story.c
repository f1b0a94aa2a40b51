#include "tests/unit/broker/story.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "amqp/table.h"
#include "base/blob.h"
#include "base/memory.h"
#include "broker/outcome.h"
#include "broker/topology.h"
#include "broker/view.h"
#include "queue/msg.h"
#include "tests/unit/broker/shelf.h"

const struct broker_options story_options = {.secret = {1, 2}, .message_size_max = 1000};

const struct broker_options story_durable = {
    .secret = {1, 2}, .message_size_max = 1000, .durable = true, .wall_offset_ms = 1000000};

struct slice str(const char *s)
{
    return (struct slice){(const uint8_t *)s, strlen(s)};
}

struct story *story_new(void)
{
    return story_new_with(&story_options);
}

struct story *story_new_with(const struct broker_options *options)
{
    return story_new_on(options, NULL);
}

struct story *story_new_on(const struct broker_options *options, struct shelf *shelf)
{
    struct story *story = memory_new(sizeof *story);
    story->shelf = shelf;
    story->broker = broker_new(options);
    broker_add_vhost(story->broker, SLICE("/"), &story->fx);
    broker_put_user(story->broker, &(struct user){.name = SLICE("guest")}, &story->fx);
    story_permit(story, "guest", ".*", ".*", ".*");
    return story;
}

static void keep(struct story *story, void *memory)
{
    bytes_add(&story->kept, (struct slice){(const uint8_t *)&memory, sizeof memory});
}

/* The running sums of every virtual host are what there is in its queues. */
static void check_sums(const struct story *story)
{
    size_t count, queue_count;
    struct arena arena = {0};
    const struct vhost_view *vhosts = view_vhosts(story->broker, &arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct view_scope scope = {.vhost = vhosts[i].name, .arena = &arena};
        const struct queue_view *queues = view_queues(story->broker, &scope, &queue_count);
        uint64_t ready = 0;
        for (size_t k = 0; k < queue_count; k++) {
            ready += queues[k].ready;
        }
        cr_assert_eq(vhosts[i].ready, ready);
        cr_assert_eq(vhosts[i].unsettled, 0);
    }
    cr_assert_eq(view_totals(story->broker).publishers, 0);
    arena_finish(&arena);
}

void story_free(struct story *story)
{
    for (uint32_t conn = 0; conn < STORY_CONNS; conn++) {
        story_close(story, conn);
    }
    COUNTED(story, connections, 0);
    COUNTED(story, channels, 0);
    COUNTED(story, consumers, 0);
    COUNTED(story, messages_unsettled, 0);
    check_sums(story);
    broker_free(story->broker);
    effects_free(&story->fx);
    for (size_t i = 0; i < story->kept.len; i += sizeof(void *)) {
        void *memory;
        memcpy(&memory, story->kept.ptr + i, sizeof memory);
        free(memory);
    }
    bytes_finish(&story->kept);
    bytes_finish(&story->text);
    bytes_finish(&story->generated);
    free(story);
}

__attribute__((format(printf, 2, 3))) static void say(struct story *story, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    cr_assert(len >= 0 && (size_t)len < sizeof line);
    bytes_add(&story->text, (struct slice){(const uint8_t *)line, (size_t)len});
}

/* Text of the broker's, with names that it made up cut. */
static void say_text(struct story *story, struct slice text)
{
    static const char *const prefixes[] = {"amq.gen-", "amq.ctag-", "amq.rabbitmq.reply-to."};
    for (size_t i = 0; i < text.len; i++) {
        struct slice rest = {text.ptr + i, text.len - i};
        for (int p = 0; p < 3 && !story->verbatim; p++) {
            size_t len = strlen(prefixes[p]);
            if (slice_starts(rest, str(prefixes[p])) && rest.len >= len + 22) {
                story->generated.len = 0;
                bytes_add(&story->generated, (struct slice){rest.ptr, len + 22});
                say(story, "%s*", prefixes[p]);
                i += len + 22;
                break;
            }
        }
        if (i < text.len) {
            bytes_add_u8(&story->text, text.ptr[i]);
        }
    }
}

static void say_shortstr(struct story *story, const char *name, struct slice value)
{
    say(story, " %s=", name);
    say_text(story, value);
}

static void say_number(struct story *story, const char *name, uint64_t value)
{
    say(story, " %s=%" PRIu64, name, value);
}

static struct slice text_of(struct slice table, const char *key)
{
    struct field_value value;
    return table_get(table, str(key), &value) ? value.bytes : SLICE("");
}

static void say_death(struct story *story, struct slice entry)
{
    struct field_value value;
    say_text(story, text_of(entry, "queue"));
    say(story, " ");
    say_text(story, text_of(entry, "reason"));
    cr_assert(table_get(entry, SLICE("count"), &value) && value.type == 'l');
    say(story, " %" PRId64 " ", value.integer);
    say_text(story, text_of(entry, "exchange"));
    struct wire_reader keys = wire_reader_of(text_of(entry, "routing-keys"));
    for (char mark = '/'; array_next(&keys, &value); mark = ',') {
        say(story, "%c", mark);
        say_text(story, value.bytes);
    }
    if (table_get(entry, SLICE("original-expiration"), &value)) {
        say(story, " ");
        say_text(story, value.bytes);
    }
}

static void say_deaths(struct story *story, struct slice array)
{
    struct wire_reader r = wire_reader_of(array);
    struct field_value entry;
    for (const char *mark = ":["; array_next(&r, &entry); mark = ", ") {
        say(story, "%s", mark);
        say_death(story, entry.bytes);
    }
    say(story, "]");
}

/* The names of its entries; a string has its value behind it. */
static void say_table(struct story *story, const char *name, struct slice table)
{
    struct wire_reader r = wire_reader_of(table);
    struct slice key;
    struct field_value value;
    say(story, " %s=(", name);
    for (int i = 0; table_next(&r, &key, &value); i++) {
        say(story, "%s%.*s", i > 0 ? " " : "", (int)key.len, (const char *)key.ptr);
        if (value.type == 'S') {
            say(story, ":%.*s", (int)value.bytes.len, (const char *)value.bytes.ptr);
        } else if (value.type == 'A' && slice_eq(key, SLICE("x-death"))) {
            say_deaths(story, value.bytes);
        }
    }
    say(story, ")");
}

#define say_longstr say_shortstr
#define say_bit say_number
#define say_u8 say_number
#define say_u16 say_number
#define say_u32 say_number
#define say_u64 say_number

static void say_reply(struct story *story, const struct effect *e)
{
    struct amqp_args args;
    cr_assert_eq(amqp_decode(blob_slice(e->blob), &args), AMQP_OK);
    say(story, "%s %u/%u", amqp_method_name(args.method), e->conn, e->channel);
    switch (args.method) {
#define F(type, field) say_##type(story, #field, in->field);
#define M(class_id, method_id, method, fields, content)                                            \
    case METHOD_##method: {                                                                        \
        const struct amqp_##method *in = &args.method;                                             \
        (void)in;                                                                                  \
        fields(F) break;                                                                           \
    }
        AMQP_METHODS(M)
#undef M
#undef F
    }
}

static void say_properties(struct story *story, const struct msg *msg)
{
    struct amqp_properties properties;
    cr_assert(properties_decode(msg_properties(msg), &properties));
    if (properties.flags == 0) {
        return;
    }
    say(story, " {");
    size_t start = story->text.len;
#define P(type, name)                                                                              \
    if (properties.flags & PROPERTY_##name) {                                                      \
        say_##type(story, #name, properties.name);                                                 \
    }
    AMQP_BASIC_PROPERTIES(P)
#undef P
    memmove(story->text.ptr + start, story->text.ptr + start + 1, story->text.len - start - 1);
    story->text.ptr[story->text.len - 1] = '}';
}

static void say_msg(struct story *story, const struct msg *msg)
{
    say(story, " ");
    say_text(story, msg_body(msg));
    if (msg_exchange(msg).len > 0) {
        say(story, " via ");
        say_text(story, msg_exchange(msg));
        say(story, "/");
        say_text(story, msg_routing_key(msg));
    }
    say_properties(story, msg);
}

static void say_run(struct story *story, struct wire_reader *r)
{
    struct outcome_run run = outcome_get_run(r);
    say(story, " queue %" PRIu64 " #%" PRIu64 "+%" PRIu64, run.queue, run.run.first, run.run.count);
}

static void say_mark(struct story *story, struct wire_reader *r)
{
    uint64_t queue = wire_get_varint(r);
    say(story, " queue %" PRIu64 " #%" PRIu64, queue, wire_get_varint(r));
}

static void say_attempt(struct story *story, struct wire_reader *r)
{
    struct outcome_attempt attempt = outcome_get_attempt(r);
    say(story, " queue %" PRIu64 " #%" PRIu64 " failed %" PRIu32, attempt.queue, attempt.position,
        attempt.failed);
}

static void say_wait(struct story *story, struct wire_reader *r)
{
    struct outcome_wait wait = outcome_get_wait(r);
    say(story, " queue %" PRIu64 " #%" PRIu64 " until %" PRIu64, wait.queue, wait.position,
        wait.until);
}

static void say_entry(struct story *story, struct wire_reader *r)
{
    struct topology entry;
    cr_assert(topology_decode(r, &entry));
    say(story, " %s", topology_name(entry.kind));
    switch ((enum topology_kind)entry.kind) {
#define F(type, field) say_##type##_field(#field, in->field);
#define say_text_field(name, value) say_shortstr(story, name, value)
#define say_table_field(name, value) (value.len > 0 ? say_table(story, name, value) : (void)0)
#define say_number_field(name, value) say_number(story, name, value)
#define say_flag_field(name, value) (value ? say(story, " " name) : (void)0)
#define T(code, name, fields)                                                                      \
    case code: {                                                                                   \
        const struct topology_##name *in = &entry.name;                                            \
        fields(F) break;                                                                           \
    }
        TOPOLOGY_KINDS(T)
#undef T
#undef F
    }
}

static void say_record(struct story *story, const struct effect *e)
{
    struct wire_reader r =
        wire_reader_of((struct slice){story->fx.records.ptr + e->conn, (size_t)e->number});
    say(story, "%s", outcome_name((uint8_t)e->channel));
    while (wire_left(&r) > 0) {
        switch (e->channel) {
        case OUTCOME_SETTLE:
            say_run(story, &r);
            break;
        case OUTCOME_MARK:
            say_mark(story, &r);
            break;
        case OUTCOME_ATTEMPTS:
            say_attempt(story, &r);
            break;
        case OUTCOME_RETRY:
            say_wait(story, &r);
            break;
        case OUTCOME_TOPOLOGY:
            say_entry(story, &r);
            break;
        default:
            cr_assert_fail("a record of type %u", e->channel);
        }
        cr_assert(!r.bad);
    }
}

/* How a STORE's place is encoded says the same as the effect, and some more. */
static void say_encoded(struct story *story, const struct effect *e)
{
    struct wire_reader r =
        wire_reader_of((struct slice){story->fx.records.ptr + e->conn, e->channel});
    struct outcome_place place = outcome_get_place(&r);
    cr_assert(!r.bad && wire_left(&r) == 0);
    cr_assert(place.queue == e->queue && place.position == e->number);
    if (place.passed) {
        say(story, " passed");
    }
    if (place.expires != UINT64_MAX) {
        say(story, " until %" PRIu64, place.expires);
    }
}

static void say_place(struct story *story, const struct effect *e)
{
    const char *name = effect_name((enum effect_kind)e->kind);
    if (e->kind == EFFECT_STORE || e->kind == EFFECT_SETTLE) {
        say(story, "%s queue %" PRIu64, name, e->queue);
    } else if (e->kind == EFFECT_FETCH) {
        say(story, "%s", name);
    } else {
        say(story, "%s %u/%u", name, e->conn, e->channel);
    }
    if (e->kind != EFFECT_RETURN && e->kind != EFFECT_CANCEL && e->kind != EFFECT_FETCH) {
        say(story, " #%" PRIu64, e->number);
    }
}

static void say_effect(struct story *story, const struct effect *e)
{
    if (e->kind == EFFECT_REPLY) {
        say_reply(story, e);
    } else if (e->kind == EFFECT_CLOSE) {
        say(story, "close %u/%u %" PRIu64 " ", e->conn, e->channel, e->number);
        say_text(story, blob_slice(e->blob));
    } else if (e->kind == EFFECT_RECORD) {
        say_record(story, e);
    } else {
        say_place(story, e);
        say(story, "%s%s", e->flags & EFFECT_REDELIVERED ? " redelivered" : "",
            e->flags & EFFECT_NEGATIVE ? " negative" : "");
        if (e->flags & EFFECT_COUNTED) {
            cr_assert_eq(e[-1].kind, EFFECT_FAILED);
            say(story, " failed %" PRIu64, e[-1].number);
        }
        if (e->kind == EFFECT_STORE) {
            say_encoded(story, e);
        }
        if (e->kind == EFFECT_DELIVER || e->kind == EFFECT_CANCEL) {
            say(story, " ");
            say_text(story, blob_slice(e->blob));
        }
    }
    if (e->msg && e->msg->stub && e->kind != EFFECT_SETTLE && e->kind != EFFECT_FETCH) {
        struct msg *loaded = shelf_load(story->shelf, e->msg->stored_at);
        say_msg(story, loaded);
        msg_unref(loaded);
    } else if (e->msg && e->kind != EFFECT_SETTLE && e->kind != EFFECT_FETCH) {
        say_msg(story, e->msg);
    }
    if (e->kind == EFFECT_GET) {
        say(story, ", %" PRIu64 " left", e->count);
    }
    if (e->flags & EFFECT_MORE) {
        say(story, ", more");
    }
    if (e->after > 0) {
        say(story, ", after %" PRIu64, e->after);
    }
    say(story, "\n");
}

static void tell(struct story *story)
{
    if (story->shelf) {
        shelf_take(story->shelf, story->broker, &story->fx);
    }
    for (uint32_t i = 0; i < story->fx.count; i++) {
        const struct effect *e = &story->fx.items[i];
        if (e->kind == EFFECT_FAILED) {
            cr_assert(e[1].flags & EFFECT_COUNTED);
            continue;
        }
        if (story->tells_topology || e->kind != EFFECT_RECORD || e->channel != OUTCOME_TOPOLOGY) {
            say_effect(story, e);
        }
    }
    effects_clear(&story->fx);
}

static enum amqp_reply tell_reply(struct story *story, enum amqp_reply reply)
{
    if (reply) {
        bool partial = slice_eq(text_slice(&story->fx.error), SLICE("partial tx completion"));
        cr_assert(story->fx.count == 0 || partial, "a refused operation had an effect");
        say(story, "refuse %d ", reply);
        say_text(story, text_slice(&story->fx.error));
        say(story, "\n");
    }
    tell(story);
    return reply;
}

enum amqp_reply story_open(struct story *story, const struct session_options *options)
{
    cr_assert_null(story->sessions[options->conn]);
    struct session *session = NULL;
    enum amqp_reply reply = broker_open_session(story->broker, options, &session, &story->fx);
    if (!reply) {
        session_set_window(session, INT64_MAX / 2, &story->fx);
        story->sessions[options->conn] = session;
    }
    return tell_reply(story, reply);
}

struct session *story_session(struct story *story, uint32_t conn)
{
    if (!story->sessions[conn]) {
        story_open(story, &(struct session_options){.conn = conn,
                                                    .user = SLICE("guest"),
                                                    .vhost = SLICE("/"),
                                                    .cancel_notify = true});
    }
    return story->sessions[conn];
}

struct channel *story_channel(struct story *story, uint32_t conn, uint16_t number)
{
    struct session *session = story_session(story, conn);
    if (!story->channels[conn][number]) {
        story->channels[conn][number] = channel_open(session, number);
    }
    return story->channels[conn][number];
}

void story_close(struct story *story, uint32_t conn)
{
    if (story->sessions[conn]) {
        session_close(story->sessions[conn], &story->fx);
        for (uint32_t i = 0; i < story->fx.count; i++) {
            const struct effect *e = &story->fx.items[i];
            bool for_client = e->kind != EFFECT_STORE && e->kind != EFFECT_SETTLE &&
                              e->kind != EFFECT_RECORD && e->kind != EFFECT_FETCH &&
                              e->kind != EFFECT_FAILED;
            cr_assert(!for_client || e->conn != conn, "a closed session is sent a %s",
                      effect_name((enum effect_kind)e->kind));
        }
        story->sessions[conn] = NULL;
        memset(story->channels[conn], 0, sizeof story->channels[conn]);
        tell(story);
    }
}

void story_close_channel(struct story *story, uint32_t conn, uint16_t number)
{
    channel_close(story_channel(story, conn, number), &story->fx);
    story->channels[conn][number] = NULL;
    tell(story);
}

void story_window(struct story *story, uint32_t conn, int64_t octets)
{
    session_set_window(story_session(story, conn), octets, &story->fx);
    tell(story);
}

void story_wait(struct story *story, uint64_t ms)
{
    uint64_t until = story->now_ms + ms, due;
    while ((due = broker_deadline(story->broker)) <= until) {
        story->now_ms = due > story->now_ms ? due : story->now_ms;
        broker_set_time(story->broker, story->now_ms, story->now_ms / 1000);
        broker_tick(story->broker, &story->fx);
        tell(story);
    }
    story->now_ms = until;
    broker_set_time(story->broker, until, until / 1000);
}

static enum amqp_reply call(struct channel *channel, const struct amqp_args *args,
                            struct effects *fx)
{
    switch (args->method) {
#define O(name)                                                                                    \
    case METHOD_##name:                                                                            \
        return broker_##name(channel, &args->name, fx);
        BROKER_OPERATIONS(O)
#undef O
    default:
        cr_assert_fail("%s is no operation of the core", amqp_method_name(args->method));
        return AMQP_OK;
    }
}

enum amqp_reply story_do(struct story *story, uint32_t conn, uint16_t number,
                         const struct amqp_args *args)
{
    return tell_reply(story, call(story_channel(story, conn, number), args, &story->fx));
}

enum amqp_reply story_publish(struct story *story, uint32_t conn, uint16_t number,
                              const struct publish *publish)
{
    struct publish filled = *publish;
    if (!filled.properties.ptr) {
        filled.properties = SLICE("\0\0");
    }
    return tell_reply(story,
                      broker_publish(story_channel(story, conn, number), &filled, &story->fx));
}

void story_queue(struct story *story, const char *name)
{
    DO(story, 1, 1, queue_declare, .queue = str(name), .durable = true, .no_wait = true);
}

void story_exchange(struct story *story, const char *name, const char *type)
{
    DO(story, 1, 1, exchange_declare, .exchange = str(name), .type = str(type), .durable = true,
       .no_wait = true);
}

void story_bind(struct story *story, const char *source, const char *queue, const char *key)
{
    DO(story, 1, 1, queue_bind, .exchange = str(source), .queue = str(queue),
       .routing_key = str(key), .no_wait = true);
}

void story_send(struct story *story, const char *queue, const char *words)
{
    while (*words) {
        size_t len = strcspn(words, " ");
        PUBLISH(story, 1, 1, .routing_key = str(queue),
                .body = (struct slice){(const uint8_t *)words, len});
        words += len + (words[len] == ' ');
    }
}

void story_consume(struct story *story, uint32_t conn, uint16_t number, const char *queue,
                   const char *tag)
{
    DO(story, conn, number, basic_consume, .queue = str(queue), .consumer_tag = str(tag),
       .no_wait = true);
}

void story_ack(struct story *story, uint32_t conn, uint16_t number, uint64_t tag)
{
    DO(story, conn, number, basic_ack, .delivery_tag = tag);
}

void story_permit(struct story *story, const char *user, const char *configure, const char *write,
                  const char *read)
{
    struct permission permission = {str(configure), str(write), str(read)};
    tell_reply(story, broker_set_permission(story->broker, str(user), SLICE("/"), &permission,
                                            &story->fx));
}

static void add_array(struct bytes *out, const char *words)
{
    struct bytes items = {0};
    while (*words) {
        size_t len = strcspn(words, ",");
        bytes_add_u8(&items, 'S');
        bytes_add_u32(&items, (uint32_t)len);
        bytes_add(&items, (struct slice){(const uint8_t *)words, len});
        words += len + (words[len] == ',');
    }
    bytes_add_u32(out, (uint32_t)items.len);
    bytes_add(out, bytes_slice(&items));
    bytes_finish(&items);
}

static void add_value(struct bytes *out, const char *value)
{
    bytes_add_u8(out, (uint8_t)value[0]);
    const char *text = value + 2;
    switch (value[0]) {
    case 'S':
        bytes_add_u32(out, (uint32_t)strlen(text));
        bytes_add(out, str(text));
        break;
    case 'I':
        bytes_add_u32(out, (uint32_t)strtol(text, NULL, 10));
        break;
    case 'l':
        bytes_add_u64(out, (uint64_t)strtoll(text, NULL, 10));
        break;
    case 't':
        bytes_add_u8(out, strcmp(text, "true") == 0);
        break;
    case 'A':
        add_array(out, text);
        break;
    case 'V':
        break;
    default:
        cr_assert_fail("story_table does not know the type %c", value[0]);
    }
}

struct slice story_table(struct story *story, ...)
{
    struct bytes table = {0};
    va_list args;
    va_start(args, story);
    const char *key;
    while ((key = va_arg(args, const char *))) {
        struct bytes raw = {0};
        add_value(&raw, va_arg(args, const char *));
        table_add_raw(&table, str(key), bytes_slice(&raw));
        bytes_finish(&raw);
    }
    va_end(args);
    keep(story, table.ptr);
    return bytes_slice(&table);
}

static bool shortstr_set(struct slice value)
{
    return value.ptr != NULL;
}

static bool number_set(uint64_t value)
{
    return value != 0;
}

#define table_set shortstr_set
#define u8_set number_set
#define u64_set number_set

struct slice story_properties(struct story *story, struct amqp_properties properties)
{
#define P(type, name)                                                                              \
    if (type##_set(properties.name)) {                                                             \
        properties.flags |= PROPERTY_##name;                                                       \
    }
    AMQP_BASIC_PROPERTIES(P)
#undef P
    uint8_t *out = memory_raw(4096);
    keep(story, out);
    size_t len = properties_encode(&properties, out, 4096);
    cr_assert_gt(len, 0);
    return (struct slice){out, len};
}

const char *story_text(struct story *story)
{
    bytes_reserve(&story->text, 1)[0] = '\0';
    return (const char *)story->text.ptr;
}

bool story_was(struct story *story, const char *expected)
{
    bool same = slice_eq(bytes_slice(&story->text), str(expected));
    if (same) {
        story->text.len = 0;
    }
    return same;
}
