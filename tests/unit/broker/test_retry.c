#include <stdio.h>

#include "broker/outcome.h"
#include "broker/policy.h"
#include "broker/policy_definition.h"
#include "broker/snapshot.h"
#include "broker/view.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

#define RETRIED(story, name, type, ...)                                                            \
    QUEUE(story, name, "x-queue-type", "S:quorum", "x-delayed-retry-type", "S:" type,              \
          "x-delayed-retry-min", "I:100", __VA_ARGS__)

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 2, basic_get, .queue = str(queue));
}

static void nack(struct story *story, uint64_t tag)
{
    DO(story, 1, 2, basic_nack, .delivery_tag = tag, .requeue = true);
}

static void reject(struct story *story, uint64_t tag)
{
    DO(story, 1, 2, basic_reject, .delivery_tag = tag, .requeue = true);
}

static struct queue_view look(struct broker *broker)
{
    struct arena arena = {0};
    size_t count;
    struct view_scope scope = {.arena = &arena};
    struct queue_view view = view_queues(broker, &scope, &count)[0];
    cr_assert_eq(count, 1);
    arena_finish(&arena);
    return view;
}

Test(retry, holds_back_what_comes_back)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", "x-delayed-retry-max", "I:1000");
    story_send(story, "q", "a b");
    get(story, "q");
    nack(story, 1);
    cr_assert_eq(broker_deadline(story->broker), 100);
    cr_assert_eq(look(story->broker).ready, 1);
    cr_assert_eq(look(story->broker).delayed, 1);
    COUNTED(story, messages_delayed, 1);
    COUNTED(story, message_bytes, 2);
    story_wait(story, 99);
    get(story, "q");
    get(story, "q");
    story_wait(story, 1);
    COUNTED(story, messages_delayed, 0);
    get(story, "q");
    TOLD(story, "get 1/2 #1 a, 1 left\n"
                "get 1/2 #2 b, 0 left\n"
                "basic_get_empty 1/2 cluster_id=\n"
                "get 1/2 #3 redelivered failed 1 a, 0 left\n");
    story_free(story);
}

Test(retry, gives_it_back_to_its_place_and_to_who_waits)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", "x-delayed-retry-max", "I:1000");
    story_send(story, "q", "a b c");
    get(story, "q");
    get(story, "q");
    nack(story, 2);
    nack(story, 1);
    TOLD(story, "get 1/2 #1 a, 2 left\nget 1/2 #2 b, 1 left\n");
    story_wait(story, 100);
    story_consume(story, 1, 1, "q", "c");
    TOLD(story, "deliver 1/1 #1 redelivered failed 1 c a\n"
                "deliver 1/1 #2 redelivered failed 1 c b\n"
                "deliver 1/1 #3 c c\n");
    DO(story, 1, 1, basic_nack, .delivery_tag = 3, .requeue = true);
    TOLD(story, "");
    story_wait(story, 100);
    TOLD(story, "deliver 1/1 #4 redelivered failed 1 c c\n");
    story_free(story);
}

Test(retry, waits_longer_each_time_up_to_the_largest_delay)
{
    static const uint64_t waits[] = {100, 200, 250, 250};
    struct story *story = story_new();
    RETRIED(story, "q", "all", "x-delayed-retry-max", "I:250");
    story_send(story, "q", "a");
    for (uint64_t i = 0; i < 4; i++) {
        get(story, "q");
        nack(story, i + 1);
        cr_assert_eq(broker_deadline(story->broker), story->now_ms + waits[i]);
        story_wait(story, waits[i]);
        COUNTED(story, messages_ready, 1);
    }
    story_free(story);
}

Test(retry, waits_the_least_delay_where_there_is_no_largest)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", NULL, NULL);
    story_send(story, "q", "a");
    for (uint64_t i = 1; i <= 3; i++) {
        get(story, "q");
        nack(story, i);
        story_wait(story, 100);
        COUNTED(story, messages_ready, 1);
    }
    story_free(story);
}

/* basic.reject and the end of a channel are failures; basic.nack and basic.recover are not. */
static uint64_t held_of(const char *type)
{
    struct story *story = story_new();
    char word[16];
    snprintf(word, sizeof word, "S:%s", type);
    QUEUE(story, "q", "x-queue-type", "S:quorum", "x-delayed-retry-type", word,
          "x-delayed-retry-min", "I:100");
    story_send(story, "q", "reject end nack recover");
    get(story, "q");
    DO(story, 1, 3, basic_get, .queue = SLICE("q"));
    get(story, "q");
    DO(story, 1, 4, basic_get, .queue = SLICE("q"));
    uint64_t held = 0;
    reject(story, 1);
    held = broker_counters(story->broker)->messages_delayed == 1 ? 1 : 0;
    story_close_channel(story, 1, 3);
    held += broker_counters(story->broker)->messages_delayed == held + 1 && held == 1 ? 1 : 0;
    nack(story, 2);
    DO(story, 1, 4, basic_recover, .requeue = true);
    uint64_t all = broker_counters(story->broker)->messages_delayed;
    cr_assert_eq(broker_counters(story->broker)->messages_ready, 4 - all);
    story_free(story);
    return held * 10 + all;
}

Test(retry, tells_failures_from_returns)
{
    cr_assert_eq(held_of("failed"), 22);
    cr_assert_eq(held_of("returned"), 2);
    cr_assert_eq(held_of("all"), 24);
    cr_assert_eq(held_of("disabled"), 0);
    cr_assert_eq(held_of("sometimes"), 0);
}

Test(retry, is_not_for_what_has_failed_too_often)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", "x-delivery-limit", "I:1");
    story_send(story, "q", "a");
    get(story, "q");
    nack(story, 1);
    story_wait(story, 100);
    get(story, "q");
    nack(story, 2);
    COUNTED(story, messages_delayed, 0);
    COUNTED(story, messages_ready, 0);
    COUNTED(story, settled, 1);
    story_free(story);
}

Test(retry, counts_towards_the_length)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", "x-max-length", "I:2", "x-overflow", "S:reject-publish");
    story_send(story, "q", "a b");
    get(story, "q");
    nack(story, 1);
    DO(story, 1, 1, confirm_select, .no_wait = true);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("c"));
    TOLD(story, "get 1/2 #1 a, 1 left\nconfirm 1/1 #1 negative\n");
    story_free(story);
}

/* What is held back is not there to be dropped. */
Test(retry, is_not_dropped_from_the_head)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", "x-max-length", "I:1");
    story_send(story, "q", "a");
    get(story, "q");
    nack(story, 1);
    story_send(story, "q", "b");
    COUNTED(story, messages_ready, 0);
    story_wait(story, 100);
    COUNTED(story, messages_ready, 1);
    get(story, "q");
    TOLD(story, "get 1/2 #1 a, 0 left\nget 1/2 #2 redelivered failed 1 a, 0 left\n");
    story_free(story);
}

Test(retry, ends_with_a_purge_and_with_the_queue)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", NULL, NULL);
    story_send(story, "q", "a b c");
    get(story, "q");
    get(story, "q");
    nack(story, 1);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"));
    TOLD(story, "get 1/2 #1 a, 2 left\nget 1/2 #2 b, 1 left\n"
                "queue_purge_ok 1/1 message_count=2\n");
    COUNTED(story, messages_delayed, 0);
    nack(story, 2);
    COUNTED(story, messages_delayed, 1);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    COUNTED(story, messages_delayed, 0);
    COUNTED(story, message_bytes, 0);
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_free(story);
}

Test(retry, lets_time_run_out)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", "x-message-ttl", "I:50");
    story_send(story, "q", "a");
    get(story, "q");
    nack(story, 1);
    story_wait(story, 99);
    COUNTED(story, messages_delayed, 1);
    story_wait(story, 1);
    COUNTED(story, messages_delayed, 0);
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(retry, is_what_a_policy_says_before_the_argument)
{
    struct story *story = story_new();
    RETRIED(story, "q", "all", NULL, NULL);
    struct policy_options policy = {.name = SLICE("p"),
                                    .pattern = SLICE("^q$"),
                                    .definition =
                                        story_table(story, "delayed-retry-type", "S:failed",
                                                    "delayed-retry-min", "I:40", NULL)};
    struct vhost *vhost = broker_find_vhost(story->broker, SLICE("/"));
    cr_assert_eq(broker_put_policy(vhost, POLICY_OF_USERS, &policy, &story->fx), AMQP_OK);
    story_send(story, "q", "a b");
    get(story, "q");
    get(story, "q");
    nack(story, 1);
    COUNTED(story, messages_delayed, 0);
    reject(story, 2);
    COUNTED(story, messages_delayed, 1);
    cr_assert_eq(broker_deadline(story->broker), 40);
    story_free(story);
}

static void refused(struct slice definition, bool by_operator, const char *reason)
{
    struct text why;
    text_clear(&why);
    bool good = policy_definition_check(definition, by_operator, &why);
    cr_assert(!good && slice_eq(text_slice(&why), str(reason)), "%.*s", (int)why.len, why.ptr);
}

Test(retry, is_refused_in_policies_that_make_no_sense)
{
    struct story *story = story_new();
    refused(
        story_table(story, "delayed-retry-type", "S:some", NULL), false,
        "<<\"some\">> is not a valid delayed retry type. Must be one of: all, failed, returned, "
        "disabled");
    refused(story_table(story, "delayed-retry-min", "I:0", NULL), true,
            "0 is not a valid delayed retry minimum delay. Must be a positive integer");
    refused(story_table(story, "delayed-retry-type", "S:all", NULL), true,
            "delayed-retry-min is required when delayed-retry-type is all");
    refused(story_table(story, "delayed-retry-min", "I:10", "delayed-retry-max", "I:9", NULL),
            false, "delayed-retry-max (9) must not be smaller than delayed-retry-min (10)");
    story_free(story);
}

Test(retry, is_for_quorum_queues)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-delayed-retry-type", "S:all");
    TOLD(story, "refuse 406 invalid arg 'x-delayed-retry-type' for queue 'q' in vhost '/' of queue "
                "type rabbit_classic_queue\n");
    story_free(story);
}

/* The broker that the records make after a crash. */
static struct story *restart(struct story *story, struct shelf *shelf, uint64_t ms)
{
    uint64_t now_ms = story->now_ms + ms;
    story->shelf = NULL;
    story_free(story);
    struct story *again = story_new_with(&story_durable);
    shelf_open(shelf, again->broker, shelf->count);
    shelf_play(shelf, again->broker, 0, shelf->count);
    again->shelf = shelf;
    again->now_ms = now_ms;
    broker_set_time(again->broker, now_ms, now_ms / 1000);
    broker_restored(again->broker, &again->fx);
    effects_clear(&again->fx);
    return again;
}

Test(retry, tells_the_journal)
{
    struct story *story = story_new_with(&story_durable);
    RETRIED(story, "q", "all", NULL, NULL);
    story_send(story, "q", "a");
    get(story, "q");
    nack(story, 1);
    TOLD(story, "store queue 1 #260 a, after 5\n"
                "mark queue 1 #260, after 6\n"
                "get 1/2 #1 a, 0 left, after 6\n"
                "attempts queue 1 #260 failed 1\n"
                "retry queue 1 #260 until 1000100\n");
    story_free(story);
}

Test(retry, goes_on_after_a_restart)
{
    struct shelf shelf = {.count = 0};
    struct story *story = story_new_on(&story_durable, &shelf);
    RETRIED(story, "q", "all", "x-delayed-retry-max", "I:1000");
    story_send(story, "q", "a b c");
    for (int i = 0; i < 3; i++) {
        get(story, "q");
    }
    nack(story, 2);
    story_wait(story, 50);
    nack(story, 3);
    nack(story, 1);
    story = restart(story, &shelf, 49);
    cr_assert_eq(look(story->broker).delayed, 3);
    COUNTED(story, messages_ready, 0);
    story_wait(story, 1);
    get(story, "q");
    story_wait(story, 50);
    get(story, "q");
    get(story, "q");
    TOLD(story, "get 1/2 #1 redelivered failed 1 b, 0 left\n"
                "get 1/2 #2 redelivered failed 1 a, 1 left\n"
                "get 1/2 #3 redelivered failed 1 c, 0 left\n");
    nack(story, 1);
    story = restart(story, &shelf, 100); // unsettled ones are ready at once, b is held back
    COUNTED(story, messages_ready, 2);
    cr_assert_eq(look(story->broker).delayed, 1);
    story_wait(story, 100);
    COUNTED(story, messages_ready, 3);
    story_free(story);
    shelf_finish(&shelf);
}

/* The attempts and the waits of a checkpoint are those that there were. */
Test(retry, is_in_checkpoints)
{
    struct shelf shelf = {.count = 0};
    struct bytes block = {0};
    uint8_t type;
    struct story *story = story_new_on(&story_durable, &shelf);
    RETRIED(story, "q", "all", NULL, NULL);
    story_send(story, "q", "a b");
    get(story, "q");
    nack(story, 1);
    struct broker *other = broker_new(&story_durable);
    shelf_open(&shelf, other, shelf.count);
    struct snapshot *snapshot = snapshot_new(story->broker, shelf_end(&shelf));
    while (snapshot_next(snapshot, &block, &type)) {
        struct outcome outcome = {.type = type, .payload = bytes_slice(&block)};
        cr_assert(broker_apply(other, &outcome));
    }
    snapshot_free(snapshot);
    bytes_finish(&block);
    struct effects fx = {0};
    broker_restored(other, &fx);
    cr_assert_eq(look(other).delayed, 1);
    cr_assert_eq(look(other).ready, 1);
    cr_assert_eq(broker_deadline(other), 100);
    effects_free(&fx);
    broker_free(other);
    story_free(story);
    shelf_finish(&shelf);
}
