#include "tests/unit/broker/story.h"

#define Q_MAXLEN                                                                                   \
    "{headers=(x-death:[q maxlen 1 /q] x-first-death-exchange: x-first-death-queue:q "             \
    "x-first-death-reason:maxlen)}"

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 2, basic_get, .queue = str(queue), .no_ack = true);
}

/* Queue q with these arguments and "d" for its dead letters; a consumer tells those. Publishes of
 * 1/1 are confirmed. */
#define LIMITED(story, ...)                                                                        \
    QUEUE(story, "q", __VA_ARGS__, "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key",    \
          "S:d");                                                                                  \
    story_queue(story, "d");                                                                       \
    DO(story, 3, 1, basic_consume, .queue = SLICE("d"), .consumer_tag = SLICE("dead"),             \
       .no_ack = true, .no_wait = true);                                                           \
    DO(story, 1, 1, confirm_select, .no_wait = true)

Test(max_length, drops_from_the_head_and_confirms_all)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-length", "I:2");
    DO(story, 1, 1, confirm_select, .no_wait = true);
    story_send(story, "q", "a b c d");
    TOLD(story, "confirm 1/1 #1\n"
                "confirm 1/1 #2\n"
                "confirm 1/1 #3\n"
                "confirm 1/1 #4\n");
    COUNTED(story, messages_ready, 2);
    COUNTED(story, message_bytes, 2);
    COUNTED(story, settled, 2);
    get(story, "q");
    get(story, "q");
    TOLD(story, "get 1/2 #1 c, 1 left\n"
                "get 1/2 #2 d, 0 left\n");
    story_free(story);
}

Test(max_length, dead_letters_what_it_drops_before_the_confirm)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1");
    story_send(story, "q", "a b");
    TOLD(story, "confirm 1/1 #1\n"
                "deliver 3/1 #1 dead a " Q_MAXLEN "\n"
                "confirm 1/1 #2\n");
    story_free(story);
}

Test(max_length, of_zero_keeps_nothing_but_lets_through)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:0");
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"), .no_ack = true,
       .no_wait = true);
    story_send(story, "q", "b");
    TOLD(story, "deliver 3/1 #1 dead a " Q_MAXLEN "\n"
                "confirm 1/1 #1\n"
                "deliver 1/2 #1 c b\n"
                "confirm 1/1 #2\n");
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(max_length, counts_ready_messages_only)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-length", "I:1");
    story_consume(story, 1, 2, "q", "c");
    story_send(story, "q", "a b c");
    COUNTED(story, messages_unsettled, 3);
    DO(story, 1, 2, basic_cancel, .consumer_tag = SLICE("c"), .no_wait = true);
    story_send(story, "q", "d");
    COUNTED(story, messages_ready, 1);
    COUNTED(story, settled, 0);
    story_was(story, story_text(story));
    story_free(story);
}

Test(max_length_bytes, counts_bodies_and_nothing_else)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length-bytes", "I:5");
    story_send(story, "q", "aaa bb");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q")); // costs nothing
    TOLD(story, "confirm 1/1 #1\n"
                "confirm 1/1 #2\n"
                "confirm 1/1 #3\n");
    story_send(story, "q", "c");
    TOLD(story, "deliver 3/1 #1 dead aaa " Q_MAXLEN "\n"
                "confirm 1/1 #4\n");
    COUNTED(story, message_bytes, 3);
    COUNTED(story, messages_ready, 3);
    story_free(story);
}

Test(max_length_bytes, one_that_is_too_large_empties_the_queue)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length-bytes", "I:3");
    story_send(story, "q", "a dddd");
    TOLD(story, "confirm 1/1 #1\n"
                "deliver 3/1 #1 dead a " Q_MAXLEN "\n"
                "deliver 3/1 #2 dead dddd " Q_MAXLEN "\n"
                "confirm 1/1 #2\n");
    COUNTED(story, messages_ready, 0);
    COUNTED(story, message_bytes, 0);
    story_free(story);
}

Test(limits, both_hold)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-length", "I:3", "x-max-length-bytes", "I:6");
    story_send(story, "q", "a b c d");
    COUNTED(story, messages_ready, 3);
    story_send(story, "q", "eeeee");
    COUNTED(story, messages_ready, 2);
    COUNTED(story, message_bytes, 6);
    get(story, "q");
    TOLD(story, "get 1/2 #1 d, 1 left\n");
    story_free(story);
}

Test(reject_publish, refuses_with_a_negative_confirm_and_drops_without_confirms)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1", "x-overflow", "S:reject-publish");
    story_send(story, "q", "a b");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("c"), .mandatory = true);
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("d"));
    TOLD(story, "confirm 1/1 #1\n"
                "confirm 1/1 #2 negative\n"
                "confirm 1/1 #3 negative\n");
    COUNTED(story, messages_ready, 1);
    get(story, "q");
    story_send(story, "q", "e");
    TOLD(story, "get 1/2 #1 a, 0 left\n"
                "confirm 1/1 #4\n");
    story_free(story);
}

Test(reject_publish, by_size_lets_smaller_ones_in)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length-bytes", "I:3", "x-overflow", "S:reject-publish");
    story_send(story, "q", "aa bb c");
    TOLD(story, "confirm 1/1 #1\n"
                "confirm 1/1 #2 negative\n"
                "confirm 1/1 #3\n");
    COUNTED(story, message_bytes, 3);
    story_free(story);
}

Test(reject_publish, of_zero_refuses_even_with_a_consumer)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:0", "x-overflow", "S:reject-publish");
    story_consume(story, 1, 2, "q", "c");
    story_send(story, "q", "a");
    TOLD(story, "confirm 1/1 #1 negative\n");
    story_free(story);
}

Test(reject_publish, of_one_queue_leaves_the_others_theirs)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:0", "x-overflow", "S:reject-publish");
    story_queue(story, "p");
    story_bind(story, "amq.fanout", "q", "");
    story_bind(story, "amq.fanout", "p", "");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("a"));
    get(story, "p");
    TOLD(story, "confirm 1/1 #1 negative\n"
                "get 1/2 #1 a via amq.fanout/, 0 left\n");
    story_free(story);
}

Test(reject_publish, does_not_refuse_what_comes_back)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1", "x-overflow", "S:reject-publish");
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    story_send(story, "q", "b");
    DO(story, 1, 2, basic_reject, .delivery_tag = 1, .requeue = true);
    COUNTED(story, messages_ready, 2);
    story_send(story, "q", "c");
    TOLD(story, "confirm 1/1 #1\n"
                "get 1/2 #1 a, 0 left\n"
                "confirm 1/1 #2\n"
                "confirm 1/1 #3 negative\n");
    story_free(story);
}

Test(reject_publish, has_room_when_what_is_there_expires)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1", "x-overflow", "S:reject-publish", "x-message-ttl",
            "I:10");
    story_send(story, "q", "a");
    story_wait(story, 9);
    story_send(story, "q", "b");
    TOLD(story, "confirm 1/1 #1\n"
                "confirm 1/1 #2 negative\n");
    broker_set_time(story->broker, 10, 0); // before any tick
    story_send(story, "q", "c");
    TOLD(story, "deliver 3/1 #1 dead a {headers=(x-death:[q expired 1 /q] x-first-death-exchange: "
                "x-first-death-queue:q x-first-death-reason:expired)}\n"
                "confirm 1/1 #3\n");
    story_free(story);
}

Test(reject_publish_dlx, dead_letters_what_it_refuses)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1", "x-overflow", "S:reject-publish-dlx");
    story_send(story, "q", "a b");
    get(story, "q");
    TOLD(story, "confirm 1/1 #1\n"
                "deliver 3/1 #1 dead b " Q_MAXLEN "\n"
                "confirm 1/1 #2 negative\n"
                "get 1/2 #1 a, 0 left\n");
    COUNTED(story, messages_ready, 0);
    COUNTED(story, message_bytes, 0);
    story_free(story);
}

Test(requeue, over_the_limit_drops_from_the_head)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:2");
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    story_send(story, "q", "b c");
    story_was(story, story_text(story));
    DO(story, 1, 2, basic_nack, .delivery_tag = 1, .requeue = true);
    TOLD(story, "deliver 3/1 #1 dead a " Q_MAXLEN "\n");
    COUNTED(story, messages_ready, 2);
    story_free(story);
}

/* Even if a consumer could have them all. */
Test(requeue, drops_what_is_over_the_limit_before_consumers_are_served)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1");
    story_consume(story, 1, 2, "q", "c");
    story_send(story, "q", "1 2 3");
    story_was(story, story_text(story));
    DO(story, 1, 2, basic_nack, .delivery_tag = 3, .multiple = true, .requeue = true);
    TOLD(story,
         "deliver 1/2 #4 redelivered c 3\n" // dead letters go when all else is done
         "deliver 3/1 #1 dead 1 " Q_MAXLEN "\n"
         "deliver 3/1 #2 dead 2 " Q_MAXLEN "\n");
    COUNTED(story, messages_unsettled, 1);
    story_free(story);
}

Test(requeue, over_the_limit_is_too_much_before_it_is_too_old)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("a"),
            .properties = PROPERTIES(story, .expiration = SLICE("10")));
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    story_send(story, "q", "b");
    story_wait(story, 20);
    story_was(story, story_text(story));
    DO(story, 1, 2, basic_reject, .delivery_tag = 1, .requeue = true);
    TOLD(story, "deliver 3/1 #1 dead a {headers=(x-death:[q maxlen 1 /q 10] "
                "x-first-death-exchange: x-first-death-queue:q x-first-death-reason:maxlen)}\n");
    story_free(story);
}

Test(requeue, finds_no_room_in_a_queue_that_has_none)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-length", "I:0");
    story_consume(story, 1, 2, "q", "c");
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_reject, .delivery_tag = 1, .requeue = true);
    TOLD(story, "deliver 1/2 #1 c a\n");
    COUNTED(story, settled, 1);
    COUNTED(story, message_bytes, 0);
    story_free(story);
}

Test(limits, one_that_lives_no_time_pushes_out_the_head_all_the_same)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:1");
    story_send(story, "q", "a");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("b"),
            .properties = PROPERTIES(story, .expiration = SLICE("0")));
    TOLD(story, "confirm 1/1 #1\n"
                "deliver 3/1 #1 dead a " Q_MAXLEN "\n"
                "deliver 3/1 #2 dead b {headers=(x-death:[q expired 1 /q 0] "
                "x-first-death-exchange: x-first-death-queue:q x-first-death-reason:expired)}\n"
                "confirm 1/1 #2\n");
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(limits, uncover_what_has_expired_behind_the_head)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:2");
    story_send(story, "q", "live");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("old"),
            .properties = PROPERTIES(story, .expiration = SLICE("10")));
    story_wait(story, 20);
    story_was(story, story_text(story));
    story_send(story, "q", "new");
    TOLD(story, "deliver 3/1 #1 dead live " Q_MAXLEN "\n"
                "deliver 3/1 #2 dead old {headers=(x-death:[q expired 1 /q 10] "
                "x-first-death-exchange: x-first-death-queue:q x-first-death-reason:expired)}\n"
                "confirm 1/1 #3\n");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(limits, uncover_what_will_expire)
{
    struct story *story = story_new();
    LIMITED(story, "x-max-length", "I:2");
    story_send(story, "q", "live");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("mortal"),
            .properties = PROPERTIES(story, .expiration = SLICE("10")));
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    story_send(story, "q", "new");
    story_was(story, story_text(story));
    cr_assert_eq(broker_deadline(story->broker), 10);
    story_wait(story, 10);
    TOLD(story, "deliver 3/1 #2 dead mortal {headers=(x-death:[q expired 1 /q 10] "
                "x-first-death-exchange: x-first-death-queue:q x-first-death-reason:expired)}\n");
    story_free(story);
}

Test(transaction, keeps_what_fits_and_says_that_some_did_not)
{
    struct story *story = story_new_with(&story_durable);
    QUEUE(story, "q", "x-max-length", "I:1", "x-overflow", "S:reject-publish");
    story_queue(story, "p");
    DO(story, 2, 1, tx_select);
    for (int i = 0; i < 2; i++) {
        PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = i ? SLICE("b") : SLICE("a"),
                .properties = PROPERTIES(story, .delivery_mode = 2));
    }
    PUBLISH(story, 2, 1, .routing_key = SLICE("p"), .body = SLICE("c"));
    DO(story, 2, 1, tx_commit);
    TOLD(story, "tx_select_ok 2/1\n"
                "refuse 406 partial tx completion\n"
                "store queue 1 #1 a {delivery_mode=2}, after 6\n");
    COUNTED(story, messages_ready, 2);
    story_free(story);
}
