#ifndef SERVER_CONN_VIEW_H
#define SERVER_CONN_VIEW_H

#include "base/cursor.h"
#include "base/slice.h"

struct arena;
struct engine;

/* A connection, copied for somebody who looks at it later than now. */
struct conn_view {
    struct slice name; // "127.0.0.1:41000 -> 127.0.0.1:5672"
    struct slice user;
    struct slice vhost;
    struct slice given_name;        // NULL as its ptr: none
    struct slice client_properties; // a field table
    struct slice terms;             // of TLS (server/tls_terms.h); NULL as its ptr: none
    const char *mechanism;          // "PLAIN"
    const char *state;              // "running", "blocked", ...
    uint64_t connected_at_ms;       // since 1970
    uint64_t received;              // octets
    uint64_t sent;
    uint64_t reads;  // times that octets came,
    uint64_t writes; // and that some went
    size_t unsent;
    uint32_t id;
    uint32_t frame_max;
    uint16_t channels;
    uint16_t channel_max;
    uint16_t heartbeat_s;
    bool tls;
};

/* All connections that have got through their handshake, in order of arrival: an array in the
 * arena. */
struct conn_view *engine_view_conns(const struct engine *engine, struct arena *arena,
                                    size_t *count);

/* The same one by one, as there may be very many, while others come and go: who is there all the
 * while is met once. Texts are borrowed until the engine is called. */
struct conn_walk {
    struct cursor cursor; // the engine may be freed before its end
};

void conn_walk_begin(struct conn_walk *walk, struct engine *engine); // must stay where it is
bool conn_walk_next(struct conn_walk *walk, struct conn_view *out);  // false at the end
void conn_walk_end(struct conn_walk *walk); // before its time; any number of times

/* A single one, by its id or its name; false if there is none. Texts are borrowed likewise. */
bool engine_view_conn(const struct engine *engine, uint32_t id, struct conn_view *out);
bool engine_find_conn(const struct engine *engine, struct slice name, struct conn_view *out);

/* Copies what is borrowed. */
void conn_view_keep(struct arena *arena, struct conn_view *view);

/* Octets that all connections there have been have received and sent. */
struct octets_view {
    uint64_t received;
    uint64_t sent;
};

struct octets_view engine_view_octets(const struct engine *engine);

/* Which resource alarms hold publishers back. */
struct alarms_view {
    bool memory;
    bool disk;
};

struct alarms_view engine_view_alarms(const struct engine *engine);

/* Closes the open connection of this name with 320, and this text. False if there is none. */
bool engine_close_conn(struct engine *engine, struct slice name, struct slice text,
                       uint64_t now_ms);

/* How many publishes of a channel in confirm mode have been confirmed or refused; 0 if there is no
 * such channel. */
uint64_t engine_confirmed(const struct engine *engine, uint32_t conn, uint16_t channel);

#endif
