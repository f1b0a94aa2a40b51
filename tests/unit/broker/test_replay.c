#include "tests/unit/broker/story.h"

static void send(struct story *story, const char *exchange, const char *key, const char *body)
{
    PUBLISH(story, 1, 1, .exchange = str(exchange), .routing_key = str(key), .body = str(body));
}

/* Takes everything out of a queue. */
static void empty(struct story *story, const char *queue)
{
    DO(story, 1, 2, basic_consume, .queue = str(queue), .consumer_tag = str(queue), .no_ack = true,
       .no_wait = true);
    DO(story, 1, 2, basic_cancel, .consumer_tag = str(queue), .no_wait = true);
}

Test(replay, gives_a_new_binding_what_was_published_before_with_all_its_properties)
{
    struct story *story = story_new();
    story_exchange(story, "x", "x-recent-history");
    story_queue(story, "q");
    for (int i = 0; i < 3; i++) { // the same place again and again: no message may get past
        send(story, "x", "k", i == 0 ? "1" : i == 1 ? "2" : "3");
    }
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("4"),
            .properties = PROPERTIES(story, .flags = PROPERTY_message_id | PROPERTY_priority,
                                     .message_id = SLICE("m"), .priority = 7));
    story_bind(story, "x", "q", "");
    story_bind(story, "x", "q", ""); // is there already
    empty(story, "q");
    TOLD(story, "deliver 1/2 #1 q 1 via x/k\n"
                "deliver 1/2 #2 q 2 via x/k\n"
                "deliver 1/2 #3 q 3 via x/k\n"
                "deliver 1/2 #4 q 4 via x/k {priority=7 message_id=m}\n");
    COUNTED(story, messages_ready, 0);
    COUNTED(story, message_bytes, 0);
    story_free(story);
}

Test(replay, keeps_limits_and_overflow_of_the_queue)
{
    struct story *story = story_new();
    story_exchange(story, "x", "x-recent-history");
    story_queue(story, "dead");
    QUEUE(story, "q", "x-max-length", "I:1", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:dead");
    send(story, "x", "k", "1");
    send(story, "x", "k", "2");
    story_bind(story, "x", "q", "");
    COUNTED(story, messages_ready, 2);
    DO(story, 1, 2, basic_get, .queue = SLICE("q"), .no_ack = true);
    TOLD(story, "get 1/2 #1 2 via x/k, 0 left\n");
    story_free(story);
}

Test(replay, goes_through_exchanges_even_back_to_where_it_came_from)
{
    struct story *story = story_new();
    story_exchange(story, "x", "x-recent-history");
    story_exchange(story, "d", "direct");
    story_queue(story, "q");
    story_queue(story, "r");
    story_bind(story, "d", "q", "a");
    send(story, "x", "a", "1");
    send(story, "x", "b", "2");
    DO(story, 1, 1, exchange_bind, .source = SLICE("x"), .destination = SLICE("x"),
       .no_wait = true);
    DO(story, 1, 1, exchange_bind, .source = SLICE("x"), .destination = SLICE("d"),
       .no_wait = true);
    empty(story, "q");
    story_bind(story, "x", "r", "");
    empty(story, "r");
    TOLD(story, "deliver 1/2 #1 q 1 via x/a\n"
                "deliver 1/2 #2 q 1 via x/a\n" // the first one came back when x was bound to x
                "deliver 1/2 #3 r 1 via x/a\n"
                "deliver 1/2 #4 r 2 via x/b\n"
                "deliver 1/2 #5 r 1 via x/a\n"
                "deliver 1/2 #6 r 2 via x/b\n");
    story_free(story);
}

Test(replay, dead_letters_are_history_too)
{
    struct story *story = story_new();
    story_exchange(story, "x", "x-recent-history");
    QUEUE(story, "q", "x-max-length", "I:0", "x-dead-letter-exchange", "S:x");
    story_queue(story, "late");
    story_send(story, "q", "one");
    story_bind(story, "x", "late", "");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(replay, of_what_was_settled_long_ago_is_possible)
{
    struct story *story = story_new();
    story_exchange(story, "x", "x-recent-history");
    story_queue(story, "q");
    story_queue(story, "late");
    story_bind(story, "x", "q", "");
    send(story, "x", "k", "1");
    empty(story, "q");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    story_bind(story, "x", "late", "");
    empty(story, "late");
    TOLD(story, "deliver 1/2 #1 q 1 via x/k\n"
                "deliver 1/2 #2 late 1 via x/k\n");
    story_free(story);
}

Test(replay, there_is_none_of_what_went_to_an_exchange_that_was_deleted)
{
    struct story *story = story_new();
    story_exchange(story, "x", "x-recent-history");
    story_queue(story, "q");
    send(story, "x", "k", "1");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    story_exchange(story, "x", "x-recent-history");
    story_bind(story, "x", "q", "");
    COUNTED(story, messages_ready, 0);
    story_free(story);
}
