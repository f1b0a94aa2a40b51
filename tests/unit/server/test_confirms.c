#include "tests/unit/server/engine_kit.h"

#include "broker/broker_internal.h"

static struct kit kit;
static struct client client;

static void start(void)
{
    kit_start(&kit);
    client = client_ready(&kit);
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q"), .durable = true));
    send_method(&client, 1, METHOD(confirm_select));
    bytes_consume(&client.output, client.output.len);
}

static void stop(void)
{
    kit.stored = UINT64_MAX;
    kit_tick(&kit);
    client_free(&client);
    kit_stop(&kit);
}

TestSuite(confirms, .init = start, .fini = stop);

static void disk_is_slow(void)
{
    kit.stored = 0;
    kit_tick(&kit);
}

static void put_many(struct bytes *frames, int count)
{
    for (int i = 0; i < count; i++) {
        put_publish(frames, 1, SLICE(""), SLICE("q"), SLICE("m"));
    }
}

static void put_persistent(struct bytes *frames)
{
    put_method(frames, 1, METHOD(basic_publish, .routing_key = SLICE("q")));
    put_header(frames, 1, 0, SLICE("\x10\0\2"));
}

static void send_frames(struct bytes *frames)
{
    client_send(&client, bytes_slice(frames));
    bytes_finish(frames);
    *frames = (struct bytes){0};
}

Test(confirms, of_one_publish_is_for_that_one)
{
    struct bytes frames = {0};
    put_many(&frames, 1);
    send_frames(&frames);
    expect_story(&client, "1 basic_ack 1\n");
}

Test(confirms, of_a_tick_are_told_together)
{
    struct bytes frames = {0};
    put_many(&frames, 500);
    send_frames(&frames);
    expect_story(&client, "1 basic_ack 500 multiple\n");
    put_many(&frames, 2);
    send_frames(&frames);
    expect_story(&client, "1 basic_ack 502 multiple\n");
}

Test(confirms, come_behind_the_return_of_their_message)
{
    struct bytes frames = {0};
    put_many(&frames, 1);
    put_method(&frames, 1, METHOD(basic_publish, .routing_key = SLICE("none"), .mandatory = true));
    put_header(&frames, 1, 0, NO_PROPERTIES);
    send_frames(&frames);
    expect_story(&client, "1 basic_return 312 NO_ROUTE '' 'none'\n1 header 0\n"
                          "1 basic_ack 2 multiple\n");
}

Test(confirms, come_before_the_reply_to_a_later_method)
{
    struct bytes frames = {0};
    put_many(&frames, 3);
    put_method(&frames, 1, METHOD(queue_purge, .queue = SLICE("q")));
    put_many(&frames, 1);
    send_frames(&frames);
    expect_story(&client, "1 basic_ack 3 multiple\n1 queue_purge_ok\n1 basic_ack 4\n");
}

Test(confirms, come_before_their_channel_closes)
{
    struct bytes frames = {0};
    put_many(&frames, 3);
    put_method(&frames, 1, METHOD(channel_close, .reply_code = 200));
    send_frames(&frames);
    expect_story(&client, "1 basic_ack 3 multiple\n1 channel_close_ok\n");
}

Test(confirms, come_before_their_connection_closes)
{
    struct bytes frames = {0};
    put_many(&frames, 3);
    put_method(&frames, 0, METHOD(connection_close, .reply_code = 200));
    send_frames(&frames);
    expect_story(&client, "1 basic_ack 3 multiple\n0 connection_close_ok\n");
}

Test(confirms, come_before_an_error_of_a_later_method)
{
    struct bytes frames = {0};
    put_many(&frames, 3);
    put_method(&frames, 1, METHOD(basic_ack, .delivery_tag = 9));
    send_frames(&frames);
    expect_story(&client, "1 basic_ack 3 multiple\n"
                          "1 channel_close 406 60.80 PRECONDITION_FAILED - unknown delivery tag "
                          "9\n");
}

Test(confirms, wait_for_the_disk_and_keep_their_order)
{
    struct bytes frames = {0};
    disk_is_slow();
    put_persistent(&frames);
    put_many(&frames, 1); // in memory only, but published later
    send_frames(&frames);
    expect_story(&client, "");
    kit.stored = 9;
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_ack 2 multiple\n");
}

Test(confirms, that_wait_are_not_overtaken_by_deliveries_behind_a_reply)
{
    struct bytes frames = {0};
    disk_is_slow();
    put_persistent(&frames);
    put_method(
        &frames, 1,
        METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true, .consumer_tag = SLICE("c")));
    send_frames(&frames);
    expect_story(&client, "");
    kit.stored = 9;
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_ack 1\n1 basic_consume_ok\n"
                          "1 basic_deliver c #1 '' 'q'\n1 header 0\n");
}

Test(confirms, that_wait_do_not_hold_up_deliveries)
{
    struct bytes frames = {0};
    send_method(&client, 2, METHOD(channel_open));
    send_method(&client, 2, METHOD(basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c")));
    bytes_consume(&client.output, client.output.len);
    disk_is_slow();
    put_persistent(&frames);
    put_persistent(&frames);
    send_frames(&frames);
    expect_story(&client, "2 basic_deliver c #1 '' 'q'\n2 header 0\n"
                          "2 basic_deliver c #2 '' 'q'\n2 header 0\n");
    kit.stored = 9;
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_ack 2 multiple\n");
}

Test(confirms, that_wait_do_not_hold_up_replies_on_other_channels)
{
    struct bytes frames = {0};
    send_method(&client, 2, METHOD(channel_open));
    bytes_consume(&client.output, client.output.len);
    disk_is_slow();
    put_persistent(&frames);
    put_method(&frames, 2, METHOD(basic_qos, .prefetch_count = 1));
    send_frames(&frames);
    expect_story(&client, "2 basic_qos_ok\n");
    kit.stored = 9;
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_ack 1\n");
}

Test(confirms, behind_a_return_that_waits_do_not_speak_for_others_that_wait_longer)
{
    struct bytes frames = {0};
    send_method(&client, 2, METHOD(channel_open));
    bytes_consume(&client.output, client.output.len);
    disk_is_slow();
    uint64_t last = kit.broker->record_last;
    put_persistent(&frames);
    put_method(&frames, 2, METHOD(queue_declare, .queue = SLICE("r"), .durable = true));
    put_persistent(&frames);
    put_method(&frames, 1,
               METHOD(basic_publish, .routing_key = SLICE("nowhere"), .mandatory = true));
    put_header(&frames, 1, 0, SLICE("\0\0"));
    send_frames(&frames);
    kit.stored = last + 2; // the first message, and the queue
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "2 queue_declare_ok\n1 basic_return 312 NO_ROUTE '' 'nowhere'\n"
                          "1 header 0\n1 basic_ack 1\n");
    kit.stored = last + 3;
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_ack 3 multiple\n");
}

Test(confirms, of_a_channel_opened_anew_come_behind_its_opening)
{
    struct bytes frames = {0};
    disk_is_slow();
    put_persistent(&frames);
    put_method(&frames, 1, METHOD(channel_close, .reply_code = 200));
    put_method(&frames, 1, METHOD(channel_open));
    put_method(&frames, 1, METHOD(confirm_select));
    put_many(&frames, 1);
    send_frames(&frames);
    expect_story(&client, "");
    kit.stored = 9;
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "1 basic_ack 1\n1 channel_close_ok\n1 channel_open_ok\n"
                          "1 confirm_select_ok\n1 basic_ack 1\n");
}

Test(confirms, that_wait_are_forgotten_with_their_connection)
{
    struct bytes frames = {0};
    disk_is_slow();
    put_persistent(&frames);
    send_frames(&frames);
    client_free(&client);
    client = client_new(&kit); // may take the place of the one before
    client_send(&client, AMQP_HEADER);
    kit.stored = 9;
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    expect_story(&client, "0 connection_start\n");
}
