#include "tests/unit/broker/story.h"

#include <stdlib.h>

#include "base/blob.h"
#include "base/memory.h"
#include "broker/view.h"
#include "tests/unit/broker/story_internal.h"

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
            cr_assert_leq(queues[k].persistent, queues[k].ready + queues[k].delayed);
            cr_assert_leq(queues[k].persistent_bytes,
                          queues[k].ready_bytes + queues[k].delayed_bytes);
            cr_assert_eq(queues[k].unsettled_paged + queues[k].unsettled_paged_bytes, 0);
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

static enum amqp_reply tell_reply(struct story *story, enum amqp_reply reply)
{
    if (reply) {
        bool partial = slice_eq(text_slice(&story->fx.error), SLICE("partial tx completion"));
        cr_assert(story->fx.count == 0 || partial, "a refused operation had an effect");
        story_say(story, "refuse %d ", reply);
        story_say_text(story, text_slice(&story->fx.error));
        story_say(story, "\n");
    }
    story_tell(story);
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
        story_tell(story);
    }
}

void story_close_channel(struct story *story, uint32_t conn, uint16_t number)
{
    channel_close(story_channel(story, conn, number), &story->fx);
    story->channels[conn][number] = NULL;
    story_tell(story);
}

void story_window(struct story *story, uint32_t conn, int64_t octets)
{
    session_set_window(story_session(story, conn), octets, &story->fx);
    story_tell(story);
}

void story_wait(struct story *story, uint64_t ms)
{
    uint64_t until = story->now_ms + ms, due;
    while ((due = broker_deadline(story->broker)) <= until) {
        story->now_ms = due > story->now_ms ? due : story->now_ms;
        broker_set_time(story->broker, story->now_ms, story->now_ms / 1000);
        broker_tick(story->broker, &story->fx);
        story_tell(story);
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
