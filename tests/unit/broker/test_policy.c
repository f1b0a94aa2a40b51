#include "broker/policy.h"

#include "tests/unit/broker/story.h"

static void put(struct story *story, enum policy_kind kind, const char *pattern,
                struct slice definition)
{
    struct policy_options options = {
        .name = SLICE("p"), .pattern = str(pattern), .definition = definition, .apply = POLICY_ALL};
    enum amqp_reply reply =
        broker_put_policy(broker_find_vhost(story->broker, SLICE("/")), kind, &options, &story->fx);
    cr_assert_eq(reply, AMQP_OK);
}

static void drop(struct story *story, enum policy_kind kind)
{
    struct vhost *vhost = broker_find_vhost(story->broker, SLICE("/"));
    cr_assert_eq(broker_delete_policy(vhost, kind, SLICE("p"), &story->fx), AMQP_OK);
}

#define PUT(story, kind, pattern, ...)                                                             \
    put(story, kind, pattern, story_table(story, __VA_ARGS__, NULL))

Test(policy, shortens_a_queue_at_once)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "other");
    story_send(story, "q", "a b c d");
    story_send(story, "other", "a b c d");
    PUT(story, POLICY_OF_USERS, "^q", "max-length", "I:2");
    COUNTED(story, messages_ready, 6);
    story_send(story, "q", "e");
    COUNTED(story, messages_ready, 6);
    drop(story, POLICY_OF_USERS);
    story_send(story, "q", "f");
    COUNTED(story, messages_ready, 7);
    story_free(story);
}

Test(policy, holds_for_queues_that_are_declared_later)
{
    struct story *story = story_new();
    PUT(story, POLICY_OF_OPERATORS, "^q", "max-length", "I:1");
    story_queue(story, "q");
    story_send(story, "q", "a b c");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(policy, dead_letters_what_it_drops)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "d");
    story_send(story, "q", "a b");
    PUT(story, POLICY_OF_USERS, "^q", "max-length", "I:1", "dead-letter-exchange",
        "S:", "dead-letter-routing-key", "S:d");
    COUNTED(story, messages_ready, 2);
    DO(story, 1, 1, queue_declare, .queue = SLICE("d"), .passive = true);
    TOLD(story, "queue_declare_ok 1/1 queue=d message_count=1 consumer_count=0\n");
    story_free(story);
}

Test(policy, expires_a_queue_that_nobody_uses)
{
    struct story *story = story_new();
    story_queue(story, "q");
    PUT(story, POLICY_OF_USERS, "^q", "expires", "I:100");
    cr_expect_neq(broker_deadline(story->broker), UINT64_MAX);
    drop(story, POLICY_OF_USERS);
    cr_expect_eq(broker_deadline(story->broker), UINT64_MAX);
    story_free(story);
}

Test(policy, gives_an_exchange_an_alternate)
{
    struct story *story = story_new();
    story_exchange(story, "x", "direct");
    story_exchange(story, "other", "fanout");
    story_queue(story, "q");
    DO(story, 1, 1, queue_bind, .queue = SLICE("q"), .exchange = SLICE("other"), .no_wait = true);
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("a"));
    COUNTED(story, messages_ready, 0);
    PUT(story, POLICY_OF_USERS, "x", "alternate-exchange", "S:other");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("a"));
    COUNTED(story, messages_ready, 1);
    drop(story, POLICY_OF_USERS);
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("a"));
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(policy, that_is_not_there_cannot_be_deleted)
{
    struct story *story = story_new();
    struct vhost *vhost = broker_find_vhost(story->broker, SLICE("/"));
    cr_expect_eq(broker_delete_policy(vhost, POLICY_OF_USERS, SLICE("p"), &story->fx),
                 AMQP_NOT_FOUND);
    story_free(story);
}
