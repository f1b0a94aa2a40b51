#include "tests/unit/server/engine_kit.h"

static struct kit kit;
static struct client publisher;
static struct client consumer;

static void start(void)
{
    kit_start(&kit);
    publisher = client_ready(&kit);
    consumer = client_ready(&kit);
    send_method(&publisher, 1, METHOD(queue_declare, .queue = SLICE("q")));
    bytes_consume(&publisher.output, publisher.output.len);
}

static void stop(void)
{
    client_free(&publisher);
    client_free(&consumer);
    kit_stop(&kit);
}

TestSuite(backpressure, .init = start, .fini = stop);

enum { MESSAGES = 20000, BODY = 100 };

static void publish_many(void)
{
    uint8_t body[BODY] = {0};
    struct bytes frames = {0};
    for (int i = 0; i < MESSAGES; i++) {
        put_publish(&frames, 1, SLICE(""), SLICE("q"), (struct slice){body, sizeof body});
    }
    client_send(&publisher, bytes_slice(&frames));
    bytes_finish(&frames);
}

static void consume(void)
{
    struct bytes frames = {0};
    put_method(&frames, 1, METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true));
    client_offer(&consumer, bytes_slice(&frames));
    kit_tick(&kit);
    bytes_finish(&frames);
}

Test(backpressure, a_consumer_that_does_not_read_is_given_no_more)
{
    publish_many();
    consume();
    size_t size = conn_output_size(consumer.conn);
    cr_expect_gt(size, 100 * 1000);
    cr_expect_lt(size, 1024 * 1024);
    cr_expect_gt(broker_counters(kit.broker)->messages_ready, MESSAGES / 2);
}

Test(backpressure, a_consumer_that_reads_gets_everything)
{
    publish_many();
    consume();
    for (int i = 0; i < 100 && broker_counters(kit.broker)->messages_ready > 0; i++) {
        client_receive(&consumer, 300 * 1000);
        kit_tick(&kit);
    }
    cr_expect_eq(broker_counters(kit.broker)->messages_ready, 0);
    client_receive(&consumer, SIZE_MAX);
    cr_expect_gt(consumer.output.len, MESSAGES * BODY);
}

Test(backpressure, a_consumer_that_keeps_up_is_never_passed_over)
{
    uint8_t body[BODY] = {0};
    consume();
    for (int i = 0; i < MESSAGES; i++) {
        send_publish(&publisher, 1, SLICE(""), SLICE("q"), (struct slice){body, sizeof body});
        client_receive(&consumer, SIZE_MAX);
        kit_tick(&kit);
        cr_assert_eq(broker_counters(kit.broker)->messages_ready, 0);
    }
}

Test(backpressure, a_client_that_does_not_read_its_replies_is_not_read_from)
{
    struct bytes frames = {0};
    for (int i = 0; i < 2000; i++) {
        put_method(&frames, 1, METHOD(basic_get, .queue = SLICE("q"), .no_ack = true));
    }
    uint8_t body[BODY * 20] = {0};
    for (int i = 0; i < 2000; i++) {
        send_publish(&publisher, 1, SLICE(""), SLICE("q"), (struct slice){body, sizeof body});
    }
    client_offer(&consumer, bytes_slice(&frames));
    kit_tick(&kit);
    cr_expect(!conn_wants_input(consumer.conn));
    cr_expect_gt(consumer.kept.len, 0);
    cr_expect_lt(conn_output_size(consumer.conn), 2 * 1024 * 1024);
    for (int i = 0; i < 10 && consumer.kept.len > 0; i++) {
        client_receive(&consumer, SIZE_MAX);
        cr_expect(conn_wants_input(consumer.conn));
        client_send(&consumer, SLICE(""));
    }
    cr_expect_eq(consumer.kept.len, 0);
    cr_expect_eq(broker_counters(kit.broker)->messages_ready, 0);
    bytes_finish(&frames);
}
