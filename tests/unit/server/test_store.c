#include "tests/unit/server/store_kit.h"

#include <errno.h>

#include "base/memory.h"

static struct shop shop;
static struct client client;

static void open_client(void)
{
    client = client_ready(&shop.kit);
}

static void start(void)
{
    shop_init(&shop);
    cr_assert(shop_start(&shop), "%s", shop.error.ptr);
    open_client();
    shop_declare(&client, "q");
}

static void stop(void)
{
    client_free(&client);
    shop_finish(&shop);
}

TestSuite(store, .init = start, .fini = stop);

static void kill_and_start(void)
{
    shop_freeze(&shop);
    client_free(&client);
    shop_kill(&shop);
    cr_assert(shop_start(&shop), "%s", shop.error.ptr);
    open_client();
}

static void stop_and_start(void)
{
    client_free(&client);
    shop_flush(&shop);
    shop_stop(&shop);
    cr_assert(shop_start(&shop), "%s", shop.error.ptr);
    open_client();
}

static void get_one(void)
{
    send_method(&client, 1, METHOD(basic_get, .queue = SLICE("q")));
    shop_flush(&shop);
    client_receive(&client, SIZE_MAX);
}

Test(store, a_declaration_is_answered_when_it_is_on_the_disk)
{
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("another"), .durable = true));
    expect_story(&client, "");
    shop_flush(&shop);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 queue_declare_ok\n");
}

Test(store, a_confirm_waits_for_the_disk)
{
    send_method(&client, 1, METHOD(confirm_select));
    shop_flush(&shop);
    client_receive(&client, SIZE_MAX);
    bytes_consume(&client.output, client.output.len);
    shop_publish(&shop, &client, "q", 3, 100);
    expect_story(&client, "");
    shop_tick(&shop);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "");
    shop_flush(&shop);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_ack 3 multiple\n");
}

Test(store, what_is_on_the_disk_is_there_after_a_kill)
{
    shop_publish(&shop, &client, "q", 2, 5);
    shop_flush(&shop);
    kill_and_start();
    get_one();
    expect_story(&client, "1 basic_get_ok #1 '' 'q' 1 left\n1 header 5\n1 body aaaaa\n");
    get_one();
    expect_story(&client, "1 basic_get_ok #2 '' 'q' 0 left\n1 header 5\n1 body bbbbb\n");
}

Test(store, what_is_on_the_disk_is_there_after_a_stop)
{
    shop_publish(&shop, &client, "q", 2, 5);
    stop_and_start();
    get_one();
    expect_story(&client, "1 basic_get_ok #1 '' 'q' 1 left\n1 header 5\n1 body aaaaa\n");
}

Test(store, what_was_given_out_comes_back_as_redelivered)
{
    shop_publish(&shop, &client, "q", 2, 1);
    shop_flush(&shop);
    get_one();
    kill_and_start();
    get_one();
    expect_story(&client, "1 basic_get_ok #1 again '' 'q' 1 left\n1 header 1\n1 body a\n");
}

Test(store, what_nobody_was_given_is_not_redelivered_after_a_stop)
{
    shop_publish(&shop, &client, "q", 20, 10);
    shop_flush(&shop);
    shop_take(&client, "q", 8); // quickly: the mark runs ahead
    stop_and_start();
    get_one();
    expect_story(&client, "1 basic_get_ok #1 '' 'q' 11 left\n1 header 10\n1 body iiiiiiiiii\n");
}

Test(store, what_was_settled_stays_away)
{
    shop_publish(&shop, &client, "q", 3, 1);
    shop_flush(&shop);
    shop_take(&client, "q", 2);
    shop_flush(&shop);
    kill_and_start();
    cr_expect_eq(shop_ready(&shop), 1);
    get_one();
    // The mark runs ahead of what is handed out.
    expect_story(&client, "1 basic_get_ok #1 again '' 'q' 0 left\n1 header 1\n1 body c\n");
}

Test(store, transient_messages_are_gone)
{
    shop_declare(&client, "t");
    shop_publish(&shop, &client, "t", 3, 10);
    shop_publish(&shop, &client, "q", 1, 10);
    shop_flush(&shop);
    kill_and_start();
    cr_expect_eq(shop_ready(&shop), 1);
}

Test(store, contents_leave_the_memory_and_come_back)
{
    client_free(&client);
    shop_stop(&shop);
    shop.options.resident_max = 20 * 1000;
    cr_assert(shop_start(&shop));
    open_client();
    shop_publish(&shop, &client, "q", 100, 1000);
    shop_flush(&shop);
    shop_flush(&shop);
    cr_expect_leq(broker_counters(shop.kit.broker)->resident_bytes, 20 * 1000);
    bytes_consume(&client.output, client.output.len);
    get_one();
    expect_story(&client, "1 basic_get_ok #1 '' 'q' 99 left\n1 header 1000\n1 body of 1000\n");
    shop_take(&client, "q", 99);
    cr_expect_null(store_fault(shop.store));
}

/* When a sync that took long is over there may be much that can go, and clients are waiting. */
Test(store, contents_leave_the_memory_in_slices)
{
    client_free(&client);
    shop_stop(&shop);
    shop.options.resident_max = 20 * 1000;
    cr_assert(shop_start(&shop));
    open_client();
    shop_publish(&shop, &client, "q", 5000, 1000);
    shop_tick(&shop);
    const struct broker_counters *counters = broker_counters(shop.kit.broker);
    uint64_t before = counters->resident_bytes;
    cr_assert_gt(before, 4 << 20);
    cr_assert_eq(store_flush(shop.store, shop.kit.now_ms), 0);
    int ticks = 0;
    do {
        shop_tick(&shop);
        cr_assert_leq(before - counters->resident_bytes, 2 << 20);
        before = counters->resident_bytes;
        ticks++;
    } while (store_deadline(shop.store) <= shop.kit.now_ms);
    cr_expect_leq(before, 20 * 1000);
    cr_expect_gt(ticks, 3);
}

Test(store, transient_messages_leave_the_memory_too)
{
    client_free(&client);
    shop_stop(&shop);
    shop.options.resident_max = 10 * 1000;
    shop.options.spill_above = 30 * 1000;
    cr_assert(shop_start(&shop));
    open_client();
    shop_declare(&client, "t");
    shop_publish(&shop, &client, "t", 100, 1000);
    shop_flush(&shop);
    shop_flush(&shop);
    cr_expect_leq(broker_counters(shop.kit.broker)->resident_bytes, 30 * 1000);
    shop_take(&client, "t", 100);
    cr_expect_eq(broker_ledger(shop.kit.broker)->live, 0);
}

Test(store, what_transient_messages_leave_behind_goes_though_nothing_is_written)
{
    client_free(&client);
    shop_stop(&shop);
    shop.options.resident_max = 10 * 1000;
    shop.options.spill_above = 30 * 1000;
    cr_assert(shop_start(&shop));
    open_client();
    shop_declare(&client, "t");
    shop_publish(&shop, &client, "t", 600, 1000);
    for (int k = 0; k < 20; k++) {
        shop_wait(&shop, 60);
    }
    cr_expect_geq(shop_segments(&shop), 8);
    shop_take(&client, "t", 600);
    for (int k = 0; k < 20; k++) {
        shop_wait(&shop, 60);
    }
    cr_expect_leq(shop_segments(&shop), 2);
}

Test(store, a_segment_goes_when_nobody_needs_it)
{
    for (int i = 0; i < 30; i++) {
        shop_publish(&shop, &client, "q", 50, 1000);
        shop_flush(&shop);
        shop_take(&client, "q", 50);
        shop_wait(&shop, 60);
        shop_wait(&shop, 60);
    }
    cr_expect_leq(shop_segments(&shop), 9);
    kill_and_start();
    cr_expect_eq(shop_ready(&shop), 0);
}

Test(store, what_nobody_needs_at_a_start_goes_before_anything_is_written)
{
    shop_publish(&shop, &client, "q", 600, 1000);
    shop_flush(&shop);
    shop_take(&client, "q", 600);
    shop_flush(&shop);
    kill_and_start();
    for (int k = 0; k < 20; k++) {
        shop_wait(&shop, 60);
    }
    cr_expect_leq(shop_segments(&shop), 2);
}

Test(store, compaction_keeps_the_journal_in_proportion)
{
    shop_declare(&client, "keep");
    for (int i = 0; i < 60; i++) {
        shop_publish(&shop, &client, "keep", 2, 1000);
        shop_publish(&shop, &client, "q", 50, 1000);
        shop_flush(&shop);
        shop_take(&client, "q", 50);
        for (int k = 0; k < 10; k++) {
            shop_wait(&shop, 60);
        }
    }
    uint64_t live = broker_ledger(shop.kit.broker)->octets;
    cr_expect_leq(shop_segments(&shop) * SHOP_SEGMENT, live * 5 / 2 + 9 * SHOP_SEGMENT);
    kill_and_start();
    cr_expect_eq(shop_ready(&shop), 120);
    shop_take(&client, "keep", 120);
}

/* While it rests, all that was alive in the segment that is next may go. */
Test(store, compaction_goes_on_behind_a_segment_in_which_nothing_is_left)
{
    shop_declare(&client, "keep");
    for (int i = 0; i < 60; i++) {
        shop_publish(&shop, &client, "keep", 2, 1000);
        shop_publish(&shop, &client, "q", 50, 1000);
        shop_flush(&shop);
        shop_take(&client, "q", 50);
    }
    shop_wait(&shop, 60);
    shop_tick(&shop);
    shop_wait(&shop, 10000); // so long a copy takes: it rests for 40 seconds
    shop_wait(&shop, 60);
    shop_take(&client, "keep", 60);
    for (int k = 0; k < 1000; k++) {
        shop_wait(&shop, 60);
    }
    uint64_t live = broker_ledger(shop.kit.broker)->octets;
    cr_expect_leq(shop_segments(&shop) * SHOP_SEGMENT, live * 5 / 2 + 9 * SHOP_SEGMENT);
}

/* A record of which all queues need the content is no larger than one that only one needs. */
Test(store, compaction_keeps_the_journal_in_proportion_for_fanouts_too)
{
    enum { QUEUES = 9, ROUNDS = 60, BODY = 1000 };
    char name[] = "k0";
    for (int i = 0; i < QUEUES; i++) {
        name[1] = (char)('0' + i);
        shop_declare(&client, name);
        struct slice queue = {(const uint8_t *)name, 2};
        send_method(
            &client, 1,
            METHOD(queue_bind, .queue = queue, .exchange = SLICE("amq.fanout"), .no_wait = true));
    }
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t body[BODY] = {0};
        struct bytes frames = {0};
        put_method(&frames, 1, METHOD(basic_publish, .exchange = SLICE("amq.fanout")));
        put_header(&frames, 1, BODY, SLICE("\x10\0\2"));
        put_frame(&frames, FRAME_BODY, 1, (struct slice){body, BODY});
        client_send(&client, bytes_slice(&frames));
        bytes_finish(&frames);
        shop_publish(&shop, &client, "q", 50, BODY);
        shop_flush(&shop);
        shop_take(&client, "q", 50);
        for (int k = 0; k < 10; k++) {
            shop_wait(&shop, 60);
        }
    }
    uint64_t live = ROUNDS * (BODY + 200);
    cr_expect_leq(broker_ledger(shop.kit.broker)->octets, live);
    cr_expect_leq(shop_segments(&shop) * SHOP_SEGMENT, live * 5 / 2 + 9 * SHOP_SEGMENT);
    kill_and_start();
    cr_expect_leq(broker_ledger(shop.kit.broker)->octets, live);
    cr_expect_eq(shop_ready(&shop), QUEUES * ROUNDS);
    stop_and_start();
    cr_expect_leq(broker_ledger(shop.kit.broker)->octets, live);
    shop_take(&client, "k3", ROUNDS);
    cr_expect_geq(broker_ledger(shop.kit.broker)->octets, ROUNDS * BODY);
    for (int i = 0; i < QUEUES; i++) {
        name[1] = (char)('0' + i);
        if (i != 3) {
            shop_take(&client, name, ROUNDS);
        }
    }
    cr_expect_eq(broker_ledger(shop.kit.broker)->octets, 0);
}

Test(store, a_checkpoint_makes_up_for_the_records)
{
    shop_publish(&shop, &client, "q", 600, 1000);
    for (int k = 0; k < 20; k++) {
        shop_wait(&shop, 60);
    }
    kill_and_start();
    cr_expect_gt(store_report(shop.store)->checkpoint, 0);
    cr_expect_lt(store_report(shop.store)->records, 500);
    shop_take(&client, "q", 600);
}

Test(store, a_start_after_a_stop_reads_the_checkpoint_only)
{
    shop_publish(&shop, &client, "q", 100, 100);
    stop_and_start();
    cr_expect_eq(store_report(shop.store)->records, 0);
    cr_expect_eq(shop_ready(&shop), 100);
}

Test(store, a_failed_write_is_a_fault_and_confirms_nothing)
{
    send_method(&client, 1, METHOD(confirm_select));
    shop_flush(&shop);
    client_receive(&client, SIZE_MAX);
    bytes_consume(&client.output, client.output.len);
    shop_publish(&shop, &client, "q", 1, 10);
    shop.fake->fail_at = shop.fake->calls + 1;
    shop.fake->fail_error = -EIO;
    cr_expect_eq(store_flush(shop.store, shop.kit.now_ms), -EIO);
    shop_tick(&shop);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "");
    cr_assert_not_null(store_fault(shop.store));
    cr_expect_eq(store_fault(shop.store)->error, -EIO);
    kill_and_start();
}

Test(store, what_cannot_be_read_back_is_a_fault)
{
    client_free(&client);
    shop_stop(&shop);
    shop.options.resident_max = 1;
    cr_assert(shop_start(&shop));
    open_client();
    shop_publish(&shop, &client, "q", 20, 1000);
    shop_flush(&shop);
    shop_flush(&shop);
    bytes_consume(&client.output, client.output.len);
    shop.fake->off = true;
    send_method(&client, 1, METHOD(basic_get, .queue = SLICE("q")));
    expect_story(&client, "");
    cr_assert_not_null(store_fault(shop.store));
    shop.fake->off = false;
    kill_and_start();
}

Test(store, publishers_are_not_read_while_the_disk_is_behind)
{
    enum { MIB = 1 << 20 };
    int sent = 0;
    for (; sent < 64 && conn_wants_input(client.conn); sent++) {
        shop_publish(&shop, &client, "q", 1, MIB);
    }
    cr_assert_lt(sent, 64);
    cr_expect_not(conn_wants_input(client.conn));
    expect_story(&client, ""); // in particular no connection.blocked
    shop_flush(&shop);
    cr_expect(conn_wants_input(client.conn));
}

Test(store, a_directory_has_one_store)
{
    struct shop other = shop;
    other.options.holder = "another one";
    other.fake = shop.fake;
    cr_expect_not(shop_start(&other));
    cr_expect_not_null(strstr(other.error.ptr, "in use"), "%s", other.error.ptr);
    cr_expect_not_null(strstr(other.error.ptr, "held by the test"), "%s", other.error.ptr);
}

/* As `leveret inspect` does; returns the messages that it sees. */
static uint64_t look_at(uint64_t now_ms)
{
    struct broker *broker = broker_new(&(struct broker_options){.durable = true});
    broker_set_time(broker, now_ms, now_ms / 1000);
    struct store_options options = shop.options;
    struct effects fx = {0};
    struct text error = {.len = 0};
    options.broker = broker;
    options.read_only = true;
    struct store *store = store_open(&options, &fx, &error);
    cr_assert(store, "%s", error.ptr);
    cr_expect_eq(store_report(store)->hole_count, 0);
    cr_expect_eq(store_report(store)->unsound, 0);
    uint64_t ready = broker_counters(broker)->messages_ready;
    effects_free(&fx);
    store_abandon(store);
    broker_free(broker);
    return ready;
}

static uint64_t look(void)
{
    return look_at(0);
}

Test(store, looking_changes_nothing)
{
    shop_publish(&shop, &client, "q", 20, 100);
    shop_flush(&shop);
    cr_expect_eq(look(), 20);
    shop_take(&client, "q", 20);
}

Test(store, gaps_that_retired_segments_leave_are_no_damage)
{
    shop_declare(&client, "keep");
    shop_publish(&shop, &client, "keep", 3, 30000);
    for (int i = 0; i < 30; i++) {
        shop_publish(&shop, &client, "q", 50, 1000);
        shop_flush(&shop);
        shop_take(&client, "q", 50);
        shop_wait(&shop, 60);
        shop_wait(&shop, 60);
    }
    shop_publish(&shop, &client, "q", 10, 1000);
    shop_flush(&shop);
    cr_expect_eq(look(), 13);
}

static void restart_with_little_memory(void)
{
    client_free(&client);
    shop_stop(&shop);
    shop.options.resident_max = 1;
    cr_assert(shop_start(&shop));
    open_client();
}

static void declare_dying(void)
{
    struct bytes arguments = {0};
    table_add_string(&arguments, SLICE("x-dead-letter-exchange"), SLICE(""));
    table_add_string(&arguments, SLICE("x-dead-letter-routing-key"), SLICE("q"));
    send_method(&client, 1,
                METHOD(queue_declare, .queue = SLICE("dying"), .durable = true,
                       .arguments = bytes_slice(&arguments)));
    shop_flush(&shop);
    client_receive(&client, SIZE_MAX);
    bytes_consume(&client.output, client.output.len);
    bytes_finish(&arguments);
}

Test(store, looking_shows_what_the_next_start_would_drop)
{
    struct bytes arguments = {0};
    table_add_raw(&arguments, SLICE("x-message-ttl"), SLICE("I\0\0\0\1"));
    send_method(&client, 1,
                METHOD(queue_declare, .queue = SLICE("short-lived"), .durable = true,
                       .arguments = bytes_slice(&arguments)));
    shop_publish(&shop, &client, "short-lived", 3, 100);
    shop_flush(&shop);
    cr_expect_eq(look_at(UINT32_MAX), 3);
    bytes_finish(&arguments);
}

Test(store, a_dead_letter_gets_its_content_back)
{
    restart_with_little_memory();
    declare_dying();
    shop_publish(&shop, &client, "dying", 20, 1000);
    shop_flush(&shop);
    shop_flush(&shop);
    for (uint64_t i = 1; i <= 20; i++) {
        send_method(&client, 1, METHOD(basic_get, .queue = SLICE("dying")));
        shop_flush(&shop);
        send_method(&client, 1, METHOD(basic_reject, .delivery_tag = i));
        shop_flush(&shop);
    }
    kill_and_start();
    cr_expect_eq(shop_ready(&shop), 20);
    cr_expect_null(store_fault(shop.store));
    get_one();
    char *story = client_story(&client);
    cr_expect_not_null(strstr(story, "1 header 1000\n1 body of 1000\n"), "%s", story);
    free(story);
}

/* A queue that keeps the newest message only, and q, get all that amq.fanout gets; the first drops
 * one between the two. */
static void bind_newest(void)
{
    struct bytes arguments = {0};
    table_add_raw(&arguments, SLICE("x-max-length"), SLICE("I\0\0\0\1"));
    send_method(&client, 1,
                METHOD(queue_declare, .queue = SLICE("newest"), .durable = true,
                       .arguments = bytes_slice(&arguments)));
    send_method(&client, 1,
                METHOD(queue_bind, .queue = SLICE("newest"), .exchange = SLICE("amq.fanout")));
    send_method(&client, 1,
                METHOD(queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.fanout")));
    shop_flush(&shop);
    bytes_finish(&arguments);
}

static void publish_to_all(int count, size_t len)
{
    uint8_t *body = memory_new(len);
    for (int i = 0; i < count; i++) {
        struct bytes frames = {0};
        put_method(&frames, 1, METHOD(basic_publish, .exchange = SLICE("amq.fanout")));
        put_header(&frames, 1, len, SLICE("\x10\0\2"));
        put_frame(&frames, FRAME_BODY, 1, (struct slice){body, len});
        client_send(&client, bytes_slice(&frames));
        bytes_finish(&frames);
    }
    free(body);
}

static uint64_t records(void)
{
    struct broker *broker = broker_new(&(struct broker_options){.durable = true});
    struct store_options options = shop.options;
    struct effects fx = {0};
    struct text error = {.len = 0};
    options.broker = broker;
    options.read_only = true;
    struct store *store = store_open(&options, &fx, &error);
    cr_assert(store, "%s", error.ptr);
    uint64_t count = store_report(store)->records;
    effects_free(&fx);
    store_abandon(store);
    broker_free(broker);
    return count;
}

Test(store, a_message_is_one_record_whatever_is_dropped_between_its_places)
{
    enum { MESSAGES = 20, SETTLES = MESSAGES - 1 }; // one of them at the end of each tick
    bind_newest();
    uint64_t before = records();
    publish_to_all(MESSAGES, 100);
    shop_flush(&shop);
    cr_expect_eq(records() - before, MESSAGES + SETTLES);
    shop_take(&client, "newest", 1);
    shop_take(&client, "q", MESSAGES);
}

Test(store, a_message_that_leaves_one_queue_stays_in_another)
{
    bind_newest();
    publish_to_all(20, SHOP_SEGMENT / 20);
    shop_flush(&shop);
    shop_take(&client, "newest", 1);
    for (int i = 0; i < 5; i++) { // segments that seem to be empty go
        shop_wait(&shop, 60);
    }
    shop_take(&client, "q", 10);
    kill_and_start();
    shop_take(&client, "q", 10);
    cr_expect_null(store_fault(shop.store));
}

Test(store, a_message_larger_than_a_segment_is_kept)
{
    restart_with_little_memory();
    shop_publish(&shop, &client, "q", 2, 3 * SHOP_SEGMENT);
    shop_flush(&shop);
    kill_and_start();
    cr_expect_eq(shop_ready(&shop), 2);
    shop_take(&client, "q", 2);
    cr_expect_null(store_fault(shop.store));
}

Test(store, a_full_disk_is_waited_for)
{
    send_method(&client, 1, METHOD(confirm_select));
    shop_flush(&shop);
    client_receive(&client, SIZE_MAX);
    bytes_consume(&client.output, client.output.len);
    shop.fake->space = 1;
    shop_publish(&shop, &client, "q", 4, SHOP_SEGMENT - 1000);
    while (store_flush(shop.store, shop.kit.now_ms) == 0) {
        shop_publish(&shop, &client, "q", 1, SHOP_SEGMENT - 1000);
    }
    cr_expect_null(store_fault(shop.store));
    cr_expect(store_lacks_space(shop.store));
    shop.fake->space = 0;
    shop_flush(&shop);
    cr_expect_not(store_lacks_space(shop.store));
    kill_and_start();
    cr_expect_geq(shop_ready(&shop), 4);
}
