#include "tests/unit/broker/story.h"

#include <stdio.h>

static void send(struct story *story, const char *queue, const char *body, const char *expiration)
{
    PUBLISH(story, 1, 1, .routing_key = str(queue), .body = str(body),
            .properties = PROPERTIES(story, .expiration = str(expiration)));
}

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 2, basic_get, .queue = str(queue));
}

static void count(struct story *story, const char *queue)
{
    DO(story, 1, 2, queue_declare, .queue = str(queue), .passive = true);
}

Test(ttl, of_the_queue_takes_messages_one_by_one)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:100");
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_send(story, "q", "a b");
    story_wait(story, 40);
    story_send(story, "q", "c");
    cr_assert_eq(broker_deadline(story->broker), 100);
    story_wait(story, 59);
    COUNTED(story, messages_ready, 3);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 1);
    COUNTED(story, message_bytes, 1);
    COUNTED(story, settled, 2);
    cr_assert_eq(broker_deadline(story->broker), 140);
    story_wait(story, 40);
    COUNTED(story, messages_ready, 0);
    COUNTED(story, message_bytes, 0);
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    TOLD(story, "");
    story_free(story);
}

Test(ttl, of_the_message_needs_nothing_of_the_queue)
{
    struct story *story = story_new();
    story_queue(story, "q");
    send(story, "q", "a", "25");
    cr_assert_eq(broker_deadline(story->broker), 25);
    story_wait(story, 24);
    COUNTED(story, messages_ready, 1);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(ttl, the_smaller_one_counts)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:50");
    send(story, "q", "a", "30");
    story_wait(story, 30);
    COUNTED(story, messages_ready, 0);
    send(story, "q", "b", "90");
    story_wait(story, 49);
    COUNTED(story, messages_ready, 1);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(ttl, each_queue_has_its_own)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:10");
    QUEUE(story, "p", "x-message-ttl", "I:20");
    story_queue(story, "r");
    story_bind(story, "amq.fanout", "q", "");
    story_bind(story, "amq.fanout", "p", "");
    story_bind(story, "amq.fanout", "r", "");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("a"));
    COUNTED(story, messages_ready, 3);
    story_wait(story, 10);
    COUNTED(story, messages_ready, 2);
    story_wait(story, 10);
    COUNTED(story, messages_ready, 1);
    story_wait(story, 1000000);
    get(story, "r");
    TOLD(story, "get 1/2 #1 a via amq.fanout/, 0 left\n");
    story_free(story);
}

Test(ttl, of_zero_gives_a_consumer_its_chance)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:0");
    DO(story, 1, 1, confirm_select, .no_wait = true);
    story_send(story, "q", "a");
    COUNTED(story, messages_ready, 0);
    DO(story, 1, 2, basic_qos, .prefetch_count = 1);
    story_consume(story, 1, 2, "q", "c");
    story_send(story, "q", "b d");
    story_ack(story, 1, 2, 1);
    send(story, "q", "e", "1000");
    TOLD(story, "confirm 1/1 #1\n"
                "basic_qos_ok 1/2\n"
                "deliver 1/2 #1 c b\n"
                "confirm 1/1 #2\n"
                "confirm 1/1 #3\n"
                "deliver 1/2 #2 c e {expiration=1000}\n"
                "confirm 1/1 #4\n");
    story_free(story);
}

Test(ttl, of_zero_expires_when_it_comes_back_even_if_a_consumer_waits)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 1, 2, "q", "c");
    send(story, "q", "a", "0");
    story_send(story, "q", "b");
    DO(story, 1, 2, basic_nack, .multiple = true, .requeue = true);
    TOLD(story, "deliver 1/2 #1 c a {expiration=0}\n"
                "deliver 1/2 #2 c b\n"
                "deliver 1/2 #3 redelivered c b\n");
    COUNTED(story, settled, 1);
    story_free(story);
}

Test(ttl, counts_at_the_head_only)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "live");
    send(story, "q", "a", "10");
    send(story, "q", "b", "5");
    story_send(story, "q", "last");
    story_wait(story, 100);
    count(story, "q");
    get(story, "q");
    get(story, "q");
    TOLD(story, "queue_declare_ok 1/2 queue=q message_count=4 consumer_count=0\n"
                "get 1/2 #1 live, 1 left\n"
                "get 1/2 #2 last, 0 left\n");
    story_free(story);
}

Test(ttl, a_head_that_is_taken_uncovers_the_next)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "live");
    send(story, "q", "a", "10");
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    get(story, "q");
    cr_assert_eq(broker_deadline(story->broker), 10);
    DO(story, 1, 2, basic_reject, .delivery_tag = 1, .requeue = true);
    story_wait(story, 10);
    COUNTED(story, messages_ready, 2);
    DO(story, 3, 1, basic_qos, .prefetch_count = 1);
    story_consume(story, 3, 1, "q", "c");
    COUNTED(story, messages_ready, 0);
    TOLD(story, "get 1/2 #1 live, 1 left\n"
                "basic_qos_ok 3/1\n"
                "deliver 3/1 #1 redelivered c live\n");
    story_free(story);
}

Test(ttl, a_consumer_never_gets_what_is_too_old)
{
    struct story *story = story_new();
    story_queue(story, "q");
    send(story, "q", "a", "10");
    story_send(story, "q", "b");
    send(story, "q", "d", "20");
    broker_set_time(story->broker, 15, 0); // nobody has called broker_tick yet
    story_consume(story, 3, 1, "q", "c");
    TOLD(story, "deliver 3/1 #1 c b\n"
                "deliver 3/1 #2 c d {expiration=20}\n");
    story_free(story);
}

Test(ttl, does_not_touch_what_is_unsettled)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:10");
    story_send(story, "q", "a b");
    get(story, "q");
    get(story, "q");
    story_wait(story, 1000);
    COUNTED(story, messages_unsettled, 2);
    story_ack(story, 1, 2, 1);
    TOLD(story, "get 1/2 #1 a, 1 left\n"
                "get 1/2 #2 b, 0 left\n");
    story_close_channel(story, 1, 2); // what comes back too late is gone
    COUNTED(story, messages_unsettled, 0);
    COUNTED(story, messages_ready, 0);
    COUNTED(story, message_bytes, 0);
    TOLD(story, "");
    story_free(story);
}

Test(ttl, goes_on_for_what_comes_back)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:50");
    story_send(story, "q", "a");
    get(story, "q");
    story_wait(story, 30);
    DO(story, 1, 2, basic_reject, .delivery_tag = 1, .requeue = true);
    story_wait(story, 19);
    COUNTED(story, messages_ready, 1);
    cr_assert_eq(broker_deadline(story->broker), 50);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 0);
    TOLD(story, "get 1/2 #1 a, 0 left\n");
    story_free(story);
}

Test(ttl, of_a_transaction_begins_at_its_commit)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:50");
    DO(story, 2, 1, tx_select);
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("a"));
    story_wait(story, 100);
    DO(story, 2, 1, tx_commit);
    TOLD(story, "tx_select_ok 2/1\n"
                "tx_commit_ok 2/1\n");
    story_wait(story, 49);
    COUNTED(story, messages_ready, 1);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(ttl, purge_does_not_count_what_expired_at_the_head)
{
    struct story *story = story_new();
    story_queue(story, "q");
    send(story, "q", "a", "10");
    story_send(story, "q", "live");
    send(story, "q", "b", "10");
    broker_set_time(story->broker, 10, 0);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"));
    TOLD(story, "queue_purge_ok 1/1 message_count=2\n");
    COUNTED(story, message_bytes, 0);
    story_free(story);
}

Test(ttl, of_a_queue_that_is_deleted_or_purged_is_over)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "p");
    send(story, "q", "a", "10");
    send(story, "p", "a", "10");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    DO(story, 1, 1, queue_purge, .queue = SLICE("p"), .no_wait = true);
    story_wait(story, 100);
    COUNTED(story, settled, 0);
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    TOLD(story, "");
    story_free(story);
}

Test(ttl, is_journaled_as_settled)
{
    struct story *story = story_new_with(&story_durable);
    QUEUE(story, "q", "x-message-ttl", "I:10");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("a"),
            .properties = PROPERTIES(story, .delivery_mode = 2));
    TOLD(story, "store queue 1 #1 until 1000010 a {delivery_mode=2}, after 5\n");
    story_wait(story, 10);
    TOLD(story, "settle queue 1 #1\n");
    story_free(story);
}

Test(deadline, wakes_for_many_queues_each_in_its_time)
{
    enum { QUEUES = 200 };
    struct story *story = story_new();
    char name[16], ttl[16];
    for (int i = 0; i < QUEUES; i++) {
        snprintf(name, sizeof name, "q%d", i);
        snprintf(ttl, sizeof ttl, "%d", 1 + i * 37 % QUEUES); // every number up to QUEUES once
        story_queue(story, name);
        send(story, name, "m", ttl);
    }
    for (uint64_t now = 1; now <= QUEUES; now++) {
        cr_assert_eq(broker_deadline(story->broker), now);
        story_wait(story, 1);
        COUNTED(story, messages_ready, QUEUES - now);
    }
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_free(story);
}

Test(expires, deletes_a_queue_that_nobody_uses)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-expires", "I:100");
    story_bind(story, "amq.fanout", "q", "");
    story_send(story, "q", "a");
    cr_assert_eq(broker_deadline(story->broker), 100);
    story_wait(story, 99);
    COUNTED(story, queues, 1);
    story_wait(story, 1);
    COUNTED(story, queues, 0);
    COUNTED(story, messages_ready, 0);
    COUNTED(story, message_bytes, 0);
    count(story, "q");
    TOLD(story, "refuse 404 no queue 'q' in vhost '/'\n");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("a"), .mandatory = true);
    TOLD(story, "return 1/1 a via amq.fanout/\n");
    story_free(story);
}

Test(expires, begins_anew_with_declare_and_get_and_not_with_publish_or_purge)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-expires", "I:100");
    story_wait(story, 90);
    QUEUE(story, "q", "x-expires", "I:100");
    cr_assert_eq(broker_deadline(story->broker), 190);
    story_wait(story, 10);
    count(story, "q");
    cr_assert_eq(broker_deadline(story->broker), 200);
    story_wait(story, 10);
    get(story, "q");
    cr_assert_eq(broker_deadline(story->broker), 210);
    story_wait(story, 10);
    story_send(story, "q", "a");
    story_bind(story, "amq.fanout", "q", "");
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"), .no_wait = true);
    cr_assert_eq(broker_deadline(story->broker), 210);
    TOLD(story, "queue_declare_ok 1/2 queue=q message_count=0 consumer_count=0\n"
                "basic_get_empty 1/2 cluster_id=\n");
    story_free(story);
}

Test(expires, waits_for_the_last_consumer)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-expires", "I:100");
    story_wait(story, 50);
    story_consume(story, 1, 2, "q", "c");
    story_consume(story, 2, 1, "q", "d");
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    count(story, "q");
    get(story, "q");
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_wait(story, 1000);
    story_close_channel(story, 1, 2);
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_wait(story, 1000);
    DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("d"), .no_wait = true);
    cr_assert_eq(broker_deadline(story->broker), 2150);
    story_wait(story, 100);
    COUNTED(story, queues, 0);
    TOLD(story, "queue_declare_ok 1/2 queue=q message_count=0 consumer_count=2\n"
                "basic_get_empty 1/2 cluster_id=\n");
    story_free(story);
}

Test(expires, does_not_wait_for_what_is_unsettled)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-expires", "I:100");
    story_send(story, "q", "a");
    get(story, "q");
    story_wait(story, 100);
    COUNTED(story, queues, 0);
    COUNTED(story, messages_unsettled, 1);
    DO(story, 1, 2, basic_reject, .delivery_tag = 1, .requeue = true);
    COUNTED(story, messages_unsettled, 0);
    TOLD(story, "get 1/2 #1 a, 0 left\n");
    story_free(story);
}

Test(expires, of_an_exclusive_queue_and_its_session_do_not_meet)
{
    struct story *story = story_new();
    for (int i = 0; i < 2; i++) {
        DO(story, 2, 1, queue_declare, .queue = SLICE("e"), .exclusive = true, .no_wait = true,
           .arguments = story_table(story, "x-expires", "I:10", NULL));
        if (i == 0) {
            story_wait(story, 10);
            COUNTED(story, queues, 0);
        }
    }
    story_close(story, 2);
    COUNTED(story, queues, 0);
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_wait(story, 10);
    story_free(story);
}

Test(expires, makes_no_dead_letters_but_lets_earlier_ones_go)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-expires", "I:10", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    send(story, "q", "a", "10");
    story_send(story, "q", "b");
    story_wait(story, 10); // both are due at once: messages come first
    COUNTED(story, queues, 1);
    COUNTED(story, messages_ready, 1);
    get(story, "d");
    TOLD(story, "get 1/2 #1 a {headers=(x-death:[q expired 1 /q 10] x-first-death-exchange: "
                "x-first-death-queue:q x-first-death-reason:expired)}, 0 left\n");
    story_free(story);
}

enum { MANY = 10000 };

/* A queue with many messages that expire at 100, and one behind them that stays. It is 100 now, and
 * nothing has come of it yet. */
static void expire_many(struct story *story)
{
    story_queue(story, "q");
    struct slice soon = PROPERTIES(story, .expiration = SLICE("100"));
    for (int i = 0; i < MANY; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("a"), .properties = soon);
    }
    story_send(story, "q", "b");
    story->now_ms = 100;
    broker_set_time(story->broker, 100, 0);
}

Test(ttl, many_that_expire_at_once_go_in_slices)
{
    struct story *story = story_new();
    expire_many(story);
    int ticks = 0;
    for (uint64_t before = MANY + 1; broker_deadline(story->broker) <= 100; ticks++) {
        broker_tick(story->broker, &story->fx);
        uint64_t left = broker_counters(story->broker)->messages_ready;
        cr_assert_lt(left, before);
        cr_assert_geq(left + 5000, before, "%lu went at once", before - left);
        before = left;
    }
    cr_assert_gt(ticks, 1);
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(ttl, a_consumer_waits_for_what_stands_behind_many_that_expire)
{
    struct story *story = story_new();
    expire_many(story);
    story_consume(story, 1, 1, "q", "c");
    TOLD(story, "");
    story_wait(story, 0);
    TOLD(story, "deliver 1/1 #1 c b\n");
    story_free(story);
}

Test(ttl, a_get_does_not_wait_for_many_that_expire)
{
    struct story *story = story_new();
    expire_many(story);
    get(story, "q");
    TOLD(story, "get 1/2 #1 b, 0 left\n");
    story_free(story);
}
