#ifndef SERVER_DELIVER_H
#define SERVER_DELIVER_H

#include "broker/effect.h"

struct conn;

/* Encodes effects that are frames, straight into the connection's output. */
void deliver_message(struct conn *conn, const struct effect *effect); // DELIVER
void deliver_get(struct conn *conn, const struct effect *effect);     // GET
void deliver_return(struct conn *conn, const struct effect *effect);  // RETURN
void deliver_method(struct conn *conn, const struct effect *effect);  // REPLY
void deliver_cancel(struct conn *conn, const struct effect *effect);  // CANCEL

#endif
