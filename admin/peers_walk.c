#include "admin/peers_walk.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "admin/peers.h"
#include "base/memory.h"
#include "broker/view_walk.h"

/* Whose connections are meant; what is NULL as its ptr may be anything. */
struct whose {
    struct slice viewer; // who does not monitor
    struct slice vhost;
    struct slice user;
};

static bool fits(const struct conn_view *conn, const struct whose *whose)
{
    return (!whose->viewer.ptr || slice_eq(conn->user, whose->viewer)) &&
           (!whose->vhost.ptr || slice_eq(conn->vhost, whose->vhost)) &&
           (!whose->user.ptr || slice_eq(conn->user, whose->user));
}

static struct whose whose_of(const struct call *call, struct slice user)
{
    return (struct whose){.viewer = call_may(call, RIGHT_MONITORING) ? (struct slice){NULL, 0}
                                                                     : call->user,
                          .vhost = call->vhost,
                          .user = user};
}

bool peers_shown(const struct call *call, const struct conn_view *conn, struct slice user)
{
    struct whose whose = whose_of(call, user);
    return fits(conn, &whose);
}

struct walk {
    struct conn_walk conns;
    struct view_walk *channels; // owned; NULL: this goes through connections
    const struct engine *engine;
    struct arena arena; // for what is below
    struct whose whose;
    struct slice conn; // its name; NULL as its ptr: any
};

static struct slice keep(struct walk *walk, struct slice value)
{
    return value.ptr ? arena_copy(&walk->arena, value) : value;
}

static struct walk *walk_new(const struct call *call, struct slice user)
{
    struct walk *walk = memory_new(sizeof *walk);
    struct whose whose = whose_of(call, user);
    walk->engine = call->api->options.engine;
    walk->whose = (struct whose){.viewer = keep(walk, whose.viewer),
                                 .vhost = keep(walk, whose.vhost),
                                 .user = keep(walk, whose.user)};
    return walk;
}

static void walk_free(void *state)
{
    struct walk *walk = state;
    conn_walk_end(&walk->conns);
    view_walk_free(walk->channels);
    arena_finish(&walk->arena);
    free(walk);
}

static enum listing_step next_conn(void *state, struct arena *arena, void *item)
{
    struct walk *walk = state;
    struct conn_view *view = item;
    if (!conn_walk_next(&walk->conns, view)) {
        return LISTING_END;
    }
    if (!fits(view, &walk->whose)) {
        return LISTING_PASSED;
    }
    conn_view_keep(arena, view);
    return LISTING_ITEM;
}

struct listing_walk walk_conns(struct call *call, struct slice user)
{
    struct walk *walk = walk_new(call, user);
    conn_walk_begin(&walk->conns, call->api->options.engine);
    return (struct listing_walk){.next = next_conn, .free = walk_free, .state = walk};
}

static enum listing_step next_channel(void *state, struct arena *arena, void *item)
{
    struct walk *walk = state;
    struct channel_row *row = item;
    struct conn_view conn;
    if (!view_walk_channel(walk->channels, &row->view)) {
        return LISTING_END;
    }
    if (!engine_view_conn(walk->engine, row->view.conn, &conn) || !fits(&conn, &walk->whose) ||
        (walk->conn.ptr && !slice_eq(conn.name, walk->conn))) {
        return LISTING_PASSED;
    }
    struct bytes name = channel_name(conn.name, row->view.number);
    row->name = arena_copy(arena, bytes_slice(&name));
    bytes_finish(&name);
    view_keep_channel(arena, &row->view);
    return LISTING_ITEM;
}

struct listing_walk walk_channels(struct call *call, struct slice conn)
{
    struct walk *walk = walk_new(call, (struct slice){NULL, 0});
    struct view_scope scope = call_scope(call);
    walk->channels = view_walk_new(call_broker(call), &scope);
    walk->conn = keep(walk, conn);
    return (struct listing_walk){.next = next_channel, .free = walk_free, .state = walk};
}
