#ifndef SERVER_OPERATOR_H
#define SERVER_OPERATOR_H

#include "base/bytes.h"
#include "broker/channel.h"
#include "broker/session.h"

struct broker;
struct engine;

/* Somebody who works on the broker without a connection of the engine: the management API. Its
 * operations are those of a client, with the same rights and the same effects for everybody else;
 * what would be sent to it is looked at here instead. One at a time, from operator_begin to
 * operator_end, with nothing else done to the engine in between. */
struct operator
{
    struct engine *engine; // borrowed
    struct broker *broker; // borrowed
    struct effects *fx;    // borrowed: for calls to the core
    struct session *session;
    struct channel *channel;
    uint32_t from; // effects before this one are not ours
};

void operator_begin(struct operator* op, struct engine *engine, uint64_t now_ms);

/* Opens a session of this user with a channel, as connection.open does. It lasts until
 * operator_end. */
enum amqp_reply operator_open(struct operator* op, struct slice user, struct slice vhost);

/* Why the last operation was refused, without the reply code's name. */
struct slice operator_error(const struct operator* op);

/* The first effect from `*at` on (0 at first) that is for us; NULL if there is none. Moves *at
 * behind it. Valid until the next operation. */
const struct effect *operator_next(const struct operator* op, uint32_t *at);

/* Closes the session, if there is one. Returns the number of the journal record that an answer must
 * wait for (engine_stored); 0 if there is none. */
uint64_t operator_end(struct operator* op);

/* Journal records up to this one are durable. */
uint64_t engine_stored(const struct engine *engine);

#endif
