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

TestSuite(conn_channel, .init = start, .fini = stop);

#define OPEN METHOD(channel_open, .out_of_band = SLICE(""))
#define DECLARE(name) METHOD(queue_declare, .queue = SLICE(name))
#define MISSING METHOD(queue_declare, .queue = SLICE("none"), .passive = true)
#define NOT_FOUND "1 channel_close 404 50.10 NOT_FOUND - no queue 'none' in vhost '/'\n"

Test(conn_channel, is_opened_once)
{
    send_method(&client, 1, OPEN);
    expect_story(&client, "0 connection_close 504 20.10 CHANNEL_ERROR - second 'channel.open' "
                          "seen\n");
}

Test(conn_channel, must_be_opened)
{
    send_method(&client, 2, DECLARE("q"));
    expect_story(&client, "0 connection_close 504 50.10 CHANNEL_ERROR - expected 'channel.open'\n");
}

Test(conn_channel, closes_for_a_soft_error_and_is_deaf_until_that_is_answered)
{
    send_method(&client, 1, MISSING);
    expect_story(&client, NOT_FOUND);
    send_method(&client, 1, DECLARE("q"));
    send_publish(&client, 1, SLICE(""), SLICE("q"), SLICE("lost"));
    expect_story(&client, "");
    send_method(&client, 1, METHOD(channel_close_ok));
    send_method(&client, 1, OPEN);
    send_method(&client, 1, DECLARE("q"));
    expect_story(&client, "1 channel_open_ok\n1 queue_declare_ok\n");
}

Test(conn_channel, answers_a_close_that_crosses_its_own)
{
    send_method(&client, 1, MISSING);
    send_method(&client, 1, METHOD(channel_close, .reply_code = 200));
    expect_story(&client, NOT_FOUND "1 channel_close_ok\n");
    send_method(&client, 1, METHOD(channel_close_ok));
    send_method(&client, 1, OPEN);
    expect_story(&client, "1 channel_open_ok\n");
}

Test(conn_channel, may_not_be_opened_before_close_ok)
{
    send_method(&client, 1, MISSING);
    send_method(&client, 1, OPEN);
    expect_story(&client, NOT_FOUND
                 "0 connection_close 504 20.10 CHANNEL_ERROR - second 'channel.open' seen\n");
}

Test(conn_channel, can_be_used_again_after_closing)
{
    send_method(&client, 1, METHOD(channel_close, .reply_code = 200));
    send_method(&client, 1, OPEN);
    send_method(&client, 1, DECLARE("q"));
    expect_story(&client, "1 channel_close_ok\n1 channel_open_ok\n1 queue_declare_ok\n");
    cr_expect_eq(broker_counters(kit.broker)->channels, 1);
}

Test(conn_channel, gives_back_what_was_not_acknowledged)
{
    send_method(&client, 1, DECLARE("q"));
    send_publish(&client, 1, SLICE(""), SLICE("q"), SLICE("one"));
    send_method(&client, 1, METHOD(basic_get, .queue = SLICE("q")));
    send_method(&client, 1, METHOD(channel_close, .reply_code = 200));
    send_method(&client, 1, OPEN);
    send_method(&client, 1, METHOD(basic_get, .queue = SLICE("q")));
    expect_story(&client, "1 queue_declare_ok\n"
                          "1 basic_get_ok #1 '' 'q' 0 left\n1 header 3\n1 body one\n"
                          "1 channel_close_ok\n1 channel_open_ok\n"
                          "1 basic_get_ok #1 again '' 'q' 0 left\n1 header 3\n1 body one\n");
}

Test(conn_channel, grants_tickets_and_flow)
{
    send_method(&client, 1, METHOD(access_request, .realm = SLICE("/data")));
    send_method(&client, 1, METHOD(channel_flow, .active = true));
    expect_story(&client, "1 access_request_ok\n1 channel_flow_ok\n");
    send_method(&client, 1, METHOD(channel_flow, .active = false));
    expect_story(&client, "0 connection_close 540 20.20 NOT_IMPLEMENTED - active=false\n");
}

Test(conn_channel, does_not_know_methods_of_a_server)
{
    send_method(&client, 1, METHOD(basic_deliver, .delivery_tag = 1));
    expect_story(&client, "0 connection_close 503 60.60 COMMAND_INVALID - unimplemented method\n");
}

static struct client with_two_channels_allowed(void)
{
    struct client other = client_new(&kit);
    struct bytes frames = {0};
    bytes_add(&frames, AMQP_HEADER);
    put_start_ok(&frames, SLICE("PLAIN"), SLICE("\0guest\0guest"), SLICE(""));
    put_method(&frames, 0,
               METHOD(connection_tune_ok, .channel_max = 2, .frame_max = 4096, .heartbeat = 0));
    put_method(&frames, 0, METHOD(connection_open, .virtual_host = SLICE("/")));
    client_send(&other, bytes_slice(&frames));
    bytes_consume(&other.output, other.output.len);
    bytes_finish(&frames);
    return other;
}

Test(conn_channel, there_are_no_more_than_agreed)
{
    struct client other = with_two_channels_allowed();
    send_method(&other, 2, OPEN);
    send_method(&other, 1, OPEN);
    send_method(&other, 3, OPEN);
    expect_story(&other, "2 channel_open_ok\n1 channel_open_ok\n"
                         "0 connection_close 530 0.0 NOT_ALLOWED - number of channels opened (2) "
                         "has reached the negotiated channel_max (2)\n");
    client_free(&other);
}

Test(conn_channel, numbers_are_no_higher_than_agreed)
{
    struct client other = with_two_channels_allowed();
    send_method(&other, 3, OPEN);
    expect_story(&other, "0 connection_close 504 20.10 CHANNEL_ERROR - channel number 3 is above "
                         "the negotiated channel_max (2)\n");
    client_free(&other);
}

Test(conn_channel, many_live_side_by_side)
{
    struct bytes frames = {0};
    for (uint16_t number = 2; number <= 2047; number++) {
        put_open_channel(&frames, number);
    }
    client_send(&client, bytes_slice(&frames));
    cr_expect_eq(broker_counters(kit.broker)->channels, 2047);
    bytes_finish(&frames);
    bytes_consume(&client.output, client.output.len);
    send_method(&client, 2047, METHOD(channel_close, .reply_code = 200));
    send_method(&client, 1024, DECLARE("q"));
    expect_story(&client, "2047 channel_close_ok\n1024 queue_declare_ok\n");
}
