#ifndef SERVER_DEPUTY_H
#define SERVER_DEPUTY_H

#include "base/bytes.h"
#include "broker/channel.h"
#include "broker/session.h"

struct broker;
struct engine;

/* Somebody who works on the broker without a connection of the engine: the management API. Its
 * operations are those of a client, with the same rights and the same effects for everybody else;
 * what would be sent to it is looked at here instead. One at a time, from deputy_begin to
 * deputy_end, with nothing else done to the engine in between. */
struct deputy {
    struct engine *engine; // borrowed
    struct broker *broker; // borrowed
    struct effects *fx;    // borrowed: for calls to the core
    struct session *session;
    struct channel *channel;
    uint32_t from; // effects before this one are not ours
};

void deputy_begin(struct deputy *op, struct engine *engine, uint64_t now_ms);

/* Opens a session of this user with a channel, as connection.open does. It lasts until
 * deputy_end. */
enum amqp_reply deputy_open(struct deputy *op, struct slice user, struct slice vhost);

/* The same with the right to do anything, for what an administrator has done as a whole. */
enum amqp_reply deputy_open_trusted(struct deputy *op, struct slice user, struct slice vhost);

/* Why the last operation was refused, without the reply code's name. */
struct slice deputy_error(const struct deputy *op);

/* The first effect from `*at` on (0 at first) that is for us; NULL if there is none. Moves *at
 * behind it. Valid until the next operation. */
const struct effect *deputy_next(const struct deputy *op, uint32_t *at);

/* The message of a GET as a client has it: with its content, from disk if it is not in memory, and
 * with x-delivery-count if the queue tells that. The caller owns the
 * reference. NULL if the disk has failed. */
struct msg *deputy_content(const struct deputy *op, const struct effect *effect);

/* The same of any message that the core has named in this operation; it stays the caller's. */
struct msg *deputy_load(const struct deputy *op, struct msg *msg);

/* Closes the session, if there is one. Returns the number of the journal record that an answer must
 * wait for (engine_stored); 0 if there is none. */
uint64_t deputy_end(struct deputy *op);

/* Journal records up to this one are durable. */
uint64_t engine_stored(const struct engine *engine);

#endif
