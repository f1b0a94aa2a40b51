#include "broker/delay.h"

#include <stdio.h>

#include "amqp/table.h"
#include "queue/msg.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

/* A durable x-delayed-message exchange x of a type, and a durable queue q bound to it by k. */
static void declare(struct story *story, const char *type)
{
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("x-delayed-message"),
       .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-delayed-type", type, NULL));
    story_queue(story, "q");
    story_bind(story, "x", "q", "k");
}

static struct story *begin(void)
{
    struct story *story = story_new();
    declare(story, "S:direct");
    return story;
}

static void publish(struct story *story, const char *body, const char *delay)
{
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = str(body),
            .properties = PROPERTIES(story, .delivery_mode = 2,
                                     .headers = story_table(story, "x-delay", delay, NULL)));
}

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 2, basic_get, .queue = str(queue), .no_ack = true);
}

static void end(struct story *story)
{
    TOLD(story, "");
    COUNTED(story, messages_ready, 0);
    COUNTED(story, messages_delayed, 0);
    COUNTED(story, message_bytes, 0);
    story_free(story);
}

#define M(body) body " via x/k {headers=(x-delay) delivery_mode=2}"

Test(delay, a_message_comes_when_its_time_has_come_and_not_before)
{
    struct story *story = begin();
    publish(story, "m", "I:100");
    story_wait(story, 99);
    get(story, "q");
    TOLD(story, "basic_get_empty 1/2 cluster_id=\n");
    COUNTED(story, messages_delayed, 1);
    COUNTED(story, messages_ready, 0);
    story_wait(story, 1);
    get(story, "q");
    TOLD(story, "get 1/2 #1 " M("m") ", 0 left\n");
    end(story);
}

Test(delay, the_order_is_that_of_due_times_and_then_of_arrival)
{
    struct story *story = begin();
    publish(story, "third", "I:100");
    publish(story, "first", "I:50");
    story_wait(story, 40);
    publish(story, "second", "I:20"); // due at 60
    publish(story, "fourth", "I:60"); // due at 100, too
    story_consume(story, 1, 2, "q", "c");
    story_wait(story, 10);
    TOLD(story, "deliver 1/2 #1 c " M("first") "\n");
    story_wait(story, 50);
    TOLD(story, "deliver 1/2 #2 c " M("second") "\n"
                                                "deliver 1/2 #3 c " M(
                                                    "third") "\n"
                                                             "deliver 1/2 #4 c " M("fourth") "\n");
    story_close(story, 1);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"), .no_wait = true);
    end(story);
}

Test(delay, is_told_to_the_consumer_as_a_negative_number)
{
    struct story *story = begin();
    struct field_value value;
    struct amqp_properties properties;
    publish(story, "m", "I:5");
    story_wait(story, 5);
    story->text.len = 0;
    struct effects fx = {0};
    struct amqp_basic_get args = {.queue = SLICE("q"), .no_ack = true};
    cr_assert_eq(broker_basic_get(story_channel(story, 1, 2), &args, &fx), AMQP_OK);
    cr_assert_eq(fx.items[0].kind, EFFECT_GET);
    cr_assert(properties_decode(msg_properties(fx.items[0].msg), &properties));
    cr_assert(table_get(properties.headers, SLICE("x-delay"), &value));
    cr_assert_eq(value.type, 'I');
    cr_assert_eq(value.integer, -5);
    effects_free(&fx);
    end(story);
}

Test(delay, without_a_header_that_asks_for_it_there_is_none)
{
    struct story *story = begin();
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("m"));
    publish(story, "zero", "I:0");
    publish(story, "over", "I:-5");
    publish(story, "long", "l:4294967296");
    get(story, "q");
    get(story, "q");
    get(story, "q");
    get(story, "q");
    TOLD(story, "get 1/2 #1 m via x/k, 3 left\nget 1/2 #2 " M(
                    "zero") ", 2 left\n"
                            "get 1/2 #3 " M("over") ", 1 left\nget 1/2 #4 " M("long") ", 0 left\n");
    end(story);
}

Test(delay, the_bindings_count_that_there_are_when_it_is_over)
{
    struct story *story = begin();
    publish(story, "m", "I:10");
    story_queue(story, "r");
    story_bind(story, "x", "r", "k");
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("x"),
       .routing_key = SLICE("k"));
    story->text.len = 0;
    story_wait(story, 10);
    get(story, "q");
    get(story, "r");
    TOLD(story, "basic_get_empty 1/2 cluster_id=\nget 1/2 #1 " M("m") ", 0 left\n");
    end(story);
}

Test(delay, a_mandatory_message_that_waits_does_not_come_back)
{
    struct story *story = begin();
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("none"), .mandatory = true,
            .properties =
                PROPERTIES(story, .headers = story_table(story, "x-delay", "I:10", NULL)));
    story_wait(story, 10); // it leads nowhere, and that is its end
    TOLD(story, "");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("none"), .mandatory = true);
    TOLD(story, "return 1/1  via x/none\n");
    end(story);
}

Test(delay, routes_by_cc_and_bcc_when_it_is_over)
{
    struct story *story = begin();
    story_queue(story, "c");
    story_bind(story, "x", "c", "cc");
    story_queue(story, "b");
    story_bind(story, "x", "b", "bcc");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("m"),
            .properties = PROPERTIES(story, .headers = story_table(story, "x-delay", "I:10", "CC",
                                                                   "A:cc", "BCC", "A:bcc", NULL)));
    story_wait(story, 10);
    get(story, "q");
    get(story, "c");
    get(story, "b");
    TOLD(story, "get 1/2 #1 m via x/k {headers=(x-delay CC)}, 0 left\n"
                "get 1/2 #2 m via x/k {headers=(x-delay CC)}, 0 left\n"
                "get 1/2 #3 m via x/k {headers=(x-delay CC)}, 0 left\n");
    end(story);
}

Test(delay, the_time_to_live_counts_from_when_it_is_over)
{
    struct story *story = begin();
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("m"),
            .properties = PROPERTIES(story, .expiration = SLICE("20"),
                                     .headers = story_table(story, "x-delay", "I:100", NULL)));
    story_wait(story, 119);
    COUNTED(story, messages_ready, 1);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 0);
    end(story);
}

Test(delay, a_dead_letter_may_be_delayed_and_is_no_cycle)
{
    struct story *story = begin();
    QUEUE(story, "x", "x-dead-letter-exchange", "S:x", "x-dead-letter-routing-key", "S:k");
    PUBLISH(story, 1, 1, .routing_key = SLICE("x"), .body = SLICE("m"),
            .properties = PROPERTIES(story, .expiration = SLICE("0"),
                                     .headers = story_table(story, "x-delay", "I:10", NULL)));
    COUNTED(story, messages_delayed, 1);
    story_wait(story, 10);
    COUNTED(story, messages_ready, 1);
    COUNTED(story, dead_letter_cycles, 0);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"), .no_wait = true);
    end(story);
}

Test(delay, of_what_a_transaction_publishes_begins_with_its_commit)
{
    struct story *story = begin();
    DO(story, 1, 1, tx_select);
    publish(story, "m", "I:10");
    story_wait(story, 50);
    DO(story, 1, 1, tx_rollback);
    publish(story, "n", "I:10");
    story_wait(story, 50);
    COUNTED(story, messages_delayed, 0);
    DO(story, 1, 1, tx_commit);
    COUNTED(story, messages_delayed, 1);
    story_wait(story, 9);
    COUNTED(story, messages_ready, 0);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 1);
    DO(story, 1, 2, queue_purge, .queue = SLICE("q"), .no_wait = true);
    TOLD(story, "tx_select_ok 1/1\ntx_rollback_ok 1/1\ntx_commit_ok 1/1\n");
    end(story);
}

Test(delay, ends_with_its_exchange)
{
    struct story *story = begin();
    publish(story, "m", "I:10");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    COUNTED(story, messages_delayed, 0);
    declare(story, "S:direct");
    story_wait(story, 10);
    COUNTED(story, messages_ready, 0);
    end(story);
}

Test(delay, its_store_is_no_queue_of_anybody)
{
    struct story *story = begin();
    uint64_t queues = broker_counters(story->broker)->queues;
    cr_assert_eq(queues, 1);
    DO(story, 1, 3, queue_declare, .queue = SLICE("x"), .passive = true);
    TOLD(story, "refuse 404 no queue 'x' in vhost '/'\n");
    end(story);
}

Test(delay, a_redeclare_may_name_another_delayed_type_as_in_the_plugin)
{
    struct story *story = begin();
    declare(story, "S:fanout");
    DO(story, 1, 3, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .durable = true);
    TOLD(story, "refuse 406 inequivalent arg 'type' for exchange 'x' in vhost '/': received "
                "'direct' but current is 'x-delayed-message'\n");
    DO(story, 1, 3, exchange_declare, .exchange = SLICE("y"), .type = SLICE("x-delayed-message"));
    TOLD(story,
         "refuse 406 Invalid argument, 'x-delayed-type' must be an existing exchange type\n");
    end(story);
}

/* The journal. */

static struct story *begin_durable(struct shelf *shelf)
{
    struct story *story =
        shelf ? story_new_on(&story_durable, shelf) : story_new_with(&story_durable);
    declare(story, "S:direct");
    story->text.len = 0;
    return story;
}

Test(delay, is_confirmed_when_it_is_in_the_journal_and_moves_in_one)
{
    struct story *story = begin_durable(NULL);
    DO(story, 1, 1, confirm_select, .no_wait = true);
    publish(story, "m", "I:10");
    TOLD(story, "store queue 1 #1 until 1000010 " M("m") ", after 8\nconfirm 1/1 #1, after 8\n");
    story_wait(story, 10);
    TOLD(story, "store queue 2 #1 " M("m") ", more, after 9\n"
                                           "settle queue 1 #1, more\n"
                                           "group_end, after 10\n");
    story_free(story);
}

Test(delay, a_transient_message_is_not_in_the_journal)
{
    struct story *story = begin_durable(NULL);
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = SLICE("k"), .body = SLICE("m"),
            .properties =
                PROPERTIES(story, .headers = story_table(story, "x-delay", "I:10", NULL)));
    story_wait(story, 10);
    TOLD(story, "");
    story_free(story);
}

static struct story *restart(struct story *story, struct shelf *shelf)
{
    uint64_t now_ms = story->now_ms;
    story_free(story);
    struct story *again = story_new_on(&story_durable, shelf);
    shelf_open(shelf, again->broker, shelf->count);
    shelf_play(shelf, again->broker, 0, shelf->count);
    again->now_ms = now_ms;
    broker_set_time(again->broker, now_ms, now_ms / 1000);
    struct effects fx = {0};
    broker_restored(again->broker, &fx);
    cr_assert_eq(fx.count, 0);
    effects_free(&fx);
    return again;
}

Test(delay, survives_a_restart_and_is_over_when_it_would_have_been)
{
    struct shelf shelf = {0};
    struct story *story = begin_durable(&shelf);
    publish(story, "second", "I:100");
    publish(story, "first", "I:50");
    publish(story, "past", "I:5");
    story_wait(story, 5);
    story = restart(story, &shelf);
    COUNTED(story, messages_delayed, 2);
    COUNTED(story, messages_ready, 1);
    story->text.len = 0;
    story_wait(story, 44);
    COUNTED(story, messages_ready, 1);
    story_wait(story, 1);
    COUNTED(story, messages_ready, 2);
    story_wait(story, 50);
    COUNTED(story, messages_ready, 3);
    story->text.len = 0;
    story_consume(story, 1, 1, "q", "c");
    cr_assert(strstr(story_text(story), "past"));
    cr_assert(strstr(strstr(story_text(story), "past"), "first"));
    cr_assert(strstr(strstr(story_text(story), "first"), "second"));
    story_free(story);
    shelf_finish(&shelf);
}

/* Two by two they are due together, the last two first. */
Test(delay, what_is_only_on_the_disk_is_fetched_when_it_is_due)
{
    enum { COUNT = 60 };
    struct shelf shelf = {0};
    struct story *story = begin_durable(&shelf);
    for (int i = 0; i < COUNT; i++) {
        char body[16], delay[16];
        snprintf(body, sizeof body, "m%02d", i);
        snprintf(delay, sizeof delay, "I:%d", 10 + (COUNT - i) / 2);
        publish(story, body, delay);
    }
    cr_assert_gt(broker_evict(story->broker, 0, shelf_end(&shelf)), 20);
    story_wait(story, 100);
    COUNTED(story, messages_delayed, 0);
    story->text.len = 0;
    story_consume(story, 1, 1, "q", "c");
    const char *at = story_text(story);
    for (int place = 0; place < COUNT; place++) {
        int number = place == 0           ? COUNT - 1
                     : place == COUNT - 1 ? 0
                                          : COUNT - 2 - (place - 1) / 2 * 2 - 1 + (place - 1) % 2;
        char body[8];
        snprintf(body, sizeof body, " m%02d ", number);
        cr_assert(at = strstr(at, body), "%d-th is not %s", place, body);
    }
    story_free(story);
    shelf_finish(&shelf);
}
