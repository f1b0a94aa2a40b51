#include "tests/unit/broker/story.h"

/* Sets a limit without a word about it in the story. */
static void prefetch(struct story *story, uint16_t number, uint16_t count, bool global)
{
    size_t before = story->text.len;
    DO(story, 1, number, basic_qos, .prefetch_count = count, .global = global);
    story->text.len = before;
}

static void consume_at(struct story *story, uint16_t number, const char *tag, const char *priority)
{
    DO(story, 1, number, basic_consume, .queue = SLICE("q"), .consumer_tag = str(tag),
       .no_wait = true, .arguments = story_table(story, "x-priority", priority, NULL));
}

Test(rotation, is_strict_among_consumers_of_all_channels_and_connections)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 1, 2, "q", "b");
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "1 2 3 4 5");
    TOLD(story, "deliver 1/1 #1 a 1\n"
                "deliver 1/2 #1 b 2\n"
                "deliver 2/1 #1 c 3\n"
                "deliver 1/1 #2 a 4\n"
                "deliver 1/2 #2 b 5\n");
    story_free(story);
}

Test(rotation, is_strict_for_messages_that_wait_too)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "1 2 3 4 5");
    prefetch(story, 1, 1, false);
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 1, 1, "q", "b");
    TOLD(story, "deliver 1/1 #1 a 1\n"
                "deliver 1/1 #2 b 2\n");
    DO(story, 1, 1, basic_ack, .delivery_tag = 2, .multiple = true);
    TOLD(story, "deliver 1/1 #3 a 3\n"
                "deliver 1/1 #4 b 4\n");
    story_free(story);
}

Test(rotation, prefers_the_highest_priority_that_has_room)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 1, false);
    consume_at(story, 1, "low", "I:-5");
    story_consume(story, 1, 1, "q", "plain");
    consume_at(story, 1, "high", "l:10");
    story_send(story, "q", "1 2 3 4");
    TOLD(story, "deliver 1/1 #1 high 1\n"
                "deliver 1/1 #2 plain 2\n"
                "deliver 1/1 #3 low 3\n");
    story_ack(story, 1, 1, 3);
    story_ack(story, 1, 1, 1);
    story_send(story, "q", "5");
    TOLD(story, "deliver 1/1 #4 low 4\n"
                "deliver 1/1 #5 high 5\n");
    story_free(story);
}

Test(prefetch, limits_each_consumer_by_what_held_when_it_began)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 2, false);
    story_consume(story, 1, 1, "q", "two");
    prefetch(story, 1, 1, false);
    story_send(story, "q", "a b c d");
    story_consume(story, 1, 1, "q", "one");
    prefetch(story, 1, 0, false);
    TOLD(story, "deliver 1/1 #1 two a\n"
                "deliver 1/1 #2 two b\n"
                "deliver 1/1 #3 one c\n");
    story_free(story);
}

Test(prefetch, goes_on_with_every_acknowledgement)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 2, false);
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "a b d e f");
    TOLD(story, "deliver 1/1 #1 c a\n"
                "deliver 1/1 #2 c b\n");
    story_ack(story, 1, 1, 2);
    TOLD(story, "deliver 1/1 #3 c d\n");
    DO(story, 1, 1, basic_reject, .delivery_tag = 1);
    TOLD(story, "deliver 1/1 #4 c e\n");
    DO(story, 1, 1, basic_nack, .delivery_tag = 4, .multiple = true, .requeue = true);
    TOLD(story, "deliver 1/1 #5 redelivered c d\n"
                "deliver 1/1 #6 redelivered c e\n");
    story_free(story);
}

Test(prefetch, does_not_limit_consumers_that_do_not_acknowledge)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 1, false);
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"), .no_ack = true,
       .no_wait = true);
    story_send(story, "q", "a b d");
    TOLD(story, "deliver 1/1 #1 c a\n"
                "deliver 1/1 #2 c b\n"
                "deliver 1/1 #3 c d\n");
    story_free(story);
}

Test(prefetch, ignores_what_basic_get_took)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "x y");
    prefetch(story, 1, 1, true);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "a b");
    story_ack(story, 1, 1, 1);
    TOLD(story, "get 1/1 #1 x, 1 left\n"
                "get 1/1 #2 y, 0 left\n"
                "deliver 1/1 #3 c a\n");
    story_ack(story, 1, 1, 3);
    TOLD(story, "deliver 1/1 #4 c b\n");
    story_free(story);
}

Test(global_prefetch, is_shared_by_the_consumers_of_a_channel)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 2, true);
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 1, 1, "q", "b");
    story_send(story, "q", "1 2 3 4 5");
    TOLD(story, "deliver 1/1 #1 a 1\n"
                "deliver 1/1 #2 b 2\n");
    story_ack(story, 1, 1, 1);
    TOLD(story, "deliver 1/1 #3 a 3\n");
    story_consume(story, 1, 2, "q", "other");
    TOLD(story, "deliver 1/2 #1 other 4\n"
                "deliver 1/2 #2 other 5\n");
    story_free(story);
}

Test(global_prefetch, can_be_raised_lowered_and_lifted)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 1, true);
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "1 2 3 4 5 6 7");
    TOLD(story, "deliver 1/1 #1 c 1\n");
    DO(story, 1, 1, basic_qos, .prefetch_count = 3, .global = true);
    TOLD(story, "basic_qos_ok 1/1\n"
                "deliver 1/1 #2 c 2\n"
                "deliver 1/1 #3 c 3\n");
    prefetch(story, 1, 1, true);
    DO(story, 1, 1, basic_ack, .delivery_tag = 2, .multiple = true);
    TOLD(story, "");
    story_ack(story, 1, 1, 3);
    TOLD(story, "deliver 1/1 #4 c 4\n");
    DO(story, 1, 1, basic_qos, .prefetch_count = 0, .global = true);
    TOLD(story, "basic_qos_ok 1/1\n"
                "deliver 1/1 #5 c 5\n"
                "deliver 1/1 #6 c 6\n"
                "deliver 1/1 #7 c 7\n");
    story_free(story);
}

Test(global_prefetch, goes_round_the_queues)
{
    struct story *story = story_new();
    prefetch(story, 1, 1, true);
    story_queue(story, "q");
    story_queue(story, "r");
    story_queue(story, "s");
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 1, 1, "q", "b");
    story_consume(story, 1, 1, "r", "c");
    story_consume(story, 1, 1, "s", "d");
    story_send(story, "q", "q1 q2 q3");
    story_send(story, "r", "r1 r2");
    story_send(story, "s", "s1 s2");
    for (uint64_t tag = 1; tag < 7; tag++) {
        story_ack(story, 1, 1, tag);
    }
    TOLD(story, "deliver 1/1 #1 a q1\n"
                "deliver 1/1 #2 c r1\n"
                "deliver 1/1 #3 d s1\n"
                "deliver 1/1 #4 b q2\n"
                "deliver 1/1 #5 c r2\n"
                "deliver 1/1 #6 d s2\n"
                "deliver 1/1 #7 a q3\n");
    story_free(story);
}

Test(global_prefetch, forgets_whose_turn_it_was_with_the_queue)
{
    struct story *story = story_new();
    prefetch(story, 1, 1, true);
    story_queue(story, "q");
    story_queue(story, "r");
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 1, 1, "r", "b");
    story_send(story, "q", "q1");
    story_send(story, "r", "r1");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    story->text.len = 0;
    story_ack(story, 1, 1, 1);
    TOLD(story, "deliver 1/1 #2 b r1\n");
    story_free(story);
}

/* As RabbitMQ 3 does: the two hold together only if the global one is set last. */
Test(global_prefetch, is_lifted_by_one_that_is_not_global)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 1, true);
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "1 2");
    DO(story, 1, 1, basic_qos, .prefetch_count = 5);
    TOLD(story, "deliver 1/1 #1 c 1\n"
                "basic_qos_ok 1/1\n"
                "deliver 1/1 #2 c 2\n");
    story_free(story);
}

Test(global_prefetch, holds_beside_that_of_the_consumer)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 1, false);
    prefetch(story, 1, 2, true);
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 1, 1, "q", "b");
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "1 2 3 4");
    TOLD(story, "deliver 1/1 #1 a 1\n"
                "deliver 1/1 #2 b 2\n");
    story_ack(story, 1, 1, 1);
    TOLD(story, "deliver 1/1 #3 c 3\n");
    story_ack(story, 1, 1, 2);
    TOLD(story, "deliver 1/1 #4 a 4\n");
    story_free(story);
}

Test(global_prefetch, a_limit_that_is_set_late_counts_what_is_out_by_then)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "1 2 3 4");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    prefetch(story, 1, 2, true);
    story_consume(story, 1, 1, "q", "c");
    TOLD(story, "get 1/1 #1 1, 3 left\n"
                "get 1/1 #2 2, 2 left\n");
    story_ack(story, 1, 1, 1);
    TOLD(story, "deliver 1/1 #3 c 3\n");
    story_free(story);
}

/* As RabbitMQ 3 does: a channel whose limit is used up gets nothing at all. */
Test(global_prefetch, when_used_up_holds_back_consumers_that_do_not_acknowledge)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "p");
    prefetch(story, 1, 1, true);
    story_consume(story, 1, 1, "q", "acks");
    DO(story, 1, 1, basic_consume, .queue = SLICE("p"), .consumer_tag = SLICE("does not"),
       .no_ack = true, .no_wait = true);
    story_send(story, "p", "1 2");
    story_send(story, "q", "3");
    story_send(story, "p", "4");
    TOLD(story, "deliver 1/1 #1 does not 1\n"
                "deliver 1/1 #2 does not 2\n"
                "deliver 1/1 #3 acks 3\n");
    story_ack(story, 1, 1, 3);
    TOLD(story, "deliver 1/1 #4 does not 4\n");
    story_free(story);
}

Test(global_prefetch, set_inside_a_transaction_counts_its_acknowledgements_once)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, tx_select);
    story_consume(story, 1, 1, "q", "c");
    DO(story, 2, 1, basic_qos, .prefetch_count = 0);
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("1"));
    story_ack(story, 1, 1, 1);
    DO(story, 1, 1, basic_qos, .prefetch_count = 1, .global = true);
    DO(story, 1, 1, tx_commit);
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("2"));
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("3"));
    TOLD(story, "tx_select_ok 1/1\n"
                "basic_qos_ok 2/1\n"
                "deliver 1/1 #1 c 1\n"
                "basic_qos_ok 1/1\n"
                "tx_commit_ok 1/1\n"
                "deliver 1/1 #2 c 2\n");
    story_free(story);
}

Test(prefetch, by_size_is_refused)
{
    struct story *story = story_new();
    DO(story, 1, 1, basic_qos, .prefetch_size = 5);
    TOLD(story, "refuse 540 prefetch_size!=0 (5)\n");
    story_free(story);
}

Test(prefetch, of_a_cancelled_consumer_frees_nobody_else)
{
    struct story *story = story_new();
    story_queue(story, "q");
    prefetch(story, 1, 1, true);
    story_consume(story, 1, 1, "q", "a");
    story_send(story, "q", "1 2");
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("a"), .no_wait = true);
    story_consume(story, 1, 1, "q", "b");
    TOLD(story, "deliver 1/1 #1 a 1\n");
    story_ack(story, 1, 1, 1);
    TOLD(story, "deliver 1/1 #2 b 2\n");
    story_free(story);
}

Test(window, a_connection_that_cannot_take_more_is_passed_over)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "slow");
    story_consume(story, 3, 1, "q", "fast");
    story_window(story, 2, 1);
    story_send(story, "q", "1 2 3 4");
    TOLD(story, "deliver 2/1 #1 slow 1\n"
                "deliver 3/1 #1 fast 2\n"
                "deliver 3/1 #2 fast 3\n"
                "deliver 3/1 #3 fast 4\n");
    cr_assert(session_wants_window(story->sessions[2]));
    cr_assert_not(session_wants_window(story->sessions[3]));
    story_free(story);
}

Test(window, what_waited_for_it_comes_when_it_opens_and_queues_take_turns)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "p");
    story_consume(story, 2, 1, "q", "a");
    story_consume(story, 2, 2, "p", "b");
    story_window(story, 2, 0);
    cr_assert_not(session_wants_window(story->sessions[2]));
    story_send(story, "q", "1 2");
    story_send(story, "p", "3");
    cr_assert(session_wants_window(story->sessions[2]));
    story_window(story, 2, -1);
    TOLD(story, "");
    story_window(story, 2, 1);
    TOLD(story, "deliver 2/1 #1 a 1\n");
    cr_assert(session_wants_window(story->sessions[2]));
    story_window(story, 2, 10000);
    TOLD(story, "deliver 2/2 #1 b 3\n"
                "deliver 2/1 #2 a 2\n");
    cr_assert_not(session_wants_window(story->sessions[2]));
    story_free(story);
}

Test(window, is_used_up_by_the_size_of_messages)
{
    struct story *story = story_new();
    uint8_t body[500] = {0};
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "c");
    story_window(story, 2, 2000);
    for (int i = 0; i < 10; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = {body, sizeof body});
    }
    COUNTED(story, delivered, 4);
    story_free(story);
}

Test(window, holds_back_nobody_who_only_gets_replies_and_messages_by_get)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "1");
    story_window(story, 1, 0);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    TOLD(story, "get 1/1 #1 1, 0 left\n");
    story_free(story);
}
