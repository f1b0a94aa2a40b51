#ifndef SERVER_FRAMES_H
#define SERVER_FRAMES_H

#include "amqp/frame.h"

struct conn;

/* The framing loop of an open connection, and with it the hot path: content that lies in the input
 * in one piece (method, header and body frame of basic.publish one behind the other) goes to the
 * core as slices of that input, without an allocation or a copy on our side. Everything else,
 * every error included, takes the general way, frame by frame.
 *
 * Takes as many frames as there are and returns the octets used. */
size_t frames_take(struct conn *conn, struct slice input);

/* One frame, the general way. */
void frames_take_one(struct conn *conn, const struct frame *frame);

#endif
