#ifndef BROKER_PEEK_H
#define BROKER_PEEK_H

#include "broker/channel.h"

struct msg;

/* A look at a message that is ready in a queue: which, 1 being the one that is next. */
struct peek {
    struct slice queue;
    uint64_t position;
};

struct peeked {
    struct msg *msg;  // owns one reference, maybe to a stub; NULL: there are not so many
    uint64_t behind;  // how many are ready after it
    uint32_t failed;  // how often it was handed out in vain, where the queue counts that
    bool redelivered; // it would be handed out as that
};

/* Nothing changes by it: no consumer notices, and nothing is counted. Takes what basic.get does of
 * rights, and is refused as that for a queue that is not there or is somebody else's exclusive
 * one. */
enum amqp_reply broker_peek(struct channel *channel, const struct peek *peek, struct peeked *out,
                            struct effects *fx);

#endif
