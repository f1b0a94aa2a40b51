#ifndef SERVER_CONN_LOG_H
#define SERVER_CONN_LOG_H

#include "server/conn_close.h"

/* What the log says about connections, in RabbitMQ's words, which scripts wait for. */
void conn_log_accepting(const struct conn *conn, bool health_check);
void conn_log_named(const struct conn *conn);
void conn_log_opened(const struct conn *conn);
void conn_log_updated_secret(const struct conn *conn, struct slice reason);
void conn_log_closing(const struct conn *conn); // in the ordinary way

/* In any other way, which `why` says: "client unexpectedly closed TCP connection". */
void conn_log_ended(const struct conn *conn, struct slice why);
void conn_log_missed_heartbeats(const struct conn *conn);

/* The login was refused; the text is for operators only. */
void conn_log_refused_login(const struct conn *conn, struct slice why);
void conn_log_error(const struct conn *conn, const struct conn_error *error);
void conn_log_channel_error(const struct conn *conn, const struct conn_error *error);

#endif
