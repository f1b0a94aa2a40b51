#include "broker/policy.h"
#include "tests/unit/broker/story.h"

#define TIMED_OUT(channel, ms)                                                                     \
    "close 1/" #channel " 406 delivery acknowledgement on channel " #channel                       \
    " timed out. Timeout value used: " #ms                                                         \
    " ms. This timeout value can be configured, see consumers doc guide to learn more\n"

static struct story *begin(uint32_t timeout_ms)
{
    struct broker_options options = story_options;
    options.consumer_timeout_ms = timeout_ms;
    return story_new_with(&options);
}

static void consume(struct story *story, uint16_t number, const char *queue, struct slice arguments)
{
    DO(story, 1, number, basic_consume, .queue = str(queue), .consumer_tag = SLICE("c"),
       .no_wait = true, .arguments = arguments);
}

Test(ack_timeout, closes_the_channel_of_what_is_not_acknowledged)
{
    struct story *story = begin(10000);
    story_queue(story, "q");
    consume(story, 2, "q", SLICE(""));
    story_send(story, "q", "a");
    story_wait(story, 10000);
    TOLD(story, "deliver 1/2 #1 c a\n");
    story_wait(story, 10);
    TOLD(story, TIMED_OUT(2, 10000));
    story_close_channel(story, 1, 2);
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(ack_timeout, leaves_alone_what_is_acknowledged_in_time)
{
    struct story *story = begin(10000);
    story_queue(story, "q");
    consume(story, 2, "q", SLICE(""));
    story_send(story, "q", "a b");
    story_wait(story, 9000);
    story_ack(story, 1, 2, 1);
    story_ack(story, 1, 2, 2);
    story_send(story, "q", "c");
    story_wait(story, 9000);
    story_ack(story, 1, 2, 3);
    story_wait(story, 100000);
    TOLD(story, "deliver 1/2 #1 c a\n"
                "deliver 1/2 #2 c b\n"
                "deliver 1/2 #3 c c\n");
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_free(story);
}

/* One delivery every 2 ms, each acknowledged after 8 s, but for one. */
Test(ack_timeout, is_exact_among_many_and_never_early)
{
    enum { DELIVERIES = 10000, FORGOTTEN = 2000 };
    struct story *story = begin(10000);
    story_queue(story, "q");
    consume(story, 2, "q", SLICE(""));
    for (uint64_t i = 1; i <= DELIVERIES; i++) {
        story_send(story, "q", "a");
        if (i > 4000 && i - 4000 != FORGOTTEN) {
            story_ack(story, 1, 2, i - 4000);
        }
        story_was(story, story_text(story));
        story_wait(story, 2);
        bool due = i * 2 >= FORGOTTEN * 2 + 10000 + 10; // made at 2 * (FORGOTTEN - 1)
        if (*story_text(story)) {
            cr_assert(i * 2 > (FORGOTTEN - 1) * 2 + 10000, "early, at %llu ms",
                      (unsigned long long)i * 2);
            TOLD(story, TIMED_OUT(2, 10000));
            story_free(story);
            return;
        }
        cr_assert(!due, "late");
    }
}

Test(ack_timeout, is_the_consumers_before_the_queues_before_the_brokers)
{
    struct story *story = begin(50000);
    QUEUE(story, "q", "x-consumer-timeout", "I:10000");
    story_queue(story, "p");
    consume(story, 2, "q", SLICE(""));
    consume(story, 3, "q", story_table(story, "x-consumer-timeout", "I:2000", NULL));
    consume(story, 4, "p", SLICE(""));
    story_send(story, "q", "a b");
    story_send(story, "p", "c");
    story_was(story, story_text(story));
    story_wait(story, 2010);
    TOLD(story, TIMED_OUT(3, 2000));
    story_wait(story, 8010);
    TOLD(story, TIMED_OUT(2, 10000));
    story_wait(story, 41000);
    TOLD(story, TIMED_OUT(4, 50000));
    story_free(story);
}

Test(ack_timeout, of_two_queues_on_a_channel_is_each_its_own)
{
    struct story *story = begin(0);
    QUEUE(story, "long", "x-consumer-timeout", "I:100000");
    QUEUE(story, "short", "x-consumer-timeout", "I:1000");
    consume(story, 2, "long", SLICE(""));
    story_send(story, "long", "a");
    DO(story, 1, 2, basic_consume, .queue = SLICE("short"), .consumer_tag = SLICE("d"),
       .no_wait = true);
    story_send(story, "short", "b");
    story_wait(story, 900);
    story_ack(story, 1, 2, 2);
    story_was(story, story_text(story));
    story_wait(story, 90000);
    TOLD(story, "");
    story_wait(story, 10100);
    TOLD(story, TIMED_OUT(2, 100000));
    story_free(story);
}

Test(ack_timeout, counts_for_basic_get_and_not_without_acknowledgement)
{
    struct story *story = begin(1000);
    story_queue(story, "q");
    story_send(story, "q", "a b");
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    DO(story, 1, 3, basic_get, .queue = SLICE("q"), .no_ack = true);
    story_was(story, story_text(story));
    story_wait(story, 1010);
    TOLD(story, TIMED_OUT(2, 1000));
    story_free(story);
}

Test(ack_timeout, is_none_if_nothing_sets_one)
{
    struct story *story = begin(0);
    story_queue(story, "q");
    consume(story, 2, "q", SLICE(""));
    story_send(story, "q", "a");
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_was(story, story_text(story));
    story_free(story);
}

static void set_policy(struct story *story, const char *timeout)
{
    struct effects fx = {0};
    struct policy_options options = {
        .name = SLICE("p"),
        .pattern = SLICE("."),
        .definition = story_table(story, "consumer-timeout", timeout, NULL),
    };
    struct vhost *vhost = broker_find_vhost(story->broker, SLICE("/"));
    cr_assert_eq(broker_put_policy(vhost, POLICY_OF_USERS, &options, &fx), AMQP_OK);
    effects_free(&fx);
}

Test(ack_timeout, of_a_policy_holds_for_what_is_out_already)
{
    struct story *story = begin(0);
    story_queue(story, "q");
    consume(story, 2, "q", SLICE(""));
    story_send(story, "q", "a");
    story_was(story, story_text(story));
    story_wait(story, 5000);
    set_policy(story, "I:1000");
    story_wait(story, 990);
    TOLD(story, "");
    story_wait(story, 20);
    TOLD(story, TIMED_OUT(2, 1000));
    story_free(story);
}

Test(ack_timeout, begins_anew_with_a_rollback_that_nobody_remembers)
{
    struct story *story = begin(1000);
    story_queue(story, "q");
    DO(story, 1, 2, tx_select);
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    story_ack(story, 1, 2, 1);
    story_wait(story, 5000);
    DO(story, 1, 2, tx_rollback);
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    story_was(story, story_text(story));
    story_send(story, "q", "b");
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    story_was(story, story_text(story));
    story_wait(story, 1010);
    TOLD(story, TIMED_OUT(2, 1000));
    story_free(story);
}

static void quorum_queue(struct story *story, const char *name)
{
    DO(story, 1, 1, queue_declare, .queue = str(name), .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-queue-type", "S:quorum", NULL));
}

Test(ack_timeout, cancels_the_consumer_of_a_quorum_queue)
{
    struct story *story = begin(10000);
    quorum_queue(story, "q");
    story_queue(story, "classic");
    consume(story, 2, "q", SLICE(""));
    story_send(story, "q", "a b");
    story_consume(story, 1, 2, "classic", "other");
    TOLD(story, "deliver 1/2 #1 c a\n"
                "deliver 1/2 #2 c b\n");
    story_wait(story, 10010);
    TOLD(story, "cancel 1/2 c\n");
    COUNTED(story, messages_ready, 2);
    COUNTED(story, consumers, 1);
    story_send(story, "classic", "d");
    TOLD(story, "deliver 1/2 #3 other d\n");
    story_free(story);
}

Test(ack_timeout, passes_over_what_comes_too_late_for_a_cancelled_consumer)
{
    struct story *story = begin(10000);
    quorum_queue(story, "q");
    consume(story, 2, "q", SLICE(""));
    story_send(story, "q", "a b c");
    story_wait(story, 10010);
    TOLD(story, "deliver 1/2 #1 c a\n"
                "deliver 1/2 #2 c b\n"
                "deliver 1/2 #3 c c\n"
                "cancel 1/2 c\n");
    story_ack(story, 1, 2, 2);
    DO(story, 1, 2, basic_nack, .delivery_tag = 3, .multiple = true, .requeue = false);
    TOLD(story, "");
    COUNTED(story, messages_ready, 3);
    story_ack(story, 1, 2, 1);
    TOLD(story, "refuse 406 unknown delivery tag 1\n");
    story_free(story);
}

Test(ack_timeout, closes_the_channel_for_what_was_got_from_a_quorum_queue)
{
    struct story *story = begin(10000);
    quorum_queue(story, "q");
    story_send(story, "q", "a");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    story_wait(story, 10010);
    TOLD(story, "get 1/1 #1 a, 0 left\n" TIMED_OUT(1, 10000));
    story_free(story);
}

Test(ack_timeout, closes_the_channel_of_who_does_not_understand_a_cancel)
{
    struct story *story = begin(10000);
    quorum_queue(story, "q");
    story_open(story,
               &(struct session_options){.conn = 2, .user = SLICE("guest"), .vhost = SLICE("/")});
    DO(story, 2, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"),
       .no_wait = true);
    story_send(story, "q", "a");
    story_wait(story, 10010);
    TOLD(story, "deliver 2/1 #1 c a\n"
                "close 2/1 406 delivery acknowledgement on channel 1 timed out. Timeout value "
                "used: 10000 ms. This timeout value can be configured, see consumers doc guide to "
                "learn more\n");
    story_free(story);
}

Test(ack_timeout, hands_what_one_consumer_held_to_the_next)
{
    struct story *story = begin(10000);
    quorum_queue(story, "q");
    consume(story, 2, "q", SLICE(""));
    story_send(story, "q", "a b");
    story_wait(story, 5000);
    consume(story, 3, "q", SLICE(""));
    TOLD(story, "deliver 1/2 #1 c a\n"
                "deliver 1/2 #2 c b\n");
    story_wait(story, 5010);
    TOLD(story, "cancel 1/2 c\n"
                "deliver 1/3 #1 redelivered failed 1 c a\n"
                "deliver 1/3 #2 redelivered failed 1 c b\n");
    story_free(story);
}

Test(ack_timeout, passes_the_turn_of_a_single_active_consumer)
{
    struct story *story = begin(10000);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-queue-type", "S:quorum", "x-single-active-consumer",
                                "t:true", NULL));
    consume(story, 2, "q", SLICE(""));
    consume(story, 3, "q", SLICE(""));
    story_send(story, "q", "a");
    story_wait(story, 10010);
    TOLD(story, "deliver 1/2 #1 c a\n"
                "cancel 1/2 c\n"
                "deliver 1/3 #1 redelivered failed 1 c a\n");
    story_free(story);
}
