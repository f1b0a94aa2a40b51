#include "tests/sim/tape.h"

#include <stdio.h>

#include "amqp/frame.h"
#include "base/wire.h"

void tape_init(struct tape *tape, struct arena *arena, struct verdict *verdict)
{
    *tape = (struct tape){.arena = arena, .verdict = verdict, .frame_max = 8192};
    list_init(&tape->unexplained);
    list_init(&tape->inbox);
}

void tape_finish(struct tape *tape)
{
    bytes_finish(&tape->octets);
}

/* Takes the next frame off the tape. */
static bool take_frame(struct tape *tape, struct frame *frame)
{
    struct slice rest = {tape->octets.ptr + tape->parsed, tape->octets.len - tape->parsed};
    enum frame_result result = frame_parse(rest, tape->frame_max - FRAME_OVERHEAD, frame);
    if (result != FRAME_OK) {
        verdict_fail(tape->verdict, "malformed output: frame result %d of type %d", (int)result,
                     rest.len > 0 ? rest.ptr[0] : -1);
        return false;
    }
    tape->parsed += frame->payload.len + FRAME_OVERHEAD;
    return true;
}

static bool take_content(struct tape *tape, struct heard *heard)
{
    struct frame frame;
    if (!take_frame(tape, &frame)) {
        return false;
    }
    if (frame.type != FRAME_HEADER || frame.channel != heard->channel ||
        frame.payload.len < CONTENT_HEAD_SIZE || wire_load_u32(frame.payload.ptr) != 60 << 16) {
        verdict_fail(tape->verdict, "no content header behind the method");
        return false;
    }
    size_t body_len = (size_t)wire_load_u64(frame.payload.ptr + 4);
    heard->properties =
        arena_copy(tape->arena, (struct slice){frame.payload.ptr + CONTENT_HEAD_SIZE,
                                               frame.payload.len - CONTENT_HEAD_SIZE});
    uint8_t *body = arena_new(tape->arena, body_len);
    heard->body = (struct slice){body, body_len};
    while (body_len > 0) {
        if (!take_frame(tape, &frame)) {
            return false;
        }
        if (frame.type != FRAME_BODY || frame.channel != heard->channel ||
            frame.payload.len > body_len) {
            verdict_fail(tape->verdict, "bodies that do not add up");
            return false;
        }
        slice_copy(body, frame.payload);
        body += frame.payload.len;
        body_len -= frame.payload.len;
    }
    return true;
}

static bool take_heard(struct tape *tape, const struct frame *frame, const struct moment *moment)
{
    struct heard *heard = arena_new(tape->arena, sizeof *heard);
    heard->channel = frame->channel;
    heard->said = *moment;
    enum amqp_reply reply = amqp_decode(arena_copy(tape->arena, frame->payload), &heard->args);
    if (frame->type != FRAME_METHOD || reply) {
        verdict_fail(tape->verdict, "output is not a method: type %d", frame->type);
        return false;
    }
    if (amqp_method_has_content(heard->args.method) && !take_content(tape, heard)) {
        return false;
    }
    heard->end = tape->parsed;
    list_push(&tape->unexplained, &heard->link);
    list_push(&tape->inbox, &heard->inbox_link);
    return true;
}

static bool take_one(struct tape *tape, const struct moment *moment)
{
    struct frame frame;
    if (tape->parsed == 0 && slice_eq(bytes_slice(&tape->octets), SLICE("AMQP\0\0\x09\x01"))) {
        tape->parsed = tape->octets.len;
        tape->refused = true;
        return true;
    }
    if (!take_frame(tape, &frame)) {
        return false;
    }
    if (frame.type == FRAME_HEARTBEAT) {
        tape->heartbeats++;
        return true;
    }
    return take_heard(tape, &frame, moment);
}

void tape_record(struct tape *tape, struct slice octets, const struct moment *moment)
{
    bytes_add(&tape->octets, octets);
    while (tape->parsed < tape->octets.len && take_one(tape, moment)) {
    }
}

void tape_describe(const struct heard *heard, char *out, size_t size)
{
    const struct amqp_args *args = &heard->args;
    struct slice text = {0};
    unsigned code = 0;
    if (args->method == METHOD_channel_close) {
        code = args->channel_close.reply_code;
        text = args->channel_close.reply_text;
    } else if (args->method == METHOD_connection_close) {
        code = args->connection_close.reply_code;
        text = args->connection_close.reply_text;
    } else if (args->method == METHOD_basic_deliver) {
        code = (unsigned)args->basic_deliver.delivery_tag;
        text = args->basic_deliver.consumer_tag;
    } else if (args->method == METHOD_basic_ack) {
        code = (unsigned)args->basic_ack.delivery_tag;
        text = args->basic_ack.multiple ? SLICE("and all before") : SLICE("");
    } else if (args->method == METHOD_basic_return) {
        code = (unsigned)heard->body.len;
        text = args->basic_return.routing_key;
    }
    snprintf(out, size, "%s %u %.*s", amqp_method_name(args->method), code, (int)text.len,
             text.ptr ? (const char *)text.ptr : "");
}
