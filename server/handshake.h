#ifndef SERVER_HANDSHAKE_H
#define SERVER_HANDSHAKE_H

#include "amqp/frame.h"

struct conn;

/* From the protocol header to connection.open-ok. Only the client can go wrong here, and until it
 * is logged in it is told little: most mistakes end in silence, after a delay. */

/* The protocol header. Returns the octets used: all 8, or none. */
size_t handshake_greeting(struct conn *conn, struct slice input);
void handshake_frame(struct conn *conn, const struct frame *frame);

/* The time of CONN_REFUSED is over: the client is told that its login was refused. */
void handshake_tell_refusal(struct conn *conn);

#endif
