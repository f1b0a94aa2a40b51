#include "tests/unit/server/engine_kit.h"

static struct kit kit;
static struct client client;

static void start(void)
{
    kit_start(&kit);
    client = client_ready(&kit);
}

static void stop(void)
{
    client_free(&client);
    kit_stop(&kit);
}

TestSuite(conn_close, .init = start, .fini = stop);

static void send_frame(uint8_t type, uint16_t channel, struct slice payload)
{
    struct bytes frame = {0};
    put_frame(&frame, type, channel, payload);
    client_send(&client, bytes_slice(&frame));
    bytes_finish(&frame);
}

Test(conn_close, is_answered_and_the_client_hangs_up)
{
    send_method(&client, 0, METHOD(connection_close, .reply_code = 200));
    expect_story(&client, "0 connection_close_ok\n");
    cr_expect_eq(broker_counters(kit.broker)->connections, 0);
    conn_lost(client.conn, SLICE("client unexpectedly closed TCP connection"), kit.now_ms);
    expect_story(&client, "end\n");
}

Test(conn_close, of_a_client_that_does_not_hang_up_ends_in_time)
{
    send_method(&client, 0, METHOD(connection_close, .reply_code = 200));
    client_wait(&client, 29999);
    expect_story(&client, "0 connection_close_ok\n");
    client_wait(&client, 1);
    expect_story(&client, "end\n");
}

Test(conn_close, of_ours_ends_with_the_answer)
{
    conn_close(client.conn, AMQP_CONNECTION_FORCED, SLICE("by the operator"), kit.now_ms);
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("deaf")));
    expect_story(&client, "0 connection_close 320 0.0 CONNECTION_FORCED - by the operator\n");
    send_method(&client, 0, METHOD(connection_close_ok));
    expect_story(&client, "end\n");
    cr_expect_eq(broker_counters(kit.broker)->queues, 0);
}

Test(conn_close, that_crosses_ours_is_answered_before_the_end)
{
    struct bytes both = {0};
    conn_close(client.conn, AMQP_CONNECTION_FORCED, SLICE("x"), kit.now_ms);
    put_method(&both, 0, METHOD(connection_close, .reply_code = 200));
    put_method(&both, 0, METHOD(connection_close_ok));
    client_send(&client, bytes_slice(&both));
    expect_story(&client, "0 connection_close 320 0.0 CONNECTION_FORCED - x\n"
                          "0 connection_close_ok\n"
                          "end\n");
    bytes_finish(&both);
}

Test(conn_close, of_ours_without_an_answer_ends_in_time)
{
    conn_close(client.conn, AMQP_CONNECTION_FORCED, SLICE("x"), kit.now_ms);
    client_wait(&client, 29999);
    cr_expect(!conn_finished(client.conn));
    client_wait(&client, 1);
    cr_expect(conn_finished(client.conn));
}

Test(conn_close, that_crosses_another_is_answered)
{
    conn_close(client.conn, AMQP_CONNECTION_FORCED, SLICE("x"), kit.now_ms);
    send_method(&client, 0, METHOD(connection_close, .reply_code = 200));
    send_method(&client, 0, METHOD(connection_close_ok));
    expect_story(&client, "0 connection_close 320 0.0 CONNECTION_FORCED - x\n"
                          "0 connection_close_ok\nend\n");
}

Test(conn_close, follows_the_shutdown_of_the_broker)
{
    struct client newcomer = client_new(&kit);
    engine_shutdown(kit.engine, kit.now_ms);
    client_send(&client, SLICE(""));
    client_send(&newcomer, SLICE(""));
    expect_story(&client, "0 connection_close 320 0.0 CONNECTION_FORCED - broker forced "
                          "connection closure with reason 'shutdown'\n");
    expect_story(&newcomer, "end\n");
    client_free(&newcomer);
}

Test(conn_close, deletes_exclusive_queues_at_once)
{
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q"), .exclusive = true));
    cr_expect_eq(broker_counters(kit.broker)->queues, 1);
    conn_lost(client.conn, SLICE("gone"), kit.now_ms);
    conn_lost(client.conn, SLICE("gone"), kit.now_ms);
    cr_expect_eq(broker_counters(kit.broker)->queues, 0);
}

Test(conn_close, follows_frames_of_no_known_type)
{
    send_frame(9, 1, SLICE("abc"));
    expect_story(&client, "0 connection_close 501 0.0 FRAME_ERROR - type 9, all octets = "
                          "<<\"abc\">>: unknown_frame\n");
}

Test(conn_close, follows_heartbeats_of_a_channel)
{
    send_frame(FRAME_HEARTBEAT, 1, SLICE(""));
    expect_story(&client, "0 connection_close 505 0.0 UNEXPECTED_FRAME - type 8, all octets = "
                          "<<>>\n");
}

Test(conn_close, follows_arguments_that_do_not_add_up)
{
    send_frame(FRAME_METHOD, 1, SLICE("\0\x3c\0\x50\0\0"));
    expect_story(&client, "0 connection_close 501 60.80 FRAME_ERROR - cannot decode <<0,0>>\n");
}

Test(conn_close, follows_methods_that_nobody_knows)
{
    send_frame(FRAME_METHOD, 1, SLICE("\0\x3c\0\x63"));
    expect_story(&client, "0 connection_close 503 60.99 COMMAND_INVALID - unimplemented method\n");
}

Test(conn_close, follows_frames_that_are_too_large_without_waiting_for_them)
{
    client_send(&client, SLICE("\3\0\1\0\2\0\1"));
    expect_story(&client, "0 connection_close 501 0.0 FRAME_ERROR - type 3, all octets = <<>>: "
                          "{frame_too_large,131073,131064}\n");
    client_wait(&client, 3000);
    expect_story(&client, "end\n");
}

Test(conn_close, allows_frames_to_be_a_little_too_large)
{
    client_send(&client, SLICE("\3\0\1\0\2\0\0"));
    expect_story(&client, "");
}

Test(conn_close, follows_a_frame_without_its_end)
{
    client_send(&client, SLICE("\1\0\1\0\0\0\5\0\x14\0\x0a\0\0"));
    expect_story(&client, "0 connection_close 501 0.0 FRAME_ERROR - type 1, all octets = "
                          "<<0,20,0,10,0>>: {invalid_frame_end_marker,0}\n");
    send_method(&client, 0, METHOD(connection_close, .reply_code = 200));
    expect_story(&client, ""); // what follows has no meaning any more
    client_wait(&client, 3000);
    expect_story(&client, "end\n");
}

Test(conn_close, leaves_other_connections_alone)
{
    struct client other = client_ready(&kit);
    send_frame(9, 1, SLICE("abc"));
    send_method(&other, 1, METHOD(queue_declare, .queue = SLICE("q")));
    expect_story(&other, "1 queue_declare_ok\n");
    client_free(&other);
}

Test(conn_close, is_not_what_a_new_secret_leads_to)
{
    send_method(&client, 0,
                METHOD(connection_update_secret, .new_secret = SLICE("x"), .reason = SLICE("y")));
    expect_story(&client, "0 connection_update_secret_ok\n");
}
