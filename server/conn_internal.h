#ifndef SERVER_CONN_INTERNAL_H
#define SERVER_CONN_INTERNAL_H

#include "amqp/frame.h"
#include "base/blob.h"
#include "base/list.h"
#include "base/text.h"
#include "server/conn.h"
#include "server/conn_channel.h"
#include "server/engine_internal.h"
#include "server/heartbeat.h"
#include "server/output.h"
#include "server/sasl.h"

/* The life of a connection:
 *
 *     GREETING -> STARTING -> TUNING -> OPENING -> OPEN <-> BLOCKED
 *         |         | |          |         |         |         |
 *         |         | +----------+----+    +---------+---------+--> CLOSED -> FINISHED
 *         |         |                 v                             ^ ^
 *         |         |                 DOOMED ---------(3 s)---------|-+
 *         |         +--> REFUSED -----(as long as its source is put off)
 *         +--(not AMQP)--> FINISHED
 *
 * REFUSED: the login was wrong, and the client will be told so, later. CLOSED: connection.close or
 * close-ok is sent, the session is over; waits for the peer to answer or to hang up. DOOMED:
 * nothing that this peer sends is of interest any more; it is made to wait, so that it does not
 * come back at once, and then cut off. */
enum conn_phase {
    CONN_GREETING,
    CONN_STARTING,
    CONN_REFUSED,
    CONN_TUNING,
    CONN_OPENING,
    CONN_OPEN,
    CONN_BLOCKED, // open, but not read from, because of an alarm
    CONN_CLOSED,
    CONN_DOOMED,
    CONN_FINISHED,
    CONN_PHASE_COUNT,
};

enum {
    /* The largest method that is sent on channel 0: connection.start. */
    CONNECTION_METHOD_MAX = 8192,
    /* Without a limit on frames there still is one: for bodies, which go straight into their
     * message, as much as a message may ever have; less for methods and headers. */
    UNLIMITED_PAYLOAD_MAX = 512 * 1024 * 1024,
    METHOD_PAYLOAD_MAX = 16 * 1024 * 1024,
    OUTPUT_WINDOW = 512 * 1024,   // unsent octets of deliveries
    OUTPUT_HIGH = 1024 * 1024,    // no more is read from a peer that leaves this much unread
    OUTPUT_LOW = OUTPUT_HIGH / 2, // until so little is left
    CLOSE_TIMEOUT_MS = 30 * 1000, // for close-ok
    SILENT_CLOSE_DELAY_MS = 3 * 1000,
};

struct conn {
    struct engine *engine;          // borrowed
    struct session *session;        // owned from open to closing; NULL otherwise
    struct list_node link;          // engine.conns
    struct list_node changed_link;  // engine.changed
    struct list_node draining_link; // engine.draining
    struct list_node stalled_link;  // engine.stalled: it has published while the disk was behind
    struct output out;
    struct channel_table channels;
    uint32_t id;
    uint32_t payload_max; // of frames received
    uint32_t body_max;    // payload of body frames sent
    uint32_t frame_left;  // octets of a large body frame that are to come, its end included
    uint32_t frame_needs; // octets that the frame at the start of the input lacks
    uint8_t phase;        // enum conn_phase
    uint8_t mechanism;    // enum sasl_mechanism
    bool throttled;       // unread output is high
    bool loopback;
    bool tls;
    bool close_notify;       // client capability authentication_failure_close
    bool blocked_notify;     // connection.blocked
    bool cancel_notify;      // consumer_cancel_notify
    uint32_t log_number;     // what stands for a process in lines of the log
    uint64_t confirms_until; // as in conn_channel, of all its channels,
    uint64_t confirms_after; // also of those that are gone
    uint64_t frames_until;   // engine.frames.out is so far once no frame for it is held
    uint16_t channel_max;    // 0 = no limit
    uint16_t heartbeat_s;
    uint16_t frame_channel; // while frame_left > 0
    uint64_t received;      // octets
    uint64_t sent;          // octets
    uint64_t reads;         // times that something was received,
    uint64_t writes;        // and that something was sent
    size_t kept;            // octets that the owner holds back for us
    uint64_t limit_at_ms;   // the phase ends by then
    uint64_t connected_ms;
    uint64_t window_used; // octets sent since the delivery window was set
    struct heartbeat heartbeat;
    struct blob *name;              // owned, as are these
    struct blob *external_user;     // or NULL
    struct blob *terms;             // of TLS, packed; or NULL
    struct blob *user;              // since the login; NULL before
    struct blob *vhost;             // since connection.open; NULL before
    struct blob *given_name;        // client property connection_name, or NULL
    struct blob *client_properties; // a field table; NULL before the login
    void *owner;                    // not ours
};

/* Puts it on the list of connections that the owner looks at. */
static inline void conn_mark_changed(struct conn *conn)
{
    if (!list_linked(&conn->changed_link)) {
        list_push(&conn->engine->changed, &conn->changed_link);
    }
}

static inline bool conn_is_open(const struct conn *conn)
{
    return conn->phase == CONN_OPEN || conn->phase == CONN_BLOCKED;
}

/* The phase as RabbitMQ's texts name it. */
const char *conn_phase_name(enum conn_phase phase);
void conn_set_phase(struct conn *conn, enum conn_phase phase);

/* The peer may still be read from; updates what depends on the amount of output. */
void conn_update_reading(struct conn *conn);

/* Lets consumers have more output again, if there is room for it. */
void conn_open_window(struct conn *conn);

/* Sends a method at once, ahead of effects that still wait: for channel 0 and the handshake. */
void conn_send_method(struct conn *conn, const struct amqp_args *args);

/* Sends a method behind the effects that there are already: for channels, and for closing. */
void conn_reply(struct conn *conn, uint16_t channel, const struct amqp_args *args);

/* Takes one frame in any phase that has frames. Returns the octets used, or 0. */
size_t conn_take_frame(struct conn *conn, struct slice input);

#endif
