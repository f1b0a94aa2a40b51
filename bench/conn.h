#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include <sys/types.h>

#include "bench/method.h"
#include "bench/problem.h"
#include "bench/uri.h"

/* One AMQP connection with one open channel, on a non-blocking socket.
 *
 * It is used in two ways. While things are set up, conn_call sends what was encoded and waits for
 * one reply. While load runs, an event loop calls conn_flush and conn_receive, and the owner gets
 * every frame of class basic, and nothing else: connection and channel methods end here. A close
 * by the broker, in either way of use, is a problem with the broker's text. */
struct conn;

struct frame {
    enum frame_type type;
    uint32_t method; // 0 unless type is FRAME_METHOD
    struct slice payload;
};

/* Called within conn_receive and conn_call; may encode into conn_out, may not call either. */
typedef void (*conn_on_frame)(void *owner, const struct frame *frame);

/* Connects, logs in and opens channel 1. Returns NULL with the problem set. The problem is
 * borrowed for the connection's life. */
struct conn *conn_open(const struct uri *uri, struct problem *problem);
void conn_close(struct conn *conn); // closes politely unless there is a problem; then frees
void conn_free(struct conn *conn);  // drops the socket

void conn_set_owner(struct conn *conn, conn_on_frame on_frame, void *owner);
int conn_fd(const struct conn *conn);
size_t conn_frame_max(const struct conn *conn);
struct problem *conn_problem(const struct conn *conn);

/* Why the broker does not read from us (connection.blocked), or NULL. */
const char *conn_blocked(const struct conn *conn);

struct bytes *conn_out(struct conn *conn); // encode methods here

/* Writes what the socket takes of conn_out. True if nothing failed: look at conn_out for what is
 * left. */
bool conn_flush(struct conn *conn);

/* Writes bytes that are not in conn_out, which must be empty. Returns how many the socket took
 * (0 = it is full), or -1 with the problem set. */
ssize_t conn_write(struct conn *conn, struct slice raw);

/* One recv; hands on every whole frame. Returns the number of bytes read, or -1. */
ssize_t conn_receive(struct conn *conn);

/* Sends conn_out and waits for the method; its arguments go to reply, valid until the next call.
 * reply may be NULL. */
bool conn_call(struct conn *conn, enum method wanted, struct wire_reader *reply);

/* The same without waiting: conn_answered tells whether the method came since. */
void conn_expect(struct conn *conn, enum method wanted);
bool conn_answered(const struct conn *conn);

#endif
