#include "server/blocked.h"

#include "server/conn_internal.h"

static struct slice reason(uint8_t alarms)
{
    switch (alarms) {
    case ALARM_MEMORY:
        return SLICE("low on memory");
    case ALARM_DISK:
        return SLICE("low on disk");
    default:
        return SLICE("low on memory & disk");
    }
}

void blocked_on_publish(struct conn *conn)
{
    if (conn->engine->alarms == 0 || conn->phase != CONN_OPEN) {
        return;
    }
    conn_set_phase(conn, CONN_BLOCKED);
    if (conn->blocked_notify) {
        struct amqp_args args = {
            .method = METHOD_connection_blocked,
            .connection_blocked = {.reason = reason(conn->engine->alarms)},
        };
        conn_send_method(conn, &args);
    }
}

void blocked_release(struct conn *conn)
{
    if (conn->phase != CONN_BLOCKED) {
        return;
    }
    conn_set_phase(conn, CONN_OPEN);
    if (conn->blocked_notify) {
        conn_send_method(conn, &(struct amqp_args){.method = METHOD_connection_unblocked});
    }
}
