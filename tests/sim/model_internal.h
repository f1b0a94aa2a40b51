#ifndef TESTS_SIM_MODEL_INTERNAL_H
#define TESTS_SIM_MODEL_INTERNAL_H

#include "tests/sim/found.h"
#include "tests/sim/model.h"
#include "tests/sim/model_fact.h"

/* The state of the model, shared by its files. Nothing is ever freed before the history ends, so
 * that a pointer to a queue or a consumer that is gone can still be looked at. */
enum {
    MODEL_VHOSTS = 2,
    MODEL_LINES = 6,            // channels that clients use, channel 0 included
    MODEL_SURE_WINDOW = 200000, // octets that a connection certainly takes without having read any
};

struct model_vhost {
    struct list exchanges; // struct model_exchange.link
    struct list queues;    // struct model_queue.link
    struct list bindings;  // struct model_binding.link
    struct list bound;     // struct model_binding.bound_link: all there ever were
};

struct model {
    struct arena *arena;
    struct verdict *verdict;
    struct model_vhost vhosts[MODEL_VHOSTS];
    struct list conns;  // struct model_conn.link
    struct list events; // struct model_event.link
    struct list claims; // struct model_claim.link: told of to clients, and to be looked into
    struct model_facts facts;
    uint64_t instant; // in which things happen now
    uint64_t step;    // grows with everything that decides about turns
    uint64_t published, delivered, settled;
    uint32_t message_max;
    char doubt[120]; // why a delivery was not accounted for
    bool alarm, durable;
};

struct model_exchange {
    struct list_node link; // model_vhost.exchanges
    struct slice name, type, alternate;
    struct model_life life; // if it is durable
    bool durable, auto_delete, internal, deleted, visited;
};

struct model_queue {
    struct list_node link; // model_vhost.queues; also when it is deleted
    struct model_vhost *vhost;
    struct slice name;        // empty until the broker has told it
    struct model_conn *owner; // of an exclusive queue, or NULL
    struct list ready;        // struct model_entry.link, by position
    struct list consumers;    // struct model_consumer.queue_link
    struct list entries;      // struct model_entry.queue_link: all there ever were, by position
    struct model_life life;   // if it is durable
    uint64_t position_last;
    uint8_t priority_max;
    bool durable, auto_delete, deleted, reached;
};

struct model_binding {
    struct list_node link;       // model_vhost.bindings
    struct list_node bound_link; // model_vhost.bound
    struct model_life life;      // if both ends are durable, unless one of them ends before
    struct model_exchange *source;
    struct model_exchange *exchange; // the destination: this one,
    struct model_queue *queue;       // or this one
    struct slice key, arguments;
};

struct model_message {
    struct slice exchange, routing_key, properties, body;
    uint8_t priority;
    bool persistent;
};

enum model_outcome { OUTCOME_NONE, OUTCOME_ACK, OUTCOME_REJECT, OUTCOME_REQUEUE };

/* A message in a queue: ready, or with a channel that has not settled it. */
struct model_entry {
    struct list_node link;       // model_queue.ready, or model_channel.unsettled
    struct list_node queue_link; // model_queue.entries
    struct model_life life;      // if it must survive
    uint64_t settled_at;         // life.until is not before the end of this instant on the disk
    bool survives;               // persistent, in a durable queue
    bool shown;                  // a client has seen it
    bool passed;                 // delivered without acknowledgement
    struct model_queue *queue;
    struct model_message *message;
    uint64_t position;
    bool redelivered;
    uint64_t tag;                    // unsettled, as are the rest
    struct model_consumer *consumer; // NULL: by basic.get, or cancelled
    bool counted;                    // towards the channel's limit
    enum model_outcome pending;      // what the transaction will do with it
};

struct model_consumer {
    struct list_node queue_link;   // model_queue.consumers
    struct list_node channel_link; // model_channel.consumers
    struct model_queue *queue;
    struct model_channel *channel;
    struct slice tag; // empty until the broker has told it
    int64_t priority;
    uint64_t served_at;      // model.step
    uint64_t eligible_since; // model.step
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
    struct list unsettled;   // struct model_entry.link, by tag
    struct list unconfirmed; // struct model_unconfirmed.link, by number
    struct list pending;     // struct model_pending.link
    struct model_queue *last_queue;
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
    uint64_t taken; // octets of deliveries
    uint32_t id;
    uint16_t heartbeat_s, channel_max;
    enum model_phase phase;
    bool limited; // logged in as the user that may not configure anything
    bool close_notify, cancel_notify, blocked_notify, told_blocked;
};

enum model_event_kind { EVENT_OPERATION, EVENT_LOST, EVENT_FORCED };

struct model_event {
    struct list_node link; // model.events
    struct model_conn *conn;
    const struct op *op;
    uint64_t instant;
    enum model_event_kind kind;
};

/* The line of a channel number, or -1. */
int model_line_of(uint16_t channel);

uint32_t model_length(const struct list *list);
void model_take_over(struct list *from, struct list *to); // all that is in it

struct owed *model_owe(struct model_conn *conn, uint16_t channel, const struct amqp_args *args);
void model_owe_nothing(struct model_conn *conn); // any more
struct owed *model_owe_ok(struct model_channel *channel, enum amqp_method method);

/* Durable worlds: what clients are told of (model_claim.c), and what becomes of it. */
struct model_claim *model_claim(struct model *model, struct list *claims, uint64_t fact);
void model_claim_entry(struct model *model, struct list *claims, const struct model_entry *entry);
void model_claims_heard(struct model_conn *conn, struct list *claims, const struct heard *heard);
void model_check_claims(struct model *model);

/* Takes from the tapes whatever can be accounted for now. */
void model_explain(struct model *model);

/* Connections (model_conn.c) */
void model_conn_fail(struct model_conn *conn, enum amqp_reply code, uint32_t method_id);
void model_conn_operation(struct model_conn *conn, const struct op *op);
void model_conn_end(struct model_conn *conn);
struct model_channel *model_channel_open(struct model_conn *conn, uint16_t number);
void model_channel_stop(struct model_channel *channel); // its consumers end
void model_channel_end(struct model_channel *channel);
void model_channel_free(struct model_channel *channel);

/* What a method does on an open channel: AMQP_OK, or what the channel or connection is closed with.
 */
typedef enum amqp_reply model_handler(struct model_channel *channel, const struct op *op);
model_handler model_exchange_declare, model_exchange_delete, model_exchange_bind,
    model_exchange_unbind, model_queue_declare, model_queue_bind, model_queue_unbind,
    model_queue_purge, model_queue_delete, model_basic_qos, model_basic_consume, model_basic_cancel,
    model_basic_get, model_basic_ack, model_basic_nack, model_basic_reject, model_basic_recover,
    model_basic_recover_async, model_confirm_select, model_tx_select, model_tx_commit,
    model_tx_rollback, model_publish;

/* Topology (model_topology.c, model_binding.c) */
void model_topology_init(struct model *model);
struct model_exchange *model_exchange_find(const struct model_vhost *vhost, struct slice name);
struct model_queue *model_queue_find(const struct model_vhost *vhost, struct slice name);
enum amqp_reply model_queue_lookup(struct model_channel *channel, struct slice name,
                                   struct model_queue **out);
void model_queue_remove(struct model *model, struct model_queue *queue);
struct model_exchange *model_exchange_add(struct model *model, struct model_vhost *vhost,
                                          struct slice name, struct slice type);
struct model_queue *model_queue_add(struct model *model, struct model_vhost *vhost,
                                    struct slice name);
bool model_binding_survives(const struct model_binding *binding);
struct model_binding *model_binding_add(struct model *model, struct model_vhost *vhost,
                                        const struct model_binding *ends);
void model_binding_remove(struct model *model, struct model_vhost *vhost,
                          struct model_binding *binding);
void model_exchange_remove(struct model *model, struct model_vhost *vhost,
                           struct model_exchange *exchange);

/* Messages (model_route.c, model_settle.c, model_consume.c) */
void model_route(struct model_channel *channel, struct model_exchange *exchange,
                 const struct op *op, struct list *targets);
struct model_entry *model_enqueue(struct model *model, struct model_queue *queue,
                                  struct model_message *message);
void model_return(struct model_channel *channel, struct model_message *message, uint64_t publish);
uint8_t model_level(const struct model_entry *entry);
struct model_entry *model_take(struct model_queue *queue); // the first that is ready, or NULL
void model_hand_over(struct model_channel *channel, struct model_entry *entry, bool no_ack,
                     uint64_t instant);
void model_settle_entry(struct model *model, struct model_entry *entry, enum model_outcome outcome);
bool model_consumer_may(const struct model_consumer *consumer); // take a message, by its credit
void model_consumer_end(struct model_consumer *consumer);
void model_consumer_forget(struct model_consumer *consumer);
bool model_message_is(const struct model_message *message, const struct heard *heard,
                      struct slice exchange, struct slice routing_key);

#endif
