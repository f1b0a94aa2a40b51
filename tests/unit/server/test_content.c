#include "tests/unit/server/engine_kit.h"

static struct kit kit;
static struct client client;

static void start(void)
{
    kit_start(&kit);
    client = client_ready(&kit);
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q")));
    bytes_consume(&client.output, client.output.len);
}

static void stop(void)
{
    client_free(&client);
    kit_stop(&kit);
}

TestSuite(content, .init = start, .fini = stop);

#define PUBLISH METHOD(basic_publish, .routing_key = SLICE("q"))

static void send_header(uint64_t body_len)
{
    struct bytes frame = {0};
    put_header(&frame, 1, body_len, NO_PROPERTIES);
    client_send(&client, bytes_slice(&frame));
    bytes_finish(&frame);
}

static void send_frame(uint8_t type, uint16_t channel, struct slice payload)
{
    struct bytes frame = {0};
    put_frame(&frame, type, channel, payload);
    client_send(&client, bytes_slice(&frame));
    bytes_finish(&frame);
}

static void expect_message(const char *frames)
{
    char story[256];
    send_method(&client, 1, METHOD(basic_get, .queue = SLICE("q"), .no_ack = true));
    snprintf(story, sizeof story, "1 basic_get_ok #1 '' 'q' 0 left\n%s", frames);
    expect_story(&client, story);
}

Test(content, may_come_frame_by_frame)
{
    send_method(&client, 1, PUBLISH);
    send_header(8);
    send_frame(FRAME_BODY, 1, SLICE("one "));
    send_frame(FRAME_BODY, 1, SLICE(""));
    send_frame(FRAME_BODY, 1, SLICE("body"));
    expect_message("1 header 8\n1 body one body\n");
}

Test(content, may_be_empty)
{
    send_method(&client, 1, PUBLISH);
    send_header(0);
    expect_message("1 header 0\n");
}

Test(content, of_two_channels_may_be_interleaved)
{
    struct bytes frames = {0};
    put_open_channel(&frames, 2);
    put_method(&frames, 1, PUBLISH);
    put_method(&frames, 2, PUBLISH);
    put_header(&frames, 2, 3, NO_PROPERTIES);
    put_header(&frames, 1, 3, NO_PROPERTIES);
    put_frame(&frames, FRAME_BODY, 1, SLICE("one"));
    put_frame(&frames, FRAME_BODY, 2, SLICE("two"));
    put_method(
        &frames, 1,
        METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true, .consumer_tag = SLICE("c")));
    client_send(&client, bytes_slice(&frames));
    expect_story(&client, "2 channel_open_ok\n1 basic_consume_ok\n"
                          "1 basic_deliver c #1 '' 'q'\n1 header 3\n1 body one\n"
                          "1 basic_deliver c #2 '' 'q'\n1 header 3\n1 body two\n");
    bytes_finish(&frames);
}

#define UNEXPECTED(ids, text) "0 connection_close 505 " ids " UNEXPECTED_FRAME - " text "\n"
#define EXPECTED_HEADER "expected content header for class 60, got "

Test(content, must_follow_its_method)
{
    send_header(3);
    expect_story(&client, UNEXPECTED("0.0", "expected method frame, got non method frame instead"));
}

Test(content, must_have_a_header)
{
    send_method(&client, 1, PUBLISH);
    send_frame(FRAME_BODY, 1, SLICE("abc"));
    expect_story(&client, UNEXPECTED("60.40", EXPECTED_HEADER "non content header frame instead"));
}

Test(content, must_not_be_interrupted)
{
    send_method(&client, 1, PUBLISH);
    send_header(3);
    send_method(&client, 1, PUBLISH);
    expect_story(&client,
                 UNEXPECTED("60.40", "expected content body, got non content body frame instead"));
}

Test(content, must_be_of_the_class_of_its_method)
{
    send_method(&client, 1, PUBLISH);
    send_frame(FRAME_HEADER, 1, SLICE("\0\x32\0\0\0\0\0\0\0\0\0\1\0\0"));
    expect_story(&client, UNEXPECTED("60.40", EXPECTED_HEADER "one for class 50 instead"));
}

Test(content, must_not_be_longer_than_announced)
{
    send_method(&client, 1, PUBLISH);
    send_header(3);
    send_frame(FRAME_BODY, 1, SLICE("abcd"));
    expect_story(&client, UNEXPECTED("60.40", "content body is longer than its header announced"));
}

Test(content, in_one_piece_must_not_be_longer_than_announced_either)
{
    struct bytes frames = {0};
    put_method(&frames, 1, PUBLISH);
    put_header(&frames, 1, 3, NO_PROPERTIES);
    put_frame(&frames, FRAME_BODY, 1, SLICE("abcd"));
    client_send(&client, bytes_slice(&frames));
    expect_story(&client, UNEXPECTED("60.40", "content body is longer than its header announced"));
    bytes_finish(&frames);
}

Test(content, that_is_too_large_is_refused_at_its_header)
{
    send_method(&client, 1, PUBLISH);
    send_header((1 << 20) + 1);
    expect_story(&client, "1 channel_close 406 60.40 PRECONDITION_FAILED - message size 1048577 "
                          "is larger than configured max size 1048576\n");
    send_frame(FRAME_BODY, 1, SLICE("the client does not know yet"));
    expect_story(&client, "");
}

Test(content, with_malformed_properties_is_refused)
{
    struct bytes frames = {0};
    put_method(&frames, 1, PUBLISH);
    put_header(&frames, 1, 0,
               SLICE("\x80\0\x05"
                     "ab"));
    client_send(&client, bytes_slice(&frames));
    char *story = client_story(&client);
    cr_expect(strstr(story, "0 connection_close 502 60.40 SYNTAX_ERROR"), "%s", story);
    free(story);
    bytes_finish(&frames);
}

static uint8_t octet_at(size_t at)
{
    return (uint8_t)(at * 7 + at / 251);
}

/* A message of this size in frames of that size, as octets. */
static void put_large(struct bytes *frames, size_t size, size_t frame_size)
{
    struct bytes body = {0};
    bytes_reserve(&body, size);
    for (size_t at = 0; at < size; at++) {
        body.ptr[at] = octet_at(at);
    }
    put_method(frames, 1, PUBLISH);
    put_header(frames, 1, size, NO_PROPERTIES);
    for (size_t at = 0; at < size; at += frame_size) {
        size_t len = size - at < frame_size ? size - at : frame_size;
        put_frame(frames, FRAME_BODY, 1, (struct slice){body.ptr + at, len});
    }
    bytes_finish(&body);
}

Test(content, of_a_large_frame_is_taken_as_it_arrives)
{
    struct bytes frames = {0};
    put_large(&frames, 100000, 100000);
    size_t at = 0, step = 1000, kept_most = 0;
    while (at < frames.len) {
        size_t len = frames.len - at < step ? frames.len - at : step;
        client_send(&client, (struct slice){frames.ptr + at, len});
        kept_most = client.kept.len > kept_most ? client.kept.len : kept_most;
        at += len;
    }
    cr_expect_lt(kept_most, 100, "%zu", kept_most);
    expect_message("1 header 100000\n1 body of 100000\n");
    bytes_finish(&frames);
}

Test(content, of_many_frames_is_put_together)
{
    static const size_t sizes[] = {262143, 262144, 262145, 524289, 700001, 1048576};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bytes frames = {0}, got = {0};
        put_large(&frames, sizes[i], 100001);
        client_send(&client, bytes_slice(&frames));
        send_method(&client, 1, METHOD(basic_get, .queue = SLICE("q"), .no_ack = true));
        struct slice rest = bytes_slice(&client.output);
        struct frame frame;
        while (frame_parse(rest, UINT32_MAX, &frame) == FRAME_OK) {
            if (frame.type == FRAME_BODY) {
                bytes_add(&got, frame.payload);
            }
            rest.ptr += frame.payload.len + FRAME_OVERHEAD;
            rest.len -= frame.payload.len + FRAME_OVERHEAD;
        }
        cr_expect_eq(got.len, sizes[i]);
        for (size_t at = 0; at < got.len; at++) {
            cr_assert_eq(got.ptr[at], octet_at(at));
        }
        bytes_consume(&client.output, client.output.len);
        bytes_finish(&got);
        bytes_finish(&frames);
    }
}

Test(content, of_a_large_frame_must_end_properly)
{
    struct bytes frames = {0};
    put_large(&frames, 100000, 100000);
    frames.ptr[frames.len - 1] = 0;
    client_send(&client, (struct slice){frames.ptr, 50000});
    client_send(&client, (struct slice){frames.ptr + 50000, frames.len - 50000});
    char *story = client_story(&client);
    cr_expect(strstr(story, "501 0.0 FRAME_ERROR - type 3, "), "%s", story);
    cr_expect(strstr(story, ": {invalid_frame_end_marker,0}\n"), "%s", story);
    free(story);
    bytes_finish(&frames);
}

Test(content, under_way_is_dropped_with_its_connection)
{
    struct bytes frames = {0};
    put_large(&frames, 100000, 100000);
    client_send(&client, (struct slice){frames.ptr, 50000});
    conn_lost(client.conn, SLICE("gone"), kit.now_ms);
    cr_expect(conn_finished(client.conn));
    bytes_finish(&frames);
}
