
#include "amqp/table.h"
#include "broker/view.h"
#include "queue/msg.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

static struct vhost *host(struct story *story)
{
    return broker_find_vhost(story->broker, SLICE("/"));
}

static void trace(struct story *story, bool on)
{
    broker_set_tracing(host(story), on, &story->fx);
    effects_clear(&story->fx);
}

/* Who watches is connection 7; those who are watched have names. */
static struct story *traced_story(const struct broker_options *options)
{
    struct broker_options with_node = *options;
    with_node.node = SLICE("rabbit@here");
    struct story *story = story_new_with(&with_node);
    story_open(story, &(struct session_options){.conn = 1,
                                                .user = SLICE("guest"),
                                                .vhost = SLICE("/"),
                                                .name = SLICE("a -> b")});
    story_queue(story, "q");
    DO(story, 7, 1, queue_declare, .queue = SLICE("seen"), .no_wait = true);
    trace(story, true);
    return story;
}

static void watch(struct story *story, const char *key)
{
    DO(story, 7, 1, queue_bind, .queue = SLICE("seen"), .exchange = SLICE("amq.rabbitmq.trace"),
       .routing_key = str(key), .no_wait = true);
}

static void look(struct story *story)
{
    DO(story, 7, 1, basic_get, .queue = SLICE("seen"), .no_ack = true);
}

Test(tracing, tells_what_is_published_and_what_is_delivered)
{
    struct story *story = traced_story(&story_options);
    watch(story, "#");
    PUBLISH(story, 1, 3, .routing_key = SLICE("q"), .body = SLICE("hello"),
            .properties = PROPERTIES(story, .type = SLICE("greeting"), .priority = 3));
    DO(story, 1, 3, basic_get, .queue = SLICE("q"), .no_ack = true);
    TOLD(story, "get 1/3 #1 hello {priority=3 type=greeting}, 0 left\n");
    look(story);
    TOLD(story, "get 7/1 #1 hello via amq.rabbitmq.trace/publish. "
                "{headers=(exchange_name: routing_keys properties node:rabbit@here vhost:/ "
                "connection:a -> b channel user:guest routed_queues)}, 1 left\n");
    look(story);
    TOLD(story, "get 7/1 #2 hello via amq.rabbitmq.trace/deliver.q "
                "{headers=(exchange_name: routing_keys properties node:rabbit@here redelivered "
                "vhost:/ connection:a -> b channel user:guest)}, 0 left\n");
    story_free(story);
}

/* The header of the next message that was seen: its octets. */
static struct slice header(struct story *story, const char *name)
{
    static uint8_t kept[200];
    struct amqp_properties properties;
    struct field_value value = {0};
    const struct amqp_basic_get args = {.queue = SLICE("seen"), .no_ack = true};
    cr_assert_eq(broker_basic_get(story_channel(story, 7, 1), &args, &story->fx), AMQP_OK);
    const struct effect *get = &story->fx.items[story->fx.count - 1];
    cr_assert_eq(get->kind, EFFECT_GET);
    cr_assert(properties_decode(msg_properties(get->msg), &properties));
    cr_assert(table_get(properties.headers, str(name), &value));
    cr_assert_leq(value.bytes.len, sizeof kept);
    slice_copy(kept, value.bytes);
    effects_clear(&story->fx);
    return (struct slice){kept, value.bytes.len};
}

Test(tracing, tells_all_keys_and_all_queues)
{
    struct story *story = traced_story(&story_options);
    story_queue(story, "r");
    watch(story, "publish.#");
    struct slice headers = story_table(story, "CC", "A:r,c", "BCC", "A:b", NULL);
    struct slice properties = PROPERTIES(story, .headers = headers);
    for (int i = 0; i < 2; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .properties = properties);
    }
    struct slice keys = SLICE("S\0\0\0\1qS\0\0\0\1rS\0\0\0\1cS\0\0\0\1b");
    cr_assert(slice_eq(header(story, "routing_keys"), keys));
    cr_assert(slice_eq(header(story, "routed_queues"), SLICE("S\0\0\0\1qS\0\0\0\1r")));
    story_free(story);
}

Test(tracing, tells_properties_from_the_last_to_the_first)
{
    struct story *story = traced_story(&story_options);
    watch(story, "publish.#");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"),
            .properties = PROPERTIES(story, .content_type = SLICE("t"), .timestamp = 0x100000005,
                                     .delivery_mode = 2));
    cr_assert(slice_eq(header(story, "properties"), SLICE("\x09timestampI\0\0\0\5\x0d"
                                                          "delivery_modeI\0\0\0\2\x0c"
                                                          "content_typeS\0\0\0\1t")));
    story_free(story);
}

Test(tracing, tells_of_what_goes_nowhere_and_of_what_waits_for_a_commit)
{
    struct story *story = traced_story(&story_options);
    watch(story, "publish.amq.#");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.topic"), .routing_key = SLICE("x"));
    DO(story, 1, 2, tx_select);
    PUBLISH(story, 1, 2, .exchange = SLICE("amq.fanout"), .routing_key = SLICE("y"));
    TOLD(story, "tx_select_ok 1/2\n");
    cr_assert_eq(header(story, "routed_queues").len, 0);
    cr_assert(slice_eq(header(story, "exchange_name"), SLICE("amq.fanout")));
    story_free(story);
}

Test(tracing, ends_when_it_is_switched_off)
{
    struct story *story = traced_story(&story_options);
    watch(story, "#");
    story_send(story, "q", "a");
    COUNTED(story, messages_ready, 2);
    trace(story, false);
    story_send(story, "q", "b b b");
    COUNTED(story, messages_ready, 5);
    trace(story, true);
    story_send(story, "q", "c c c");
    COUNTED(story, messages_ready, 11);
    story_free(story);
}

/* Else there would be no end. */
Test(tracing, does_not_tell_of_itself)
{
    struct story *story = traced_story(&story_options);
    watch(story, "#");
    story_consume(story, 7, 2, "seen", "watcher");
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "a");
    TOLD(story, "deliver 1/1 #1 c a\n"
                "deliver 7/2 #1 watcher a via amq.rabbitmq.trace/publish. "
                "{headers=(exchange_name: routing_keys properties node:rabbit@here vhost:/ "
                "connection:a -> b channel user:guest routed_queues)}\n"
                "deliver 7/2 #2 watcher a via amq.rabbitmq.trace/deliver.q "
                "{headers=(exchange_name: routing_keys properties node:rabbit@here redelivered "
                "vhost:/ connection:a -> b channel user:guest)}\n");
    story_free(story);
}

Test(tracing, is_of_one_virtual_host)
{
    struct story *story = traced_story(&story_options);
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    broker_add_vhost(story->broker, SLICE("other"), &story->fx);
    broker_set_permission(story->broker, SLICE("guest"), SLICE("other"), &all, &story->fx);
    watch(story, "#");
    story_open(story, &(struct session_options){
                          .conn = 2, .user = SLICE("guest"), .vhost = SLICE("other")});
    DO(story, 2, 1, queue_declare, .queue = SLICE("o"), .no_wait = true);
    DO(story, 2, 1, basic_consume, .queue = SLICE("o"), .consumer_tag = SLICE("c"), .no_wait = true,
       .no_ack = true);
    PUBLISH(story, 2, 1, .routing_key = SLICE("o"), .body = SLICE("a"));
    TOLD(story, "deliver 2/1 #1 c a\n");
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(tracing, fetches_what_is_not_in_memory)
{
    enum { MANY = 8 };
    static uint8_t large[900];
    struct shelf shelf = {.count = 0};
    struct story *story = traced_story(&story_durable);
    story->shelf = &shelf;
    memset(large, 'a', sizeof large);
    struct slice persistent = PROPERTIES(story, .delivery_mode = 2);
    for (int i = 0; i < MANY; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .properties = persistent,
                .body = {large, sizeof large});
    }
    cr_assert_eq(broker_evict(story->broker, 0, UINT64_MAX), MANY);
    watch(story, "deliver.#");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    story_was(story, story_text(story));
    look(story);
    cr_assert(strstr(story_text(story), " aaa"), "%s", story_text(story));
    cr_assert(strstr(story_text(story), "/deliver.q "), "%s", story_text(story));
    story_free(story);
    shelf_finish(&shelf);
}

Test(tracing, lasts)
{
    struct shelf shelf = {.count = 0};
    struct story *story = story_new_on(&story_durable, &shelf);
    for (int i = 0; i < 2; i++) { // off again, and on
        broker_set_tracing(host(story), true, &story->fx);
        broker_set_tracing(host(story), true, &story->fx);
        broker_set_tracing(host(story), i == 1, &story->fx);
    }
    shelf_take(&shelf, story->broker, &story->fx);
    effects_clear(&story->fx);
    struct broker *again = broker_new(&story_durable);
    struct arena arena = {0};
    struct vhost_view view;
    shelf_open(&shelf, again, shelf.count);
    shelf_play(&shelf, again, 0, shelf.count);
    cr_assert(view_vhost(again, SLICE("/"), &arena, &view));
    cr_assert(view.tracing);
    arena_finish(&arena);
    broker_free(again);
    story_free(story);
    shelf_finish(&shelf);
}
