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

/* The client is not told: it will not take long. */
static void stall(struct conn *conn)
{
    if (conn->engine->full && !list_linked(&conn->stalled_link)) {
        list_push(&conn->engine->stalled, &conn->stalled_link);
        conn_update_reading(conn);
        conn_mark_changed(conn);
    }
}

void blocked_end_stalls(struct engine *engine)
{
    struct list_node *node;
    while ((node = list_first(&engine->stalled))) {
        struct conn *conn = container_of(node, struct conn, stalled_link);
        list_unlink(node);
        conn_update_reading(conn);
        conn_mark_changed(conn);
    }
}

void blocked_on_publish(struct conn *conn)
{
    stall(conn);
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
