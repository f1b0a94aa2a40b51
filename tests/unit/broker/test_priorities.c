#include <stdio.h>

#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

/* Messages of several priorities in one queue, as channels see them. */

/* Publishes each word "body:priority"; a word without a priority has none. */
static void send(struct story *story, const char *words)
{
    char word[16], digit;
    for (int len; sscanf(words, " %15s%n", word, &len) == 1; words += len) {
        char *colon = strchr(word, ':');
        digit = colon ? colon[1] : '\0';
        if (colon) {
            *colon = '\0';
            PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = str(word),
                    .properties = PROPERTIES(story, .flags = PROPERTY_priority,
                                             .priority = (uint8_t)(digit - '0')));
        } else {
            PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = str(word));
        }
    }
}

static void get(struct story *story)
{
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
}

#define P(body, number) body " {priority=" #number "}"

Test(priorities, the_highest_comes_first_and_of_one_the_oldest)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-priority", "I:5");
    send(story, "a b:2 c:5 d:2 e:9 f:0");
    story_consume(story, 1, 2, "q", "t");
    TOLD(story, "deliver 1/2 #1 t " P(
                    "c", 5) "\n"
                            "deliver 1/2 #2 t " P(
                                "e", 9) "\n"
                                        "deliver 1/2 #3 t " P(
                                            "b", 2) "\n"
                                                    "deliver 1/2 #4 t " P(
                                                        "d", 2) "\n"
                                                                "deliver 1/2 #5 t a\n"
                                                                "deliver 1/2 #6 t " P("f", 0) "\n");
    story_free(story);
}

Test(priorities, what_comes_back_stands_before_its_equals)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-priority", "I:5");
    send(story, "old:2");
    get(story);
    send(story, "new:2 high:3 low:1");
    DO(story, 1, 2, basic_nack, .delivery_tag = 1, .requeue = true);
    TOLD(story, "get 1/2 #1 " P("old", 2) ", 0 left\n");
    for (int i = 0; i < 4; i++) {
        get(story);
    }
    TOLD(story, "get 1/2 #2 " P("high", 3) ", 3 left\n"
                                           "get 1/2 #3 redelivered " P(
                                               "old", 2) ", 2 left\n"
                                                         "get 1/2 #4 " P(
                                                             "new", 2) ", 1 left\n"
                                                                       "get 1/2 #5 " P(
                                                                           "low", 1) ", 0 left\n");
    story_free(story);
}

Test(priorities, a_full_queue_drops_the_oldest_of_the_highest)
{
    struct story *story = story_new();
    story_queue(story, "d");
    QUEUE(story, "q", "x-max-priority", "I:5", "x-max-length", "I:2", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:d");
    send(story, "low:1 high:4 higher:4 none");
    COUNTED(story, messages_ready, 4);
    get(story);
    get(story);
    TOLD(story, "get 1/2 #1 " P("low", 1) ", 1 left\n"
                                          "get 1/2 #2 none, 0 left\n");
    story_free(story);
}

Test(priorities, expired_ones_below_a_live_one_wait_for_their_turn)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-priority", "I:5");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("short"),
            .properties = PROPERTIES(story, .flags = PROPERTY_priority | PROPERTY_expiration,
                                     .priority = 1, .expiration = SLICE("10")));
    send(story, "high:3");
    story_wait(story, 20);
    COUNTED(story, messages_ready, 2);
    get(story);
    get(story);
    TOLD(story, "get 1/2 #1 " P("high", 3) ", 0 left\n"
                                           "basic_get_empty 1/2 cluster_id=\n");
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(priorities, a_commit_sorts_what_it_brings)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-priority", "I:5");
    DO(story, 1, 1, tx_select);
    send(story, "one:1 two:2 three:3");
    DO(story, 1, 1, tx_commit);
    get(story);
    TOLD(story, "tx_select_ok 1/1\n"
                "tx_commit_ok 1/1\n"
                "get 1/2 #1 " P("three", 3) ", 2 left\n");
    story_free(story);
}

Test(priorities, mean_nothing_where_the_queue_has_none)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-priority", "I:0");
    send(story, "a:1 b:5 c");
    story_consume(story, 1, 2, "q", "t");
    TOLD(story, "deliver 1/2 #1 t " P("a", 1) "\n"
                                              "deliver 1/2 #2 t " P("b", 5) "\n"
                                                                            "deliver 1/2 #3 t c\n");
    story_free(story);
}

/* Each word as it came, one after the other. */
static void expect_all(struct story *story, const char *expected)
{
    DO(story, 1, 2, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("t"), .no_ack = true,
       .no_wait = true);
    TOLD(story, expected);
    DO(story, 1, 2, basic_cancel, .consumer_tag = SLICE("t"), .no_wait = true);
}

Test(priorities, of_a_quorum_queue_are_32_without_an_argument)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    send(story, "none low:3 same:4 high:5 bottom:0");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("top"),
            .properties = PROPERTIES(story, .priority = 31));
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("above"),
            .properties = PROPERTIES(story, .priority = 255));
    expect_all(story, "deliver 1/2 #1 t top {priority=31}\n"
                      "deliver 1/2 #2 t above {priority=255}\n"
                      "deliver 1/2 #3 t high {priority=5}\n"
                      "deliver 1/2 #4 t none\n"
                      "deliver 1/2 #5 t same {priority=4}\n"
                      "deliver 1/2 #6 t low {priority=3}\n"
                      "deliver 1/2 #7 t bottom {priority=0}\n");
    story_free(story);
}

Test(priorities, of_a_quorum_queue_hold_for_what_comes_back)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    send(story, "old:2");
    get(story);
    send(story, "new:2 none");
    DO(story, 1, 2, basic_reject, .delivery_tag = 1, .requeue = true);
    story->text.len = 0;
    expect_all(story, "deliver 1/2 #2 t none\n"
                      "deliver 1/2 #3 redelivered failed 1 t old {priority=2}\n"
                      "deliver 1/2 #4 t new {priority=2}\n");
    story_free(story);
}

Test(priorities, of_a_quorum_queue_survive)
{
    struct shelf shelf = {.count = 0};
    struct story *story = story_new_on(&story_durable, &shelf);
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    send(story, "low:1 none high:9 held:9");
    get(story);
    struct story *again = story_new_with(&story_durable);
    again->shelf = &shelf;
    shelf_open(&shelf, again->broker, shelf.count);
    shelf_play(&shelf, again->broker, 0, shelf.count);
    broker_restored(again->broker, &again->fx);
    effects_clear(&again->fx);
    for (int i = 0; i < 4; i++) {
        get(again);
        DO(again, 1, 2, basic_ack, .delivery_tag = (uint64_t)i + 1);
    }
    cr_assert_not_null(strstr(story_text(again), "get 1/2 #1 redelivered high"));
    cr_assert_not_null(strstr(story_text(again), "get 1/2 #2 held"));
    cr_assert_not_null(strstr(story_text(again), "get 1/2 #3 none"));
    cr_assert_not_null(strstr(story_text(again), "get 1/2 #4 low"));
    story_free(again);
    story_free(story);
    shelf_finish(&shelf);
}
