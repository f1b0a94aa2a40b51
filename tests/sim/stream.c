#include "tests/sim/stream.h"

#include "amqp/frame.h"
#include "base/check.h"
#include "base/wire.h"

enum { METHOD_MAX = 4000, CLASS_BASIC = 60 };

void stream_init(struct stream *stream, struct arena *arena)
{
    *stream = (struct stream){.arena = arena, .frame_max = 4096};
    list_init(&stream->ops);
}

void stream_finish(struct stream *stream)
{
    bytes_finish(&stream->octets);
}

/* Everything up to here belongs to this operation. */
static void add_op(struct stream *stream, const struct op *op)
{
    struct op *copy = arena_new(stream->arena, sizeof *copy);
    *copy = *op;
    copy->link = (struct list_node){0};
    copy->end = stream->octets.len;
    list_push(&stream->ops, &copy->link);
}

void stream_frame(struct bytes *out, uint8_t type, uint16_t channel, struct slice payload)
{
    frame_put_head(bytes_reserve(out, FRAME_HEAD_SIZE), type, channel, (uint32_t)payload.len);
    out->len += FRAME_HEAD_SIZE;
    bytes_add(out, payload);
    bytes_add_u8(out, FRAME_END);
}

/* Adds the method's frame; *kept is the method again, with slices that live as long as the arena.
 */
static void add_method(struct stream *stream, uint16_t channel, const struct amqp_args *args,
                       struct amqp_args *kept)
{
    uint8_t payload[METHOD_MAX];
    size_t len = amqp_encode(args, payload, sizeof payload);
    CHECK(len > 0);
    struct slice copy = arena_copy(stream->arena, (struct slice){payload, len});
    CHECK(amqp_decode(copy, kept) == AMQP_OK);
    stream_frame(&stream->octets, FRAME_METHOD, channel, copy);
}

void stream_greet(struct stream *stream, struct slice header, bool proper)
{
    bytes_add(&stream->octets, header);
    add_op(stream, &(struct op){.kind = OP_GREETING, .proper = proper});
}

void stream_method(struct stream *stream, uint16_t channel, const struct amqp_args *args)
{
    struct op op = {.kind = OP_METHOD, .channel = channel};
    add_method(stream, channel, args, &op.args);
    add_op(stream, &op);
}

void stream_heartbeat(struct stream *stream)
{
    stream_frame(&stream->octets, FRAME_HEARTBEAT, 0, SLICE(""));
    add_op(stream, &(struct op){.kind = OP_HEARTBEAT});
}

static void add_header(struct stream *stream, const struct op *op)
{
    struct bytes payload = {0};
    uint8_t *head = bytes_reserve(&payload, CONTENT_HEAD_SIZE);
    wire_store_u16(head, CLASS_BASIC);
    wire_store_u16(head + 2, 0);
    wire_store_u64(head + 4, op->body.len);
    payload.len += CONTENT_HEAD_SIZE;
    bytes_add(&payload, op->properties);
    stream_frame(&stream->octets, FRAME_HEADER, op->channel, bytes_slice(&payload));
    bytes_finish(&payload);
}

/* A message of which some frames have been sent. */
struct outgoing {
    struct op op;
    size_t at; // of the body
    bool headed, done;
};

static void begin_publish(struct stream *stream, const struct op *op, struct outgoing *out)
{
    *out = (struct outgoing){.op = *op};
    out->op.kind = OP_PUBLISH;
    add_method(stream, op->channel, &op->args, &out->op.args);
    out->op.properties = arena_copy(stream->arena, op->properties);
    out->op.body = arena_copy(stream->arena, op->body);
}

static void add_body(struct stream *stream, struct outgoing *out, uint32_t piece)
{
    size_t left = out->op.body.len - out->at;
    struct slice part = {out->op.body.ptr + out->at, left < piece ? left : piece};
    stream_frame(&stream->octets, FRAME_BODY, out->op.channel, part);
    out->at += part.len;
}

/* Sends the next frame, if there is one. */
static void continue_publish(struct stream *stream, struct outgoing *out, uint32_t piece)
{
    if (out->done) {
        return;
    }
    if (!out->headed) {
        add_header(stream, &out->op);
        out->headed = true;
    } else {
        add_body(stream, out, piece);
    }
    if (out->at == out->op.body.len) {
        add_op(stream, &out->op);
        out->done = true;
    }
}

void stream_publish(struct stream *stream, const struct op *op, uint32_t piece)
{
    struct outgoing out;
    begin_publish(stream, op, &out);
    while (!out.done) {
        continue_publish(stream, &out, piece);
    }
}

void stream_publish_refused(struct stream *stream, const struct op *op, uint32_t piece)
{
    struct outgoing out;
    begin_publish(stream, op, &out);
    add_header(stream, &out.op);
    add_op(stream, &out.op);
    while (out.at < out.op.body.len) {
        add_body(stream, &out, piece);
    }
}

void stream_publish_two(struct stream *stream, const struct op ops[2], uint32_t piece)
{
    struct outgoing first, second;
    begin_publish(stream, &ops[0], &first);
    begin_publish(stream, &ops[1], &second);
    while (!first.done || !second.done) {
        continue_publish(stream, &first, piece);
        continue_publish(stream, &second, piece);
    }
}

void stream_broken(struct stream *stream, const struct op *op, struct slice octets)
{
    struct op kept = *op;
    kept.kind = OP_BROKEN;
    bytes_add(&stream->octets, octets);
    add_op(stream, &kept);
}
