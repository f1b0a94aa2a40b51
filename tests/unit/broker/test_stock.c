#include "broker/storage.h"
#include "broker/view.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

/* The queue q as somebody sees it. */
static struct queue_view look(struct story *story)
{
    struct arena arena = {0};
    struct queue_view view;
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    cr_assert(view_queue(story->broker, &scope, SLICE("q"), &view));
    arena_finish(&arena);
    return view;
}

static void send(struct story *story, const char *body, bool persistent)
{
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = str(body),
            .properties = PROPERTIES(story, .delivery_mode = persistent ? 2 : 1));
}

static void get(struct story *story)
{
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
}

static void expect_persistent(struct story *story, uint64_t messages, uint64_t bytes)
{
    struct queue_view view = look(story);
    cr_expect_eq(view.persistent, messages, "%lu messages", (unsigned long)view.persistent);
    cr_expect_eq(view.persistent_bytes, bytes, "%lu octets", (unsigned long)view.persistent_bytes);
}

Test(stock, persistent_messages_count_until_they_are_done_with)
{
    struct story *story = story_new();
    story_queue(story, "q");
    send(story, "12345", true);
    send(story, "123", false);
    send(story, "1234567", true);
    expect_persistent(story, 2, 12);
    get(story);
    expect_persistent(story, 2, 12);
    DO(story, 1, 1, basic_nack, .delivery_tag = 1, .requeue = true);
    expect_persistent(story, 2, 12);
    story_consume(story, 2, 1, "q", "c");
    expect_persistent(story, 2, 12);
    story_ack(story, 2, 1, 1);
    expect_persistent(story, 1, 7);
    story_ack(story, 2, 1, 2);
    expect_persistent(story, 1, 7);
    story_ack(story, 2, 1, 3);
    expect_persistent(story, 0, 0);
    story_free(story);
}

Test(stock, a_purge_leaves_the_persistent_messages_that_are_unsettled)
{
    struct story *story = story_new();
    story_queue(story, "q");
    send(story, "12345", true);
    send(story, "123", true);
    get(story);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"));
    expect_persistent(story, 1, 5);
    story_ack(story, 1, 1, 1);
    expect_persistent(story, 0, 0);
    story_free(story);
}

Test(stock, nothing_in_a_queue_that_is_not_durable_is_persistent)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .no_wait = true);
    send(story, "12345", true);
    expect_persistent(story, 0, 0);
    story_free(story);
}

Test(stock, all_that_is_in_a_quorum_queue_is_persistent)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    send(story, "12345", true);
    send(story, "123", false);
    expect_persistent(story, 2, 8);
    story_free(story);
}

/* What a broker that starts from the journal has. */
static void restart(struct story *story, struct shelf *shelf)
{
    struct broker *other = broker_new(&story_durable);
    broker_set_time(other, story->now_ms, 0);
    shelf_play(shelf, other, 0, shelf->count);
    broker_restored(other, &story->fx);
    effects_clear(&story->fx);
    struct broker *before = story->broker;
    story->broker = other;
    struct queue_view view = look(story);
    cr_expect_eq(view.ready, 40);
    cr_expect_eq(view.persistent, 40);
    cr_expect_eq(view.persistent_bytes, 200);
    cr_expect_eq(view.ready_paged, 40);
    cr_expect_eq(view.ready_paged_bytes, 200);
    cr_expect_eq(view.head_timestamp, VIEW_NO_TIMESTAMP);
    story->broker = before;
    broker_free(other);
}

Test(stock, a_restart_finds_the_persistent_messages_all_of_them_on_the_disk)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    story_queue(story, "q");
    for (int i = 0; i < 50; i++) {
        send(story, "12345", true);
        send(story, "1234567", false);
    }
    for (uint64_t i = 1; i <= 20; i++) {
        get(story);
        story_ack(story, 1, 1, i);
    }
    expect_persistent(story, 40, 200);
    restart(story, &shelf);
    story_free(story);
    shelf_finish(&shelf);
}

Test(stock, what_is_paged_out_is_so_until_it_is_settled)
{
    enum { MANY = 100 };
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    story_queue(story, "q");
    for (int i = 0; i < MANY; i++) {
        send(story, "12345", true);
    }
    cr_expect_eq(look(story).ready_paged, 0);
    cr_expect_eq(look(story).counts.disk_writes, MANY);
    uint64_t gone = broker_evict(story->broker, 0, UINT64_MAX);
    cr_assert_gt(gone, 10);
    cr_expect_eq(look(story).ready_paged, gone);
    cr_expect_eq(look(story).ready_paged_bytes, 5 * gone);
    get(story);
    struct queue_view view = look(story);
    cr_expect_eq(view.ready_paged, gone - 1);
    cr_expect_eq(view.unsettled_paged, 1);
    cr_expect_eq(view.unsettled_paged_bytes, 5);
    cr_expect_eq(view.counts.disk_reads, 1);
    DO(story, 1, 1, basic_nack, .delivery_tag = 1, .requeue = true);
    cr_expect_eq(look(story).ready_paged, gone);
    cr_expect_eq(look(story).unsettled_paged, 0);
    story_consume(story, 2, 1, "q", "c");
    view = look(story);
    cr_expect_eq(view.ready_paged + view.ready_paged_bytes, 0);
    cr_expect_eq(view.unsettled_paged, gone);
    cr_expect_eq(view.counts.disk_reads, 1 + gone, "the first one was read twice");
    story_ack(story, 2, 1, 1);
    cr_expect_eq(look(story).unsettled_paged, gone - 1);
    story_free(story);
    shelf_finish(&shelf);
}

Test(stock, only_what_lasts_is_written_and_the_sums_have_it)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    story_queue(story, "q");
    send(story, "a", true);
    send(story, "b", false);
    cr_expect_eq(look(story).counts.disk_writes, 1);
    cr_expect_eq(look(story).counts.disk_reads, 0);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"));
    cr_expect_eq(view_totals(story->broker).queues[QUEUE_CLASSIC].disk_writes, 1);
    story_free(story);
    shelf_finish(&shelf);
}

Test(stock, whatever_is_done_with_a_queue_uses_it)
{
    struct story *story = story_new();
    story_queue(story, "q");
    uint64_t ms = 0;
#define USES(action)                                                                               \
    do {                                                                                           \
        story_wait(story, 5000);                                                                   \
        ms += 5000;                                                                                \
        cr_expect_eq(look(story).active_ms, ms - 5000);                                            \
        action;                                                                                    \
        cr_expect_eq(look(story).active_ms, ms, #action);                                          \
    } while (false)
    USES(send(story, "a", false));
    USES(get(story));
    USES(story_ack(story, 1, 1, 1));
    USES(get(story));
    USES(story_consume(story, 2, 1, "q", "c"));
    USES(send(story, "b", false));
    USES(DO(story, 2, 1, basic_nack, .delivery_tag = 1, .requeue = true));
    USES(DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("c")));
    USES(DO(story, 1, 1, queue_purge, .queue = SLICE("q")));
    USES(DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true));
    USES(DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .no_ack = true));
    USES(send(story, "c", false));
#undef USES
    story_free(story);
}

static double capacity(struct story *story)
{
    struct capacity found = look(story).capacity;
    return capacity_mean(&found, story->now_ms) / (double)CAPACITY_ALL;
}

static bool is_about(double value, double expected)
{
    return value > expected - 0.001 && value < expected + 0.001;
}

Test(stock, consumers_that_take_all_at_once_have_capacity_to_spare)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 2, 1, basic_qos, .prefetch_count = 1);
    story_consume(story, 2, 1, "q", "c");
    story_wait(story, 1000);
    send(story, "a", false);
    story_wait(story, 1000);
    cr_expect(capacity(story) == 1, "it holds all it may, but nothing waits for it");
    story_ack(story, 2, 1, 1);
    send(story, "b", false);
    story_wait(story, 1000);
    cr_expect(capacity(story) == 1);
    story_free(story);
}

Test(stock, a_message_that_waits_for_a_consumer_lowers_the_capacity_until_one_takes_it)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 2, 1, basic_qos, .prefetch_count = 1);
    story_consume(story, 2, 1, "q", "c");
    send(story, "a", false);
    send(story, "b", false);
    story_wait(story, 1000);
    cr_expect(is_about(capacity(story), 0.5));
    story_ack(story, 2, 1, 1);
    story_wait(story, 1000);
    cr_expect(is_about(capacity(story), 0.75));
    send(story, "c", false);
    story_wait(story, 2000);
    cr_expect(is_about(capacity(story), 0.1875));
    story_consume(story, 3, 1, "q", "d");
    story_wait(story, 10000);
    cr_expect(is_about(capacity(story), 1));
    story_free(story);
}

Test(stock, the_head_tells_its_timestamp)
{
    struct story *story = story_new();
    story_queue(story, "q");
    cr_expect_eq(look(story).head_timestamp, VIEW_NO_TIMESTAMP);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"),
            .properties = PROPERTIES(story, .timestamp = 1700000000));
    send(story, "none", false);
    cr_expect_eq(look(story).head_timestamp, 1700000000);
    get(story);
    cr_expect_eq(look(story).head_timestamp, VIEW_NO_TIMESTAMP);
    DO(story, 1, 1, basic_nack, .delivery_tag = 1, .requeue = true);
    cr_expect_eq(look(story).head_timestamp, 1700000000);
    story_free(story);
}

Test(stock, memory_grows_and_shrinks_with_what_is_in_it)
{
    struct story *story = story_new();
    story_queue(story, "q");
    uint64_t empty = look(story).octets;
    cr_expect(empty > 500 && empty < 2000, "%lu octets", (unsigned long)empty);
    char body[1000];
    for (int i = 0; i < 100; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"),
                .body = (struct slice){memset(body, 'b', sizeof body), sizeof body});
    }
    uint64_t grown = look(story).octets - empty;
    cr_expect(grown > 100 * 1032 && grown < 100 * 1100, "%lu octets", (unsigned long)grown);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"));
    cr_expect_leq(look(story).octets, empty);
    story_free(story);
}

Test(stock, a_queue_with_priorities_tells_how_many_there_are_of_each)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-priority", "I:2");
    for (uint8_t i = 0; i < 3; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"),
                .properties = PROPERTIES(story, .priority = (uint8_t)(i > 0)));
    }
    struct arena arena = {0};
    struct queue_view view;
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    cr_assert(view_queue(story->broker, &scope, SLICE("q"), &view));
    cr_assert_eq(view.priority_max, 2);
    cr_expect_eq(view.levels[0], 1);
    cr_expect_eq(view.levels[1], 2);
    cr_expect_eq(view.levels[2], 0);
    arena_finish(&arena);
    story_free(story);
}
