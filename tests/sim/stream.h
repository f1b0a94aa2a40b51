#ifndef TESTS_SIM_STREAM_H
#define TESTS_SIM_STREAM_H

#include "amqp/method.h"
#include "base/bytes.h"
#include "tests/sim/arena.h"

/* What a simulated client sends: octets, and what they mean. An operation counts as carried out as
 * soon as the engine has taken its last octet, which is how the model knows the order of all that
 * happens. */
enum op_kind {
    OP_GREETING, // the protocol header
    OP_METHOD,
    OP_PUBLISH, // basic.publish with its content
    OP_HEARTBEAT,
    OP_BROKEN, // something that a client must not send
};

struct op {
    struct list_node link; // stream.ops
    uint64_t end;          // offset in the stream of the first octet behind it
    enum op_kind kind;
    uint16_t channel;
    bool proper;             // OP_GREETING: a header that the broker takes
    bool deaf;               // OP_BROKEN: nothing behind it is understood any more
    bool anywhere;           // OP_BROKEN: told on a closing channel as well
    bool publishes;          // OP_BROKEN: begins with args, which is basic.publish
    enum amqp_reply code;    // OP_BROKEN: what the connection is closed with; 0: with anything
    struct amqp_args args;   // OP_METHOD, OP_PUBLISH; borrows from the arena, as do the others
    struct slice properties; // OP_PUBLISH
    struct slice body;       // OP_PUBLISH
};

struct stream {
    struct arena *arena; // borrowed
    struct bytes octets; // owned; all that was ever sent
    struct list ops;     // struct op.link: not carried out yet
    uint32_t frame_max;
};

void stream_init(struct stream *stream, struct arena *arena);
void stream_finish(struct stream *stream);

void stream_greet(struct stream *stream, struct slice header, bool proper);
void stream_method(struct stream *stream, uint16_t channel, const struct amqp_args *args);
void stream_heartbeat(struct stream *stream);

/* Copies the slices of `op`, which says channel, args, properties and body. Body frames are at most
 * `piece` octets long. */
void stream_publish(struct stream *stream, const struct op *op, uint32_t piece);

/* The same if the broker refuses it without waiting for the body. */
void stream_publish_refused(struct stream *stream, const struct op *op, uint32_t piece);

/* Two messages on two channels, frame by frame in turns. */
void stream_publish_two(struct stream *stream, const struct op ops[2], uint32_t piece);

/* Octets as they are; `op` says what they lead to. */
void stream_broken(struct stream *stream, const struct op *op, struct slice octets);

/* For stream_broken: adds a frame. */
void stream_frame(struct bytes *out, uint8_t type, uint16_t channel, struct slice payload);

#endif
