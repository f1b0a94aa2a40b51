#include "admin/peers.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "base/check.h"
#include "conf/format.h"

static int compare_ids(const void *a, const void *b)
{
    uint32_t first = ((const struct conn_view *)a)->id, second = ((const struct conn_view *)b)->id;
    return (first > second) - (first < second);
}

const struct peers *peers_view(struct call *call)
{
    struct peers *peers = arena_new(&call->arena, sizeof *peers);
    peers->api = call->api;
    peers->conns = engine_view_conns(call->api->options.engine, &call->arena, &peers->count);
    qsort(peers->conns, peers->count, sizeof *peers->conns, compare_ids);
    return peers;
}

const struct conn_view *peers_find(const struct peers *peers, uint32_t id)
{
    struct conn_view wanted = {.id = id};
    return peers->count == 0
               ? NULL
               : bsearch(&wanted, peers->conns, peers->count, sizeof wanted, compare_ids);
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
