#include "server/conn_view.h"

#include "base/arena.h"
#include "server/conn_internal.h"

static struct slice text_of(const struct blob *blob)
{
    return blob ? blob_slice(blob) : (struct slice){NULL, 0};
}

static struct conn_view look_at(const struct conn *conn)
{
    bool limited = conn->body_max != UINT32_MAX;
    return (struct conn_view){
        .name = text_of(conn->name),
        .user = text_of(conn->user),
        .vhost = text_of(conn->vhost),
        .given_name = text_of(conn->given_name),
        .client_properties = text_of(conn->client_properties),
        .terms = text_of(conn->terms),
        .mechanism = sasl_mechanism_name((enum sasl_mechanism)conn->mechanism),
        .state = conn_phase_name((enum conn_phase)conn->phase),
        .connected_at_ms = conn->connected_ms + conn->engine->options.wall_offset_ms,
        .received = conn->received,
        .sent = conn->sent,
        .reads = conn->reads,
        .writes = conn->writes,
        .unsent = output_size(&conn->out),
        .id = conn->id,
        .frame_max = limited ? conn->body_max + FRAME_OVERHEAD : 0,
        .channels = conn->channels.count,
        .channel_max = conn->channel_max,
        .heartbeat_s = conn->heartbeat_s,
        .tls = conn->tls,
    };
}

void conn_view_keep(struct arena *arena, struct conn_view *view)
{
    struct slice *texts[] = {
        &view->name, &view->user, &view->vhost, &view->given_name, &view->client_properties,
        &view->terms};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i]->ptr) {
            *texts[i] = arena_copy(arena, *texts[i]);
        }
    }
}

struct conn_view *engine_view_conns(const struct engine *engine, struct arena *arena, size_t *count)
{
    struct conn_view *views = arena_array(arena, engine->open_count, sizeof *views);
    *count = 0;
    list_each(node, &engine->conns) {
        const struct conn *conn = container_of(node, struct conn, link);
        if (conn->session) {
            views[*count] = look_at(conn);
            conn_view_keep(arena, &views[(*count)++]);
        }
    }
    return views;
}

void conn_walk_begin(struct conn_walk *walk, struct engine *engine)
{
    *walk = (struct conn_walk){.cursor = {.list = NULL}};
    cursor_begin(&walk->cursor, &engine->cursors, &engine->conns);
}

bool conn_walk_next(struct conn_walk *walk, struct conn_view *out)
{
    const struct list_node *node;
    while ((node = cursor_next(&walk->cursor))) {
        const struct conn *conn = container_of(node, struct conn, link);
        if (conn->session) {
            *out = look_at(conn);
            return true;
        }
    }
    return false;
}

void conn_walk_end(struct conn_walk *walk)
{
    cursor_end(&walk->cursor);
}

bool engine_view_conn(const struct engine *engine, uint32_t id, struct conn_view *out)
{
    const struct conn *conn = engine_conn(engine, id);
    bool found = conn && conn->session;
    if (found) {
        *out = look_at(conn);
    }
    return found;
}

bool engine_find_conn(const struct engine *engine, struct slice name, struct conn_view *out)
{
    list_each(node, &engine->conns) {
        const struct conn *conn = container_of(node, struct conn, link);
        if (conn->session && slice_eq(blob_slice(conn->name), name)) {
            *out = look_at(conn);
            return true;
        }
    }
    return false;
}

bool engine_close_conn(struct engine *engine, struct slice name, struct slice text, uint64_t now_ms)
{
    list_each(node, &engine->conns) {
        struct conn *conn = container_of(node, struct conn, link);
        if (conn->session && slice_eq(blob_slice(conn->name), name)) {
            conn_close(conn, AMQP_CONNECTION_FORCED, text, now_ms);
            return true;
        }
    }
    return false;
}

struct octets_view engine_view_octets(const struct engine *engine)
{
    return engine->octets;
}

struct alarms_view engine_view_alarms(const struct engine *engine)
{
    return (struct alarms_view){.memory = engine->alarms & ALARM_MEMORY,
                                .disk = engine->alarms & ALARM_DISK};
}

uint64_t engine_confirmed(const struct engine *engine, uint32_t conn, uint16_t channel)
{
    const struct conn *found = engine_conn(engine, conn);
    const struct conn_channel *at = found ? channel_table_find(&found->channels, channel) : NULL;
    return at ? at->confirm_last : 0;
}
