#include "broker/policy.h"

#include "amqp/table.h"
#include "broker/recovery.h"
#include "broker/snapshot.h"
#include "broker/topology.h"
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

Test(policy, that_is_held_holds_when_it_is_renewed)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a b c d");
    broker_hold_policies(story->broker);
    PUT(story, POLICY_OF_USERS, "^q", "max-length", "I:3");
    PUT(story, POLICY_OF_OPERATORS, "^q", "max-length", "I:1");
    PUT(story, POLICY_OF_OPERATORS, "^q", "max-length", "I:2");
    COUNTED(story, messages_ready, 4);
    broker_renew_policies(story->broker, &story->fx);
    COUNTED(story, messages_ready, 2);
    drop(story, POLICY_OF_OPERATORS);
    story_send(story, "q", "e f");
    COUNTED(story, messages_ready, 3);
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

Test(policy, of_others_does_not_renew_the_time_of_a_queue)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-expires", "I:100");
    cr_assert_eq(broker_deadline(story->broker), 100);
    story_wait(story, 60);
    PUT(story, POLICY_OF_USERS, "^other", "expires", "I:50");
    cr_expect_eq(broker_deadline(story->broker), 100);
    drop(story, POLICY_OF_USERS);
    PUT(story, POLICY_OF_USERS, "^q", "expires", "I:50", "max-length", "I:7");
    cr_expect_eq(broker_deadline(story->broker), 110);
    story_wait(story, 10);
    PUT(story, POLICY_OF_USERS, "^q", "expires", "I:50");
    cr_expect_eq(broker_deadline(story->broker), 110);
    story_free(story);
}

Test(policy, that_sets_a_time_of_0_lets_nothing_push_out_what_is_there)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a");
    PUT(story, POLICY_OF_USERS, "^q", "message-ttl", "I:0", "max-length", "I:1");
    story_send(story, "q", "b c");
    COUNTED(story, messages_ready, 1);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    TOLD(story, "get 1/1 #1 a, 0 left\n");
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

/* Everything that lasts, from one broker to another. */
static void copy(struct broker *from, struct broker *to)
{
    struct snapshot *snapshot = snapshot_new(from, 8);
    struct bytes block = {0};
    struct outcome outcome = {0};
    while (snapshot_next(snapshot, &block, &outcome.type)) {
        outcome.payload = bytes_slice(&block);
        cr_assert(broker_apply(to, &outcome));
    }
    bytes_finish(&block);
    snapshot_free(snapshot);
}

Test(policy, lasts)
{
    struct story *story = story_new();
    struct broker *other = broker_new(&(struct broker_options){.durable = true});
    struct field_value value;
    PUT(story, POLICY_OF_USERS, "^q", "max-length", "I:2");
    PUT(story, POLICY_OF_OPERATORS, "o$", "expires", "I:7");
    copy(story->broker, other);
    const struct vhost *vhost = broker_find_vhost(other, SLICE("/"));
    const struct policy *policy =
        policies_find(broker_policies(vhost, POLICY_OF_USERS), SLICE("p"));
    cr_assert(policy && table_get(policy->definition, SLICE("max-length"), &value));
    cr_expect_eq(value.integer, 2);
    cr_expect(slice_eq(policy->source, SLICE("^q")));
    policy = policies_find(broker_policies(vhost, POLICY_OF_OPERATORS), SLICE("p"));
    cr_assert(policy && table_get(policy->definition, SLICE("expires"), &value));
    cr_expect_eq(value.integer, 7);
    broker_free(other);
    story_free(story);
}

Test(policy, set_again_or_deleted_in_the_journal_is_so_after_a_start)
{
    struct broker *broker = broker_new(&(struct broker_options){.durable = true});
    struct topology entries[] = {
        {.kind = TOPOLOGY_vhost_put, .vhost_put = {.name = SLICE("v")}},
        {.kind = TOPOLOGY_policy_put,
         .policy_put = {.vhost = SLICE("v"),
                        .name = SLICE("p"),
                        .pattern = SLICE("."),
                        .priority = outcome_zigzag(0, (uint64_t)-9),
                        .definition = SLICE("\7expiresI\0\0\0\5")}},
        {.kind = TOPOLOGY_policy_delete,
         .policy_delete = {.vhost = SLICE("v"), .name = SLICE("p")}},
    };
    for (int i = 0; i < 3; i++) {
        struct bytes payload = {0};
        topology_encode(&entries[i], &payload);
        struct outcome outcome = {OUTCOME_TOPOLOGY, bytes_slice(&payload), 0};
        cr_assert(broker_apply(broker, &outcome), "entry %d", i);
        cr_assert(broker_apply(broker, &outcome), "entry %d, again", i);
        bytes_finish(&payload);
        struct vhost *vhost = broker_find_vhost(broker, SLICE("v"));
        struct policy *policy = policies_find(broker_policies(vhost, POLICY_OF_USERS), SLICE("p"));
        cr_expect_eq(policy != NULL, i == 1);
        cr_expect(!policy || policy->priority == -9);
    }
    broker_free(broker);
}
