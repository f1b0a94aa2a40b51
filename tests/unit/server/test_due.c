#include "tests/unit/server/engine_kit.h"

/* What the core does in its own time reaches clients without anybody sending a thing. */
static struct kit kit;
static struct client publisher, consumer;

static void declare(const char *queue, struct slice arguments)
{
    struct slice name = {(const uint8_t *)queue, strlen(queue)};
    send_method(&publisher, 1, METHOD(queue_declare, .queue = name, .arguments = arguments));
}

/* Queue q keeps messages for 500 ms, and then they go to d. */
static void start(void)
{
    struct bytes arguments = {0};
    struct engine_options options = kit_options();
    options.wall_offset_ms = 1700000000000;
    kit_start_with(&kit, options);
    publisher = client_ready(&kit);
    consumer = client_ready(&kit);
    table_add_raw(&arguments, SLICE("x-message-ttl"), SLICE("I\0\0\1\xf4"));
    table_add_string(&arguments, SLICE("x-dead-letter-exchange"), SLICE(""));
    table_add_string(&arguments, SLICE("x-dead-letter-routing-key"), SLICE("d"));
    declare("q", bytes_slice(&arguments));
    declare("d", SLICE(""));
    send_method(
        &consumer, 1,
        METHOD(basic_consume, .queue = SLICE("d"), .no_ack = true, .consumer_tag = SLICE("tag")));
    bytes_consume(&consumer.output, consumer.output.len);
    bytes_finish(&arguments);
}

static void stop(void)
{
    client_free(&publisher);
    client_free(&consumer);
    kit_stop(&kit);
}

TestSuite(due, .init = start, .fini = stop);

static void tick_at(uint64_t now_ms)
{
    kit.now_ms = now_ms;
    kit_tick(&kit);
    client_receive(&consumer, SIZE_MAX);
}

Test(due, nothing_is_while_nothing_expires)
{
    cr_expect_eq(engine_deadline(kit.engine), UINT64_MAX);
    send_publish(&publisher, 1, SLICE(""), SLICE("d"), SLICE("lives"));
    cr_expect_eq(engine_deadline(kit.engine), UINT64_MAX);
}

Test(due, a_message_that_expires_reaches_the_consumer_of_its_dead_letter_queue)
{
    kit.now_ms = 2000;
    send_publish(&publisher, 1, SLICE(""), SLICE("q"), SLICE("x"));
    cr_expect_eq(engine_deadline(kit.engine), 2500);
    tick_at(2499);
    expect_story(&consumer, "");
    cr_expect_eq(engine_deadline(kit.engine), 2500);
    tick_at(2500);
    expect_story(&consumer, "1 basic_deliver tag #1 '' 'd'\n1 header 1\n1 body x\n");
    cr_expect_eq(engine_deadline(kit.engine), UINT64_MAX);
}

Test(due, a_tick_that_comes_late_makes_up_for_it)
{
    kit.now_ms = 2000;
    send_publish(&publisher, 1, SLICE(""), SLICE("q"), SLICE("x"));
    kit.now_ms = 2100;
    send_publish(&publisher, 1, SLICE(""), SLICE("q"), SLICE("y"));
    kit.now_ms = 2200;
    send_publish(&publisher, 1, SLICE(""), SLICE("q"), SLICE("z"));
    tick_at(2650);
    expect_story(&consumer, "1 basic_deliver tag #1 '' 'd'\n1 header 1\n1 body x\n"
                            "1 basic_deliver tag #2 '' 'd'\n1 header 1\n1 body y\n");
    cr_expect_eq(engine_deadline(kit.engine), 2700);
    tick_at(2700);
    expect_story(&consumer, "1 basic_deliver tag #3 '' 'd'\n1 header 1\n1 body z\n");
}

Test(due, the_time_of_death_is_the_wall_clocks)
{
    kit.now_ms = 2000;
    send_publish(&publisher, 1, SLICE(""), SLICE("q"), SLICE("x"));
    tick_at(2500);
    static const uint8_t time[] = {'t', 'i', 'm', 'e', 'T', 0, 0, 0, 0, 0x65, 0x53, 0xf1, 0x02};
    cr_expect_not_null(
        memmem(consumer.output.ptr, consumer.output.len, time, sizeof time)); // 1700000002
}

Test(due, what_is_consumed_in_time_is_not_due_any_more)
{
    kit.now_ms = 2000;
    send_publish(&publisher, 1, SLICE(""), SLICE("q"), SLICE("x"));
    send_method(&publisher, 1, METHOD(basic_get, .queue = SLICE("q"), .no_ack = true));
    tick_at(2500);
    expect_story(&consumer, "");
    cr_expect_eq(engine_deadline(kit.engine), UINT64_MAX);
}
