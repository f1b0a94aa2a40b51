#include "tests/unit/server/engine_kit.h"

static struct kit kit;
static struct client client;

static void start(void)
{
    kit_start(&kit);
    client = client_opened(&kit, SLICE("connection.blocked"), 4096, 10);
    send_method(&client, 1, METHOD(channel_open, .out_of_band = SLICE("")));
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q")));
    bytes_consume(&client.output, client.output.len);
}

static void stop(void)
{
    client_free(&client);
    kit_stop(&kit);
}

TestSuite(blocked, .init = start, .fini = stop);

static void set_alarms(bool memory, bool disk)
{
    engine_set_alarms(kit.engine, memory, disk, kit.now_ms);
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
}

Test(blocked, concerns_publishers_only)
{
    set_alarms(true, false);
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q")));
    expect_story(&client, "1 queue_declare_ok\n");
    cr_expect(conn_wants_input(client.conn));
}

Test(blocked, is_told_and_nothing_more_is_read)
{
    set_alarms(true, false);
    send_publish(&client, 1, SLICE(""), SLICE("q"), SLICE("one"));
    expect_story(&client, "0 connection_blocked low on memory\n");
    cr_expect(!conn_wants_input(client.conn));
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q")));
    expect_story(&client, "");
    set_alarms(false, false);
    expect_story(&client, "0 connection_unblocked\n");
    cr_expect(conn_wants_input(client.conn));
    client_send(&client, SLICE(""));
    expect_story(&client, "1 queue_declare_ok\n");
    cr_expect_eq(broker_counters(kit.broker)->messages_ready, 1);
}

Test(blocked, lasts_until_no_alarm_is_left)
{
    set_alarms(true, true);
    send_publish(&client, 1, SLICE(""), SLICE("q"), SLICE(""));
    expect_story(&client, "0 connection_blocked low on memory & disk\n");
    set_alarms(false, true);
    expect_story(&client, "");
    set_alarms(false, false);
    expect_story(&client, "0 connection_unblocked\n");
}

Test(blocked, is_not_told_to_clients_that_do_not_know_it)
{
    struct client other = client_ready(&kit);
    set_alarms(false, true);
    send_publish(&other, 1, SLICE(""), SLICE("q"), SLICE(""));
    cr_expect(!conn_wants_input(other.conn));
    set_alarms(false, false);
    cr_expect(conn_wants_input(other.conn));
    client_receive(&other, SIZE_MAX);
    expect_story(&other, "");
    client_free(&other);
}

Test(blocked, clients_still_get_deliveries)
{
    send_method(
        &client, 1,
        METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true, .consumer_tag = SLICE("c")));
    struct client other = client_ready(&kit);
    bytes_consume(&client.output, client.output.len);
    set_alarms(true, false);
    send_publish(&client, 1, SLICE(""), SLICE("q"), SLICE("not yet"));
    send_publish(&other, 1, SLICE(""), SLICE("q"), SLICE(""));
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "0 connection_blocked low on memory\n"
                          "1 basic_deliver c #1 '' 'q'\n1 header 0\n");
    client_free(&other);
}

Test(blocked, clients_are_not_missed)
{
    set_alarms(true, false);
    send_publish(&client, 1, SLICE(""), SLICE("q"), SLICE(""));
    client_wait(&client, 1000 * 1000);
    cr_expect(!conn_finished(client.conn));
    set_alarms(false, false);
    client_wait(&client, 31 * 1000);
    cr_expect(conn_finished(client.conn));
}

Test(blocked, alarms_are_told_once_each_to_who_listens_to_events)
{
    send_method(&client, 1,
                METHOD(queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.rabbitmq.event"),
                       .routing_key = SLICE("alarm.*"), .no_wait = true));
    send_method(&client, 1,
                METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true,
                       .consumer_tag = SLICE("c"), .no_wait = true));
    set_alarms(true, false);
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_deliver c #1 'amq.rabbitmq.event' 'alarm.set'\n1 header 0\n");
    set_alarms(true, true);
    set_alarms(true, true);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_deliver c #2 'amq.rabbitmq.event' 'alarm.set'\n1 header 0\n");
    set_alarms(false, false);
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client,
                 "1 basic_deliver c #3 'amq.rabbitmq.event' 'alarm.cleared'\n1 header 0\n"
                 "1 basic_deliver c #4 'amq.rabbitmq.event' 'alarm.cleared'\n1 header 0\n");
}
