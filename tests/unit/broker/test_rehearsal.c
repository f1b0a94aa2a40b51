#include "broker/rehearsal.h"

#include "broker/view.h"
#include "tests/unit/broker/story.h"

static void with_channel(struct broker *broker,
                         void (*act)(struct channel *channel, struct effects *fx))
{
    struct effects fx = {0};
    struct session *session;
    struct session_options options = {.vhost = SLICE("/"), .trusted = true};
    cr_assert_eq(broker_open_session(broker, &options, &session, &fx), AMQP_OK);
    act(channel_open(session, 1), &fx);
    session_close(session, &fx);
    effects_free(&fx);
}

static void use(struct channel *channel, struct effects *fx)
{
    struct amqp_queue_bind bind = {
        .exchange = SLICE("e"), .queue = SLICE("mine"), .routing_key = SLICE("k")};
    struct amqp_queue_declare third = {.queue = SLICE("third"), .durable = true};
    cr_expect_eq(broker_queue_bind(channel, &bind, fx), AMQP_RESOURCE_LOCKED);
    bind.queue = SLICE("ours");
    cr_expect_eq(broker_queue_bind(channel, &bind, fx), AMQP_OK);
    cr_expect_eq(broker_queue_declare(channel, &third, fx), AMQP_PRECONDITION_FAILED);
}

Test(rehearsal, refuses_what_the_broker_would_and_changes_nothing_of_it)
{
    struct story *story = story_new();
    struct arena arena = {0};
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    size_t count;
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("e"), .type = SLICE("topic"));
    DO(story, 1, 1, queue_declare, .queue = SLICE("mine"), .exclusive = true);
    story_queue(story, "ours");
    broker_set_vhost_limit(story->broker, SLICE("/"), VHOST_MAX_QUEUES, 2, &story->fx);
    struct broker *rehearsal = rehearsal_new(story->broker);
    for (int i = 0; i < 2; i++) { // the second time everything is there
        rehearsal_add_vhost(rehearsal, story->broker, SLICE("/"));
        rehearsal_add_exchange(rehearsal, story->broker, SLICE("/"), SLICE("e"));
        rehearsal_add_queue(rehearsal, story->broker, SLICE("/"), SLICE("mine"));
        rehearsal_add_queue(rehearsal, story->broker, SLICE("/"), SLICE("ours"));
    }
    rehearsal_add_vhost(rehearsal, story->broker, SLICE("nope"));
    rehearsal_add_queue(rehearsal, story->broker, SLICE("nope"), SLICE("nope"));
    rehearsal_add_user(rehearsal, story->broker, SLICE("nope"));
    with_channel(rehearsal, use);
    cr_expect_eq(broker_counters(rehearsal)->queues, 2);
    rehearsal_free(rehearsal);
    struct binding_end end = {.name = SLICE("ours")};
    view_bindings_to(story->broker, &scope, &end, &count);
    cr_expect_eq(count, 0);
    cr_expect_eq(broker_counters(story->broker)->queues, 2);
    arena_finish(&arena);
    story_free(story);
}
