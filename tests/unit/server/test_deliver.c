#include "tests/unit/server/engine_kit.h"

static struct kit kit;
static struct client client;

static void start(void)
{
    kit_start(&kit);
    client = client_ready(&kit);
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q")));
    send_method(
        &client, 1,
        METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true, .consumer_tag = SLICE("tag")));
    bytes_consume(&client.output, client.output.len);
}

static void stop(void)
{
    client_free(&client);
    kit_stop(&kit);
}

TestSuite(deliver, .init = start, .fini = stop);

static struct bytes body_of(size_t size)
{
    struct bytes body = {0};
    bytes_reserve(&body, size);
    for (size_t i = 0; i < size; i++) {
        body.ptr[i] = (uint8_t)(i * 7 + i / 251);
    }
    body.len = size;
    return body;
}

Test(deliver, encodes_what_the_specification_says)
{
    static const uint8_t expected[] = {
        1,    0,   1,   0,   0, 0, 20,                      // method frame
        0,    60,  0,   60,                                 // basic.deliver
        3,    't', 'a', 'g',                                // consumer tag
        0,    0,   0,   0,   0, 0, 0,  1,   0,              // delivery tag, not redelivered
        0,    1,   'q', 206,                                // exchange, routing key
        2,    0,   1,   0,   0, 0, 15,                      // header frame
        0,    60,  0,   0,   0, 0, 0,  0,   0,   0,   0, 2, // class, weight, size
        0x10, 0,   2,   206,                                // delivery-mode 2
        3,    0,   1,   0,   0, 0, 2,  'h', 'i', 206,
    };
    struct bytes frames = {0};
    put_method(&frames, 1, METHOD(basic_publish, .routing_key = SLICE("q")));
    put_header(&frames, 1, 2, SLICE("\x10\0\2"));
    put_frame(&frames, FRAME_BODY, 1, SLICE("hi"));
    client_send(&client, bytes_slice(&frames));
    cr_expect_eq(client.output.len, sizeof expected);
    cr_expect(slice_eq(bytes_slice(&client.output), (struct slice){expected, sizeof expected}));
    bytes_finish(&frames);
}

/* Sends a body of this size through the queue and compares what comes out. */
static void survives(struct client *consumer, size_t size, size_t frame_size)
{
    struct bytes body = body_of(size);
    struct bytes got = {0};
    send_publish(&client, 1, SLICE(""), SLICE("q"), bytes_slice(&body));
    client_receive(consumer, SIZE_MAX);
    struct slice rest = bytes_slice(&consumer->output);
    struct frame frame;
    while (frame_parse(rest, UINT32_MAX, &frame) == FRAME_OK) {
        if (frame.type == FRAME_BODY) {
            bytes_add(&got, frame.payload);
        }
        cr_expect_leq(frame.payload.len + FRAME_OVERHEAD, frame_size);
        rest.ptr += frame.payload.len + FRAME_OVERHEAD;
        rest.len -= frame.payload.len + FRAME_OVERHEAD;
    }
    cr_expect_eq(rest.len, 0);
    cr_expect(slice_eq(bytes_slice(&got), bytes_slice(&body)), "%zu octets", size);
    bytes_consume(&consumer->output, consumer->output.len);
    bytes_finish(&got);
    bytes_finish(&body);
}

Test(deliver, keeps_bodies_of_all_sizes)
{
    static const size_t sizes[] = {0,    1,     4079,  4080,  4081,  4095,  4096,
                                   4097, 16000, 16384, 65536, 99999, 131000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        survives(&client, sizes[i], 131072);
    }
}

Test(deliver, splits_bodies_for_a_client_with_small_frames)
{
    send_method(&client, 1, METHOD(basic_cancel, .consumer_tag = SLICE("tag")));
    struct client other = client_opened(&kit, SLICE(""), 4096, 0);
    struct bytes frames = {0};
    put_open_channel(&frames, 9);
    put_method(
        &frames, 9,
        METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true, .consumer_tag = SLICE("c")));
    client_send(&other, bytes_slice(&frames));
    bytes_consume(&other.output, other.output.len);
    static const size_t sizes[] = {4087, 4088, 4089, 8176, 8177, 30000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        survives(&other, sizes[i], 4096);
    }
    bytes_finish(&frames);
    client_free(&other);
}

Test(deliver, tells_how_many_are_left_and_what_was_seen_before)
{
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("other")));
    bytes_consume(&client.output, client.output.len);
    send_publish(&client, 1, SLICE(""), SLICE("other"), SLICE("one"));
    send_publish(&client, 1, SLICE(""), SLICE("other"), SLICE("two"));
    send_method(&client, 1, METHOD(basic_get, .queue = SLICE("other")));
    send_method(&client, 1, METHOD(basic_reject, .delivery_tag = 1, .requeue = true));
    send_method(&client, 1, METHOD(basic_get, .queue = SLICE("other")));
    expect_story(&client, "1 basic_get_ok #1 '' 'other' 1 left\n1 header 3\n1 body one\n"
                          "1 basic_get_ok #2 again '' 'other' 1 left\n1 header 3\n1 body one\n");
}

Test(deliver, tells_consumers_that_their_queue_is_gone)
{
    struct client other = client_opened(&kit, SLICE("consumer_cancel_notify"), 4096, 0);
    struct bytes frames = {0};
    put_open_channel(&frames, 9);
    put_method(
        &frames, 9,
        METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true, .consumer_tag = SLICE("c")));
    client_send(&other, bytes_slice(&frames));
    send_method(&client, 1, METHOD(queue_delete, .queue = SLICE("q")));
    client_receive(&other, SIZE_MAX);
    expect_story(&client, "1 queue_delete_ok\n"); // has not asked to be told
    expect_story(&other, "9 channel_open_ok\n9 basic_consume_ok\n9 basic_cancel c\n");
    bytes_finish(&frames);
    client_free(&other);
}
