#ifndef BROKER_SESSION_H
#define BROKER_SESSION_H

#include "broker/effect.h"

struct broker;
struct session;

/* One connection as the core sees it: an authenticated user in a virtual host. It owns the
 * connection's exclusive queues and its channels. */
struct session_options {
    uint32_t conn; // what effects call it; unique among open sessions
    struct slice user;
    struct slice vhost;
    struct slice name;  // of the connection, as tools know it
    bool trusted;       // may enter, and do everything there, whatever the permissions say
    bool passing;       // for a single operation, by nobody who is connected: not churn_counts
    bool cancel_notify; // the client has the capability consumer_cancel_notify
};

/* connection.open. Copies the names. AMQP_NOT_ALLOWED with fx->error ("vhost x not found", "access
 * to vhost 'x' refused for user 'u'"), also when a limit is reached (broker/count_limits.h). */
enum amqp_reply broker_open_session(struct broker *broker, const struct session_options *options,
                                    struct session **out, struct effects *fx);

/* Closes its channels (unsettled messages go back to their queues), deletes its exclusive queues,
 * frees it. Emits nothing for this connection itself. */
void session_close(struct session *session, struct effects *fx);

/* The connection has received and sent so many more octets: its virtual host counts them. */
void session_count_octets(struct session *session, uint64_t received, uint64_t sent);

/* How many octets of deliveries the shell will still take for this connection. Deliveries use it
 * up; at zero or below, its consumers are passed over. The shell sets it again when output has
 * drained; consumers that waited for it are then served. */
void session_set_window(struct session *session, int64_t octets, struct effects *fx);

/* True if a consumer of the session was passed over since the window was last set: the shell must
 * set it again when it can. */
bool session_wants_window(const struct session *session);

#endif
