#include "broker/duplicates.h"

#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

/* A fanout exchange x, durable, that remembers; and queue q, bound to it. */
static struct story *begin(void)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
       .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-message-deduplication", "t:true", NULL));
    story_queue(story, "q");
    story_bind(story, "x", "q", "");
    return story;
}

static void publish(struct story *story, const char *exchange, const char *id)
{
    bool named = exchange[0] != '\0';
    struct slice headers = story_table(story, "x-deduplication-header", id, NULL);
    PUBLISH(story, 1, 1, .exchange = str(exchange), .routing_key = named ? SLICE("") : SLICE("q"),
            .mandatory = true, .properties = PROPERTIES(story, .headers = headers));
}

static void end(struct story *story)
{
    TOLD(story, "");
    DO(story, 1, 2, queue_purge, .queue = SLICE("q"), .no_wait = true);
    story_free(story);
}

Test(duplicates, an_exchange_routes_a_value_once)
{
    struct story *story = begin();
    DO(story, 1, 1, confirm_select, .no_wait = true);
    publish(story, "x", "S:a");
    publish(story, "x", "S:b");
    TOLD(story, "confirm 1/1 #1\nconfirm 1/1 #2\n");
    publish(story, "x", "S:a"); // as if there were no binding
    TOLD(story, "return 1/1  via x/ {headers=(x-deduplication-header:a)}\nconfirm 1/1 #3\n");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    TOLD(story, "confirm 1/1 #4\nconfirm 1/1 #5\n");
    COUNTED(story, messages_ready, 4);
    COUNTED(story, duplicates, 1);
    end(story);
}

Test(duplicates, what_led_nowhere_was_not_seen)
{
    struct story *story = begin();
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("x"));
    PUBLISH(story, 1, 1, .exchange = SLICE("x"),
            .properties = PROPERTIES(
                story, .headers = story_table(story, "x-deduplication-header", "S:a", NULL)));
    story_bind(story, "x", "q", "");
    story->text.len = 0;
    publish(story, "x", "S:a");
    COUNTED(story, messages_ready, 1);
    end(story);
}

Test(duplicates, an_exchange_that_is_declared_again_has_seen_nothing)
{
    struct story *story = begin();
    publish(story, "x", "S:a");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
       .no_wait = true);
    story_bind(story, "x", "q", "");
    publish(story, "x", "S:a");
    publish(story, "x", "S:a");
    COUNTED(story, messages_ready, 3);
    end(story);
}

Test(duplicates, what_a_transaction_rolled_back_was_not_seen)
{
    struct story *story = begin();
    DO(story, 1, 1, tx_select);
    publish(story, "x", "S:a");
    DO(story, 1, 1, tx_rollback);
    publish(story, "x", "S:a");
    publish(story, "x", "S:a");
    DO(story, 1, 1, tx_commit);
    COUNTED(story, messages_ready, 1);
    TOLD(story, "tx_select_ok 1/1\ntx_rollback_ok 1/1\n"
                "return 1/1  via x/ {headers=(x-deduplication-header:a)}\ntx_commit_ok 1/1\n");
    end(story);
}

Test(duplicates, a_queue_drops_what_it_has_seen_wherever_it_comes_from)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-deduplication", "t:true", "x-cache-ttl", "I:100");
    story_bind(story, "amq.fanout", "q", "");
    DO(story, 1, 1, confirm_select, .no_wait = true);
    publish(story, "", "S:a");
    publish(story, "amq.fanout", "S:a");
    COUNTED(story, messages_ready, 1);
    COUNTED(story, duplicates, 1);
    story_wait(story, 100);
    publish(story, "", "S:a");
    COUNTED(story, messages_ready, 2);
    TOLD(story, "confirm 1/1 #1\nconfirm 1/1 #2\nconfirm 1/1 #3\n");
    end(story);
}

Test(duplicates, what_a_full_queue_refused_was_not_seen)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-deduplication", "t:true", "x-max-length", "I:0", "x-overflow",
          "S:reject-publish");
    DO(story, 1, 1, confirm_select, .no_wait = true);
    publish(story, "", "S:a");
    publish(story, "", "S:a");
    COUNTED(story, duplicates, 0);
    TOLD(story, "confirm 1/1 #1 negative\nconfirm 1/1 #2 negative\n");
    end(story);
}

Test(duplicates, a_durable_exchange_remembers_again_after_a_start)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
       .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-message-deduplication", "t:true", NULL));
    story_free(story);
    story = story_new_on(&story_durable, &shelf);
    shelf_open(&shelf, story->broker, shelf.count);
    shelf_play(&shelf, story->broker, 0, shelf.count);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .no_wait = true);
    story_bind(story, "x", "q", "");
    publish(story, "x", "S:a");
    story->text.len = 0;
    publish(story, "x", "S:a");
    TOLD(story, "return 1/1  via x/ {headers=(x-deduplication-header:a)}\n");
    end(story);
    shelf_finish(&shelf);
}

#define DECLARE(story, ...)                                                                        \
    DO(story, 1, 3, exchange_declare, .exchange = SLICE("y"), .type = SLICE("topic"),              \
       .no_wait = true, .arguments = story_table(story, __VA_ARGS__, NULL))

Test(duplicates, arguments_are_checked_and_must_be_repeated)
{
    struct story *story = begin();
    DECLARE(story, "x-message-deduplication", "S:yes");
    TOLD(story, "refuse 406 invalid arg 'x-message-deduplication' for exchange 'y' in vhost '/': "
                "{unacceptable_type,longstr}\n");
    DECLARE(story, "x-cache-size", "I:0");
    TOLD(story,
         "refuse 406 invalid arg 'x-cache-size' for exchange 'y' in vhost '/': {value_zero,0}\n");
    QUEUE(story, "r", "x-cache-ttl", "S:5");
    TOLD(story, "refuse 406 invalid arg 'x-cache-ttl' for queue 'r' in vhost '/': \"expected "
                "integer, got longstr\"\n");
    DECLARE(story, "x-message-deduplication", "t:true", "x-cache-size", "I:5");
    DECLARE(story, "x-message-deduplication", "t:true", "x-cache-size", "I:6");
    TOLD(story, "refuse 406 inequivalent arg 'x-cache-size' for exchange 'y' in vhost '/': "
                "received '6' but current is '5'\n");
    end(story);
}
