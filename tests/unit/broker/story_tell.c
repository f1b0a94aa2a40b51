#include "tests/unit/broker/story_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "amqp/table.h"
#include "base/blob.h"
#include "broker/outcome.h"
#include "broker/topology.h"
#include "queue/msg.h"
#include "tests/unit/broker/shelf.h"

void story_say(struct story *story, const char *format, ...)
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
void story_say_text(struct story *story, struct slice text)
{
    static const char *const prefixes[] = {"amq.gen-", "amq.ctag-", "amq.rabbitmq.reply-to."};
    for (size_t i = 0; i < text.len; i++) {
        struct slice rest = {text.ptr + i, text.len - i};
        for (int p = 0; p < 3 && !story->verbatim; p++) {
            size_t len = strlen(prefixes[p]);
            if (slice_starts(rest, str(prefixes[p])) && rest.len >= len + 22) {
                story->generated.len = 0;
                bytes_add(&story->generated, (struct slice){rest.ptr, len + 22});
                story_say(story, "%s*", prefixes[p]);
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
    story_say(story, " %s=", name);
    story_say_text(story, value);
}

static void say_number(struct story *story, const char *name, uint64_t value)
{
    story_say(story, " %s=%" PRIu64, name, value);
}

static struct slice text_of(struct slice table, const char *key)
{
    struct field_value value;
    return table_get(table, str(key), &value) ? value.bytes : SLICE("");
}

static void say_death(struct story *story, struct slice entry)
{
    struct field_value value;
    story_say_text(story, text_of(entry, "queue"));
    story_say(story, " ");
    story_say_text(story, text_of(entry, "reason"));
    cr_assert(table_get(entry, SLICE("count"), &value) && value.type == 'l');
    story_say(story, " %" PRId64 " ", value.integer);
    story_say_text(story, text_of(entry, "exchange"));
    struct wire_reader keys = wire_reader_of(text_of(entry, "routing-keys"));
    for (char mark = '/'; array_next(&keys, &value); mark = ',') {
        story_say(story, "%c", mark);
        story_say_text(story, value.bytes);
    }
    if (table_get(entry, SLICE("original-expiration"), &value)) {
        story_say(story, " ");
        story_say_text(story, value.bytes);
    }
}

static void say_deaths(struct story *story, struct slice array)
{
    struct wire_reader r = wire_reader_of(array);
    struct field_value entry;
    for (const char *mark = ":["; array_next(&r, &entry); mark = ", ") {
        story_say(story, "%s", mark);
        say_death(story, entry.bytes);
    }
    story_say(story, "]");
}

/* The names of its entries; a string has its value behind it. */
static void say_table(struct story *story, const char *name, struct slice table)
{
    struct wire_reader r = wire_reader_of(table);
    struct slice key;
    struct field_value value;
    story_say(story, " %s=(", name);
    for (int i = 0; table_next(&r, &key, &value); i++) {
        story_say(story, "%s%.*s", i > 0 ? " " : "", (int)key.len, (const char *)key.ptr);
        if (value.type == 'S') {
            story_say(story, ":%.*s", (int)value.bytes.len, (const char *)value.bytes.ptr);
        } else if (value.type == 'A' && slice_eq(key, SLICE("x-death"))) {
            say_deaths(story, value.bytes);
        }
    }
    story_say(story, ")");
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
    story_say(story, "%s %u/%u", amqp_method_name(args.method), e->conn, e->channel);
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
    story_say(story, " {");
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
    story_say(story, " ");
    story_say_text(story, msg_body(msg));
    if (msg_exchange(msg).len > 0) {
        story_say(story, " via ");
        story_say_text(story, msg_exchange(msg));
        story_say(story, "/");
        story_say_text(story, msg_routing_key(msg));
    }
    say_properties(story, msg);
}

static void say_run(struct story *story, struct wire_reader *r)
{
    struct outcome_run run = outcome_get_run(r);
    story_say(story, " queue %" PRIu64 " #%" PRIu64 "+%" PRIu64, run.queue, run.run.first,
              run.run.count);
}

static void say_mark(struct story *story, struct wire_reader *r)
{
    uint64_t queue = wire_get_varint(r);
    story_say(story, " queue %" PRIu64 " #%" PRIu64, queue, wire_get_varint(r));
}

static void say_attempt(struct story *story, struct wire_reader *r)
{
    struct outcome_attempt attempt = outcome_get_attempt(r);
    story_say(story, " queue %" PRIu64 " #%" PRIu64 " failed %" PRIu32, attempt.queue,
              attempt.position, attempt.failed);
}

static void say_wait(struct story *story, struct wire_reader *r)
{
    struct outcome_wait wait = outcome_get_wait(r);
    story_say(story, " queue %" PRIu64 " #%" PRIu64 " until %" PRIu64, wait.queue, wait.position,
              wait.until);
}

static void say_entry(struct story *story, struct wire_reader *r)
{
    struct topology entry;
    cr_assert(topology_decode(r, &entry));
    story_say(story, " %s", topology_name(entry.kind));
    switch ((enum topology_kind)entry.kind) {
#define F(type, field) say_##type##_field(#field, in->field);
#define say_text_field(name, value) say_shortstr(story, name, value)
#define say_table_field(name, value) (value.len > 0 ? say_table(story, name, value) : (void)0)
#define say_number_field(name, value) say_number(story, name, value)
#define say_flag_field(name, value) (value ? story_say(story, " " name) : (void)0)
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
    story_say(story, "%s", outcome_name((uint8_t)e->channel));
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
        story_say(story, " passed");
    }
    if (place.expires != UINT64_MAX) {
        story_say(story, " until %" PRIu64, place.expires);
    }
}

static void say_place(struct story *story, const struct effect *e)
{
    const char *name = effect_name((enum effect_kind)e->kind);
    if (e->kind == EFFECT_STORE || e->kind == EFFECT_SETTLE) {
        story_say(story, "%s queue %" PRIu64, name, e->queue);
    } else if (e->kind == EFFECT_FETCH) {
        story_say(story, "%s", name);
    } else {
        story_say(story, "%s %u/%u", name, e->conn, e->channel);
    }
    if (e->kind != EFFECT_RETURN && e->kind != EFFECT_CANCEL && e->kind != EFFECT_FETCH) {
        story_say(story, " #%" PRIu64, e->number);
    }
}

static void say_effect(struct story *story, const struct effect *e)
{
    if (e->kind == EFFECT_REPLY) {
        say_reply(story, e);
    } else if (e->kind == EFFECT_CLOSE) {
        story_say(story, "close %u/%u %" PRIu64 " ", e->conn, e->channel, e->number);
        story_say_text(story, blob_slice(e->blob));
    } else if (e->kind == EFFECT_RECORD) {
        say_record(story, e);
    } else {
        say_place(story, e);
        story_say(story, "%s%s", e->flags & EFFECT_REDELIVERED ? " redelivered" : "",
                  e->flags & EFFECT_NEGATIVE ? " negative" : "");
        if (e->flags & EFFECT_COUNTED) {
            cr_assert_eq(e[-1].kind, EFFECT_FAILED);
            story_say(story, " failed %" PRIu64, e[-1].number);
        }
        if (e->kind == EFFECT_STORE) {
            say_encoded(story, e);
        }
        if (e->kind == EFFECT_DELIVER || e->kind == EFFECT_CANCEL) {
            story_say(story, " ");
            story_say_text(story, blob_slice(e->blob));
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
        story_say(story, ", %" PRIu64 " left", e->count);
    }
    if (e->flags & EFFECT_MORE) {
        story_say(story, ", more");
    }
    if (e->after > 0) {
        story_say(story, ", after %" PRIu64, e->after);
    }
    story_say(story, "\n");
}

void story_tell(struct story *story)
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
