#include "tests/unit/server/engine_kit.h"

/* However a stream of octets is cut, the answer is the same. */

static void put_session(struct bytes *out)
{
    put_handshake(out, SLICE(""), 4096, 0);
    put_open_channel(out, 1);
    put_method(out, 1, METHOD(queue_declare, .queue = SLICE("q")));
    put_method(out, 1, METHOD(confirm_select));
    put_publish(out, 1, SLICE(""), SLICE("q"), SLICE("one"));
    put_publish(out, 1, SLICE(""), SLICE("q"), SLICE(""));
    put_frame(out, FRAME_HEARTBEAT, 0, SLICE(""));
    put_method(out, 1, METHOD(basic_publish, .routing_key = SLICE("q")));
    put_header(out, 1, 6, SLICE("\x10\0\2")); // delivery-mode 2
    put_frame(out, FRAME_BODY, 1, SLICE("thr"));
    put_frame(out, FRAME_BODY, 1, SLICE("ee!"));
    put_method(out, 1, METHOD(basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c")));
    put_method(out, 1, METHOD(basic_ack, .delivery_tag = 2, .multiple = true));
    put_method(out, 1, METHOD(basic_publish, .exchange = SLICE("none")));
    put_header(out, 1, 2, NO_PROPERTIES);
    put_frame(out, FRAME_BODY, 1, SLICE("ab"));
    put_method(out, 1, METHOD(queue_declare, .queue = SLICE("deaf")));
    put_method(out, 1, METHOD(channel_close_ok));
    put_open_channel(out, 1);
    put_method(out, 1, METHOD(basic_get, .queue = SLICE("q")));
    put_method(out, 0, METHOD(connection_close, .reply_code = 200));
}

/* Plays the octets, cut into pieces of at most `first`, then `step`, within one tick; returns the
 * output. */
static struct bytes play(struct slice input, size_t first, size_t step)
{
    struct kit kit;
    kit_start(&kit);
    struct client client = client_new(&kit);
    size_t len = first;
    while (input.len > 0) {
        len = len < input.len ? len : input.len;
        client_offer(&client, (struct slice){input.ptr, len});
        input = (struct slice){input.ptr + len, input.len - len};
        len = step;
    }
    kit_tick(&kit);
    client_receive(&client, SIZE_MAX);
    struct bytes output = client.output;
    client.output = (struct bytes){0};
    cr_expect_eq(client.kept.len, 0);
    client_free(&client);
    kit_stop(&kit);
    return output;
}

static void expect_same(struct bytes whole, struct bytes cut, size_t where)
{
    cr_expect(slice_eq(bytes_slice(&whole), bytes_slice(&cut)), "cut at %zu", where);
    bytes_finish(&cut);
}

Test(splits, tell_the_story_that_was_meant)
{
    struct bytes input = {0};
    put_session(&input);
    struct client reader = {.output = play(bytes_slice(&input), SIZE_MAX, SIZE_MAX)};
    struct kit kit;
    kit_start(&kit);
    reader.conn = engine_connect(kit.engine, &(struct peer){.name = SLICE("x")}, 0);
    expect_story(&reader, "0 connection_start\n0 connection_tune\n0 connection_open_ok\n"
                          "1 channel_open_ok\n1 queue_declare_ok\n1 confirm_select_ok\n"
                          "1 basic_ack 3 multiple\n1 basic_consume_ok\n"
                          "1 basic_deliver c #1 '' 'q'\n1 header 3\n1 body one\n"
                          "1 basic_deliver c #2 '' 'q'\n1 header 0\n"
                          "1 basic_deliver c #3 '' 'q'\n1 header 6\n1 body three!\n"
                          "1 channel_close 404 60.40 NOT_FOUND - no exchange 'none' in vhost '/'\n"
                          "1 channel_open_ok\n"
                          "1 basic_get_ok #1 again '' 'q' 0 left\n1 header 6\n1 body three!\n"
                          "0 connection_close_ok\n");
    client_free(&reader);
    kit_stop(&kit);
    bytes_finish(&input);
}

Test(splits, change_nothing_wherever_they_are)
{
    struct bytes input = {0};
    put_session(&input);
    struct bytes whole = play(bytes_slice(&input), SIZE_MAX, SIZE_MAX);
    for (size_t at = 1; at < input.len; at++) {
        expect_same(whole, play(bytes_slice(&input), at, SIZE_MAX), at);
    }
    bytes_finish(&whole);
    bytes_finish(&input);
}

Test(splits, change_nothing_however_many_there_are)
{
    struct bytes input = {0};
    put_session(&input);
    struct bytes whole = play(bytes_slice(&input), SIZE_MAX, SIZE_MAX);
    for (size_t step = 1; step < 64; step++) {
        expect_same(whole, play(bytes_slice(&input), step, step), step);
    }
    bytes_finish(&whole);
    bytes_finish(&input);
}
