#ifndef ADMIN_PEERS_H
#define ADMIN_PEERS_H

#include "admin/call.h"
#include "admin/writer.h"
#include "broker/view_session.h"
#include "server/conn_view.h"
#include "server/peer_ends.h"

/* The connections, to be found by the ids that the core knows them by, and how they are named in
 * what belongs to them. */
struct peers {
    const struct api *api;
    struct conn_view *found; // what was looked for last
};

/* One that lies in the call's arena. */
const struct peers *peers_view(struct call *call);

/* The connection as it is now, or NULL if it is gone; borrowed until another is looked for or
 * anything changes. */
const struct conn_view *peers_find(const struct peers *peers, uint32_t id);

/* "name", "peer_host" and "peer_port" of the connection, as an object. */
void write_connection_details(struct writer *w, const char *name, const struct conn_view *conn);

/* The channel as consumers and unsettled messages name it. */
void write_channel_details(struct writer *w, const struct peers *peers, uint32_t conn,
                           uint16_t number);

/* Messages that the channel has published in confirm mode and that are neither confirmed nor
 * refused by now. */
uint64_t channel_unconfirmed(const struct engine *engine, const struct channel_view *view);

/* "127.0.0.1:41000 -> 127.0.0.1:5672 (1)", to be finished by the caller. */
struct bytes channel_name(struct slice conn_name, uint16_t number);

#endif
