#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "amqp/frame.h"

struct conn;

/* Runs a method frame of an open connection, on any channel. */
void dispatch_method(struct conn *conn, const struct frame *frame);

#endif
