#include "server/conn_view.h"

#include "base/arena.h"
#include "server/conn_internal.h"

static struct slice copy_blob(struct arena *arena, const struct blob *blob)
{
    return blob ? arena_copy(arena, blob_slice(blob)) : (struct slice){NULL, 0};
}

static struct conn_view look_at(const struct conn *conn, struct arena *arena)
{
    bool limited = conn->body_max != UINT32_MAX;
    return (struct conn_view){
        .name = copy_blob(arena, conn->name),
        .user = copy_blob(arena, conn->user),
        .vhost = copy_blob(arena, conn->vhost),
        .given_name = copy_blob(arena, conn->given_name),
        .client_properties = copy_blob(arena, conn->client_properties),
        .mechanism = sasl_mechanism_name((enum sasl_mechanism)conn->mechanism),
        .state = conn_phase_name((enum conn_phase)conn->phase),
        .connected_at_ms = conn->connected_ms + conn->engine->options.wall_offset_ms,
        .received = conn->received,
        .sent = conn->sent,
        .unsent = output_size(&conn->out),
        .id = conn->id,
        .frame_max = limited ? conn->body_max + FRAME_OVERHEAD : 0,
        .channels = conn->channels.count,
        .channel_max = conn->channel_max,
        .heartbeat_s = conn->heartbeat_s,
        .tls = conn->tls,
    };
}

struct conn_view *engine_view_conns(const struct engine *engine, struct arena *arena, size_t *count)
{
    struct conn_view *views = arena_array(arena, engine->open_count, sizeof *views);
    *count = 0;
    list_each(node, &engine->conns) {
        const struct conn *conn = container_of(node, struct conn, link);
        if (conn->session) {
            views[(*count)++] = look_at(conn, arena);
        }
    }
    return views;
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
