#ifndef SERVER_CONTENT_H
#define SERVER_CONTENT_H

#include "amqp/frame.h"
#include "amqp/method.h"

struct conn;
struct conn_channel;

/* basic.publish whose frames arrive one by one: method, header, bodies. The body is copied straight
 * into the message that it will be. Content that arrives in one piece takes the shorter way of
 * server/frames.c instead. */
void content_begin(struct conn_channel *channel, const struct amqp_basic_publish *method);

/* A header or body frame of an open connection. */
void content_header(struct conn *conn, const struct frame *frame);
void content_body(struct conn *conn, const struct frame *frame);

/* True if this many octets of body may come now. */
bool content_expects(const struct conn_channel *channel, uint32_t body_len);

/* Part of a body frame's payload, which content_expects has allowed. */
void content_add(struct conn_channel *channel, struct slice octets);

/* A body frame has ended: publishes the message if that was all of it. */
void content_frame_ended(struct conn_channel *channel);

/* Fails the connection for a frame that is not the one that had to come. */
void content_fail_order(struct conn_channel *channel);

/* Drops what has been received of a message. */
void content_drop(struct conn_channel *channel);

#endif
