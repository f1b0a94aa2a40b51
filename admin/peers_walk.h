#ifndef ADMIN_PEERS_WALK_H
#define ADMIN_PEERS_WALK_H

#include "admin/call.h"
#include "admin/listing.h"
#include "broker/view_session.h"
#include "server/conn_view.h"

/* Connections and channels for a listing, some at a time, as far as the user may see them: who does
 * not monitor sees what is his own. They outlive the call. */

/* Of one user if `user` has a ptr: struct conn_view. */
struct listing_walk walk_conns(struct call *call, struct slice user);

/* A channel with the name that only its connection can tell. */
struct channel_row {
    struct slice name;
    struct channel_view view;
};

/* Of one connection if `conn` has a ptr, its name: struct channel_row. */
struct listing_walk walk_channels(struct call *call, struct slice conn);

/* Whether the call may see the connection; of any user if `user` has no ptr. */
bool peers_shown(const struct call *call, const struct conn_view *conn, struct slice user);

#endif
