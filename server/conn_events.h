#ifndef SERVER_CONN_EVENTS_H
#define SERVER_CONN_EVENTS_H

#include "base/slice.h"

struct conn;

/* What happens to connections, for the exchange of events (broker/event.h). Nothing is made unless
 * somebody wants to know. */
void conn_event_opened(const struct conn *conn);
void conn_event_closed(const struct conn *conn);

/* A login has been looked at. `why` it was refused; NULL as its ptr: it was not. */
void conn_event_login(const struct conn *conn, struct slice user, struct slice why);

#endif
