#ifndef TESTS_SIM_MODEL_CONN_H
#define TESTS_SIM_MODEL_CONN_H

#include "tests/sim/model_message.h"
#include "tests/sim/model_topology.h"
#include "tests/sim/stream.h"
#include "tests/sim/tape.h"

struct model;

enum { MODEL_LINES = 6 }; // channels that clients use, channel 0 included

/* Connections, their channels, and what the broker owes to them. */
struct model_consumer {
    struct list_node queue_link;   // model_queue.consumers
    struct list_node channel_link; // model_channel.consumers
    struct list_node waiting_link; // model_channel.waiting
    struct model_queue *queue;
    struct model_channel *channel;
    struct slice tag; // empty until the broker has told it
    int64_t priority;
    uint64_t served_at;      // model.step
    uint64_t eligible_since; // model.step
    uint64_t turn;           // model.step: those of a queue have their turns in this order
    uint16_t prefetch;
    bool no_ack, exclusive, announced;
};

/* A client has been told that something is durable. */
struct model_claim {
    struct list_node link;           // model.claims; owed.claims, model_unconfirmed.claims before
    const struct model_entry *entry; // this message; or
    uint64_t fact;                   // this
    struct moment said;
    struct model_conn *conn;
    const char *by; // which method
};

struct model_unconfirmed {
    struct list_node link; // model_channel.unconfirmed
    struct list claims;    // struct model_claim.link
    uint64_t number;
    bool refused; // a queue would not have it
};

/* A publish in a transaction. */
struct model_pending {
    struct list_node link; // model_channel.pending
    struct model_message *message;
    struct list targets; // struct model_target.link
    bool mandatory;
};

struct model_target {
    struct list_node link; // model_pending.targets, or of a route
    struct model_queue *queue;
};

enum model_mode { MODE_PLAIN, MODE_CONFIRM, MODE_TX };

struct model_channel {
    struct list_node link; // model_conn.channels
    struct model_conn *conn;
    struct list consumers;   // struct model_consumer.channel_link
    struct list waiting;     // struct model_consumer.waiting_link: its limit is used up
    struct list unsettled;   // struct model_entry.link, by tag
    struct list unconfirmed; // struct model_unconfirmed.link, by number
    struct list pending;     // struct model_pending.link
    struct list settling;    // struct model_entry.pending_link: by the transaction, in this order
    struct model_queue *last_queue; // declared
    struct model_queue *served;     // whose message came last by a consumer
    uint64_t tag_last, publish_last;
    uint16_t number, prefetch_limit, prefetch_next;
    uint8_t line;
    enum model_mode mode;
    bool closing;
};

/* Something that the broker has to say. */
struct owed {
    struct list_node link;           // model_line.owed
    struct list claims;              // struct model_claim.link
    struct amqp_args args;           // of *_close only the numbers count
    struct model_queue *queue;       // declare-ok: the name may be the broker's choice
    struct model_consumer *consumer; // consume-ok: likewise
    struct model_message *message;   // get-ok, return
    struct model_entry *entry;       // get-ok
    uint32_t failed;                 // get-ok: as of the entry, then
    uint64_t publish;                // return: of which publish, in confirm mode
    bool any_code, any_ids;
};

struct model_line {
    struct list owed; // struct owed.link
    struct model_channel *channel;
};

enum model_phase {
    PHASE_GREETING,
    PHASE_STARTING,
    PHASE_REFUSED, // and will be told so
    PHASE_TUNING,
    PHASE_OPENING,
    PHASE_OPEN,
    PHASE_CLOSED, // connection.close or close-ok is said
    PHASE_DOOMED, // nothing is said, and nothing listened to
    PHASE_GONE,
};

struct model_conn {
    struct list_node link; // model.conns
    struct model *model;
    struct tape *tape; // borrowed
    struct model_vhost *vhost;
    struct list channels; // struct model_channel.link, in order of opening; closing ones too
    struct model_line lines[MODEL_LINES];
    uint64_t taken;      // octets of deliveries
    uint64_t refused_at; // its login, in milliseconds
    uint32_t id;
    uint16_t heartbeat_s, channel_max;
    enum model_phase phase;
    bool limited; // logged in as the user that may not configure anything
    bool close_notify, cancel_notify, blocked_notify, told_blocked;
};

enum model_event_kind { EVENT_OPERATION, EVENT_LOST, EVENT_FORCED, EVENT_TICK };

struct model_event {
    struct list_node link;   // model.events
    struct model_conn *conn; // NULL: EVENT_TICK
    const struct op *op;
    uint64_t instant, now_ms;
    enum model_event_kind kind;
};

#endif
