#ifndef SERVER_ENGINE_H
#define SERVER_ENGINE_H

#include "base/slice.h"

struct broker;
struct conn;
struct effects;
struct engine;
struct logger;
struct login_attempts;
struct store;

/* The protocol side of all connections: octets in, octets out, with the core in between. It has no
 * sockets and no clock: the owner (server/server.c with real sockets, tests/sim with simulated
 * ones, the fuzzers) feeds it what arrived and what time it is, and carries away what is to be
 * sent. One engine serves one broker. */

/* How logins are checked. The engine knows SASL, not hashes: the owner gives it these. */
struct authenticator {
    void *context; // borrowed
    /* True if this is the user's password. */
    bool (*password_matches)(void *context, struct slice user, struct slice password);
    /* True if this user may log in from a peer that is not on the loopback interface. */
    bool (*remote_allowed)(void *context, struct slice user);
};

struct engine_options {
    struct broker *broker;              // borrowed
    struct store *store;                // borrowed; NULL: nothing is kept on disk
    struct logger *log;                 // borrowed; NULL: silent
    struct authenticator authenticator; // what `context` points to is borrowed
    struct slice mechanisms;     // "PLAIN AMQPLAIN"; EXTERNAL is added for TLS peers that can
    struct slice anonymous_user; // of ANONYMOUS, if that is among the mechanisms
    struct slice product;        // server-properties
    struct slice product_version;
    struct slice cluster_name;
    struct slice storage; // how safe data is: "synced", "no-sync" or "memory"
    uint16_t channel_max;
    uint16_t heartbeat_s;
    uint64_t wall_offset_ms;    // what now_ms lacks to milliseconds since 1970
    uint32_t frame_max;         // 0 = no limit
    uint32_t initial_frame_max; // until a connection is tuned
    uint32_t handshake_timeout_ms;
    bool limit_connections; // to connections_max, which may be 0
    uint32_t connections_max;
};

struct engine *engine_new(const struct engine_options *options); // copies the slices
void engine_free(struct engine *engine);                         // no connection may be left

/* Who connected. */
struct peer {
    struct slice name;          // "127.0.0.1:41000 -> 127.0.0.1:5672", as RabbitMQ names it; copied
    struct slice external_user; // name in the verified client certificate, or empty; copied
    struct slice terms;         // of TLS (server/tls_terms.h), or empty; copied
    bool loopback;
    bool tls;
};

/* A client has connected (and finished its TLS handshake). The connection is owned by the engine
 * and freed by conn_free when its owner is done with it. */
struct conn *engine_connect(struct engine *engine, const struct peer *peer, uint64_t now_ms);

/* Carries out effects that the core had elsewhere, in starting, and clears them. */
void engine_run(struct engine *engine, struct effects *fx);

/* The end of a tick: lets effects through the gate, encodes them into the outputs of the
 * connections concerned, and has consumers go on whose output has drained. Journal records up to
 * `stored` are durable; UINT64_MAX without a journal. */
void engine_end_tick(struct engine *engine, uint64_t stored, uint64_t now_ms);

/* The name of the cluster, as server-properties have it: of connections from now on. Copies. */
void engine_set_cluster_name(struct engine *engine, struct slice name);
struct slice engine_cluster_name(const struct engine *engine); // borrowed until then

/* The ledger of logins, of whoever else lets users in as well. Borrowed. */
struct login_attempts *engine_logins(const struct engine *engine);

/* When engine_end_tick must be called next even if nothing happens until then: something in the
 * core is due. UINT64_MAX = never. */
uint64_t engine_deadline(const struct engine *engine);

/* Takes the next connection whose output, reading, deadline or end has changed since it was last
 * taken; NULL when there is no more. Valid after engine_end_tick. */
struct conn *engine_next_changed(struct engine *engine);

/* Resource alarms: publishers are told (connection.blocked), and not read from, until both clear.
 */
void engine_set_alarms(struct engine *engine, bool memory, bool disk, uint64_t now_ms);

/* Starts closing every connection with 320 and "broker forced connection closure with reason
 * 'shutdown'"; those still in their handshake are simply ended. */
void engine_shutdown(struct engine *engine, uint64_t now_ms);

#endif
