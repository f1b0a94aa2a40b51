#include "admin/peers.h"

#include "admin/api_internal.h"
#include "conf/format.h"

const struct peers *peers_view(struct call *call)
{
    struct peers *peers = arena_new(&call->arena, sizeof *peers);
    peers->api = call->api;
    peers->found = arena_new(&call->arena, sizeof *peers->found);
    return peers;
}

const struct conn_view *peers_find(const struct peers *peers, uint32_t id)
{
    return engine_view_conn(peers->api->options.engine, id, peers->found) ? peers->found : NULL;
}

void write_connection_details(struct writer *w, const char *name, const struct conn_view *conn)
{
    write_object(w, name);
    if (conn) {
        struct peer_ends ends = peer_ends_of(conn->name);
        write_text(w, "name", conn->name);
        write_text(w, "peer_host", ends.peer_host);
        write_u64(w, "peer_port", ends.peer_port);
    }
    write_end(w);
}

/* The view may be older than what has been confirmed since. */
uint64_t channel_unconfirmed(const struct engine *engine, const struct channel_view *view)
{
    uint64_t confirmed = engine_confirmed(engine, view->conn, view->number);
    return view->published > confirmed ? view->published - confirmed : 0;
}

struct bytes channel_name(struct slice conn_name, uint16_t number)
{
    struct bytes name = {0};
    format_add(&name, "%.*s (%u)", (int)conn_name.len, (const char *)conn_name.ptr, number);
    return name;
}

void write_channel_details(struct writer *w, const struct peers *peers, uint32_t id,
                           uint16_t number)
{
    const struct conn_view *conn = peers_find(peers, id);
    write_object(w, "channel_details");
    if (conn) {
        struct peer_ends ends = peer_ends_of(conn->name);
        struct bytes name = channel_name(conn->name, number);
        write_text(w, "connection_name", conn->name);
        write_text(w, "name", bytes_slice(&name));
        write_str(w, "node", peers->api->options.node);
        write_u64(w, "number", number);
        write_text(w, "peer_host", ends.peer_host);
        write_u64(w, "peer_port", ends.peer_port);
        write_text(w, "user", conn->user);
        bytes_finish(&name);
    }
    write_end(w);
}
