#ifndef SERVER_CONN_H
#define SERVER_CONN_H

#include <sys/uio.h>

#include "amqp/method.h"
#include "base/slice.h"

struct conn;

/* One AMQP connection of the engine (server/engine.h): a protocol state machine over octets.
 * None of these functions writes to a socket, blocks, or calls back. */

/* Offers octets that arrived, and returns how many were used up. The owner keeps the rest and
 * offers it again with more behind it; whole frames are always used up, except while
 * conn_wants_input is false: when it becomes true again, what was kept is to be offered at once.
 * `input` is only read during the call. */
size_t conn_receive(struct conn *conn, struct slice input, uint64_t now_ms);

/* How many octets the frame under way still lacks; 0 if there is none. */
size_t conn_input_hint(const struct conn *conn);

/* The peer is gone (end of file, error): its session ends now. Any number of times. */
void conn_lost(struct conn *conn, struct slice reason, uint64_t now_ms);

/* Gathers output to be sent, in order, as at most `max` pieces, and returns their number. They stay
 * valid until conn_sent or the next engine_end_tick. */
int conn_gather(struct conn *conn, struct iovec *pieces, int max);
size_t conn_output_size(const struct conn *conn);

/* The first `octets` of the output have been sent. That may make room for more deliveries, which
 * are there after the next engine_end_tick: call it again without waiting for anything. */
void conn_sent(struct conn *conn, size_t octets, uint64_t now_ms);

/* Backpressure, the one place: false while output is high, an alarm holds a publisher, or the
 * connection is ending in a way that reads no more. */
bool conn_wants_input(const struct conn *conn);

/* True once nothing more will be received or produced: close the socket when the output is sent (or
 * at once, if it cannot be), then conn_free. */
bool conn_finished(const struct conn *conn);

/* When to call conn_tick next, in the same milliseconds as everywhere; UINT64_MAX = never. Timers:
 * handshake, heartbeats in both directions, waiting for close-ok, the delay before a silent
 * close. It may be called early. */
uint64_t conn_deadline(const struct conn *conn);
void conn_tick(struct conn *conn, uint64_t now_ms);

/* Closes it from our side with this code and text (without the code's name). */
void conn_close(struct conn *conn, enum amqp_reply reply, struct slice text, uint64_t now_ms);

/* For the owner's own object. */
void conn_set_owner(struct conn *conn, void *owner);
void *conn_owner(const struct conn *conn);

void conn_free(struct conn *conn); // ends its session if that has not happened; NULL is fine

#endif
