#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

/* Queue q (id 1) with so many persistent messages, stored; numbers go on behind theirs. */
static struct story *with_backlog(struct shelf *shelf, int count)
{
    struct story *story = story_new_on(&story_durable, shelf);
    story_queue(story, "q");
    for (int i = 0; i < count; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("m"),
                .properties = PROPERTIES(story, .delivery_mode = 2));
    }
    story_was(story, story_text(story));
    return story;
}

static void end(struct story *story, struct shelf *shelf)
{
    story_free(story);
    shelf_finish(shelf);
}

Test(mark, a_delivery_depends_on_the_record_that_it_may_have_happened)
{
    struct shelf shelf = {0};
    struct story *story = with_backlog(&shelf, 2);
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    TOLD(story, "mark queue 1 #1, after 7\n"
                "get 1/2 #1 m {delivery_mode=2}, 1 left, after 7\n");
    DO(story, 1, 2, basic_nack, .delivery_tag = 1, .requeue = true);
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    TOLD(story, "get 1/2 #2 redelivered m {delivery_mode=2}, 1 left, after 7\n");
    end(story, &shelf);
}

Test(mark, runs_ahead_of_a_consumer_that_goes_on)
{
    struct shelf shelf = {0};
    struct story *story = with_backlog(&shelf, 9);
    story_consume(story, 1, 2, "q", "c");
    TOLD(story, "mark queue 1 #1, after 14\n"
                "deliver 1/2 #1 c m {delivery_mode=2}, after 14\n"
                "mark queue 1 #3, after 15\n"
                "deliver 1/2 #2 c m {delivery_mode=2}, after 15\n"
                "deliver 1/2 #3 c m {delivery_mode=2}, after 15\n"
                "mark queue 1 #7, after 16\n"
                "deliver 1/2 #4 c m {delivery_mode=2}, after 16\n"
                "deliver 1/2 #5 c m {delivery_mode=2}, after 16\n"
                "deliver 1/2 #6 c m {delivery_mode=2}, after 16\n"
                "mark queue 1 #15, after 17\n" // early, so that nothing has to wait for it
                "deliver 1/2 #7 c m {delivery_mode=2}, after 16\n"
                "deliver 1/2 #8 c m {delivery_mode=2}, after 17\n"
                "deliver 1/2 #9 c m {delivery_mode=2}, after 17\n");
    end(story, &shelf);
}

Test(mark, is_not_ahead_after_a_pause)
{
    struct shelf shelf = {0};
    struct story *story = with_backlog(&shelf, 3);
    for (int i = 0; i < 3; i++) {
        story_wait(story, 101);
        DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    }
    TOLD(story, "mark queue 1 #1, after 8\n"
                "get 1/2 #1 m {delivery_mode=2}, 2 left, after 8\n"
                "mark queue 1 #2, after 9\n"
                "get 1/2 #2 m {delivery_mode=2}, 1 left, after 9\n"
                "mark queue 1 #3, after 10\n"
                "get 1/2 #3 m {delivery_mode=2}, 0 left, after 10\n");
    end(story, &shelf);
}

Test(mark, is_of_no_concern_to_transient_messages)
{
    struct shelf shelf = {0};
    struct story *story = with_backlog(&shelf, 0);
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    TOLD(story, "get 1/2 #1 a, 0 left\n");
    end(story, &shelf);
}

Test(outcome_emit, a_purge_settles_what_was_stored_and_its_answer_depends_on_that)
{
    struct shelf shelf = {0};
    struct story *story = with_backlog(&shelf, 3);
    story_send(story, "q", "transient");
    DO(story, 1, 2, queue_purge, .queue = SLICE("q"));
    TOLD(story, "settle queue 1 #1+4, after 8\n"
                "queue_purge_ok 1/2 message_count=4, after 8\n");
    cr_assert_eq(broker_ledger(story->broker)->live, 0);
    DO(story, 1, 2, queue_purge, .queue = SLICE("q"));
    TOLD(story, "queue_purge_ok 1/2 message_count=0, after 8\n");
    end(story, &shelf);
}

Test(outcome_emit, a_dead_letter_whose_content_is_in_the_journal_only_is_fetched_first)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    story_queue(story, "d");
    QUEUE(story, "q", "x-message-ttl", "I:10", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:d");
    enum { MANY = 100 }; // a short queue keeps what it has
    for (int i = 0; i < MANY; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("m"),
                .properties = PROPERTIES(story, .delivery_mode = 2));
    }
    cr_assert_gt(broker_evict(story->broker, 0, UINT64_MAX), 0);
    story_was(story, story_text(story));
    story_wait(story, 10);
    cr_assert(strncmp(story_text(story), "fetch\n", 6) == 0, "%s", story_text(story));
    cr_assert_not_null(strstr(story_text(story),
                              "#1 m {headers=(x-death:[q expired 1 /q] x-first-death-exchange: "
                              "x-first-death-queue:q x-first-death-reason:expired) "
                              "delivery_mode=2}, more, after 106\n"
                              "settle queue 2 #1, more\n"
                              "group_end, after 107\n"));
    COUNTED(story, messages_ready, MANY);
    cr_assert_eq(broker_ledger(story->broker)->live, MANY);
    end(story, &shelf);
}
