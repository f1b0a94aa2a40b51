#ifndef TESTS_SIM_MODEL_INTERNAL_H
#define TESTS_SIM_MODEL_INTERNAL_H

#include "tests/sim/absence.h"
#include "tests/sim/found.h"
#include "tests/sim/model.h"
#include "tests/sim/model_conn.h"

/* The state of the model, shared by its files, which share these functions, too. */
#define MODEL_DELAYED SLICE("x-delayed-message")

enum {
    MODEL_VHOSTS = 2,
    MODEL_SURE_WINDOW = 200000, // octets that a connection certainly takes without having read any
};

struct model {
    struct arena *arena;
    struct verdict *verdict;
    struct absences *absences;
    struct model_vhost vhosts[MODEL_VHOSTS];
    struct list conns;   // struct model_conn.link
    struct list events;  // struct model_event.link
    struct list claims;  // struct model_claim.link: told of to clients, and to be looked into
    struct list letters; // struct model_letter.link
    struct list dues;    // struct model_entry.link: taken from their stores, to be published
    struct list fetches; // struct model_fetch.link: contents that are being read
    struct list touched; // struct model_queue.touched_link
    struct list grouped; // struct model_entry.group_link: settled in the group that is open
    struct model_queue *serving; // deliveries from no other one are thought of; NULL: from any
    struct model_facts facts;
    uint64_t group_from; // the last fact before the group
    uint32_t group_stores;
    bool group_open;
    uint64_t instant, clock_ms; // of what happens now
    uint64_t now_ms;            // of what is being thought about
    uint64_t dues_set;          // so many times something was said to be due
    uint64_t step;              // grows with everything that decides about turns
    uint64_t happened;          // events
    uint64_t published, delivered, settled, cycles;
    uint64_t unsure; // so many of those settled may not count
    uint32_t message_max;
    char doubt[120]; // why a delivery was not accounted for
    bool alarm, durable;
    bool in_bulk; // the events of a tick are thought about when all of them have happened
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
void model_explain_queue(struct model *model, struct model_queue *queue); // or reaches its queue

/* Connections (model_conn.c) */
void model_conn_fail(struct model_conn *conn, enum amqp_reply code, uint32_t method_id);
void model_conn_tell_refusal(struct model_conn *conn); // of its login, if it is time to
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

/* Fails unless some first part of the facts explains what is found after a crash; `whole`: all of
 * them (model_compare.c). */
void model_find_cut(struct model *model, const struct found *found, bool whole);

/* Where a message goes: `targets` gets a struct model_target for each queue. `exchange`: NULL if
 * there is none. */
struct model_route {
    struct model_vhost *vhost;
    struct model_exchange *exchange;
    struct slice routing_key, headers;
    struct slice keys_from; // headers with CC
    bool blind;             // BCC counts, too
};
void model_route(struct model *model, const struct model_route *route, struct list *targets);

/* Messages (model_settle.c, model_consume.c) */
/* False: the queue would not have it. What is to be confirmed is added to the claims, unless NULL.
 */
bool model_enqueue(struct model *model, struct model_queue *queue, struct model_message *message,
                   struct list *claims);
struct model_entry *model_entry_add(struct model *model, struct model_queue *queue,
                                    struct model_message *message, uint64_t expires);
void model_entry_put(struct model_entry *entry); // among those that are ready
struct amqp_properties;
uint64_t model_ttl_of(const struct amqp_properties *properties); // TERMS_NONE
void model_return(struct model_channel *channel, struct model_message *message, uint64_t publish);
uint8_t model_level(const struct model_entry *entry);
void model_count_settled(struct model *model, struct model_entry *entry); // in the order of facts
struct model_entry *model_take(struct model_queue *queue); // the first that is ready, or NULL
void model_hand_over(struct model_channel *channel, struct model_entry *entry, bool no_ack,
                     uint64_t instant);
void model_note_attempt(struct model *model, struct model_entry *entry); // as of now
void model_settle_entry(struct model *model, struct model_entry *entry, enum model_outcome outcome);
bool model_consumer_may(const struct model_consumer *consumer); // take a message, by its credit
void model_consumer_end(struct model_consumer *consumer);
void model_consumer_forget(struct model_consumer *consumer);

/* What a client is shown is this message (model_match.c); `failed` as of struct model_entry. */
struct model_shown {
    struct slice exchange, routing_key, properties, body;
    uint32_t failed;
};
bool model_message_is(struct model *model, const struct model_message *message,
                      const struct model_shown *shown);

/* Limits and ages of queues (model_limit.c): drops what is too old; that and what is too much. */
void model_expire(struct model *model, struct model_queue *queue);
void model_trim(struct model *model, struct model_queue *queue);
bool model_is_full(const struct model_queue *queue, const struct model_message *message);

/* A queue whose consumers may get something at the end of the operation; the end of it. */
void model_touch(struct model *model, struct model_queue *queue);
void model_serve_touched(struct model *model);
void model_serve(struct model *model); // what is not waiting for a content
void model_finish(struct model *model);

/* Dead letters (model_letter.c). `entry` is NULL if the queue refused the message. */
void model_die(struct model *model, struct model_queue *queue, struct model_message *message,
               struct model_entry *entry, enum model_reason reason);
void model_send_letters(struct model *model);        // up to the first without content
void model_fetch(struct model *model, bool *absent); // which is true until it has been read
bool model_fetched(struct model *model);             // the next one has; false if there is none
struct model_message *model_dead_message(struct model *model, const struct model_letter *letter);
bool model_is_cycle(const struct model_message *message, enum model_reason reason,
                    struct slice queue);

/* What happens between these is in the journal as one (model_group.c). `awaited`: also if it is
 * nothing but that something is settled. */
void model_group_begin(struct model *model);
void model_group_end(struct model *model, bool awaited);

/* What is held back (model_delay.c) */
void model_store_add(struct model *model, struct model_vhost *vhost,
                     struct model_exchange *exchange);
uint64_t model_delay_of(struct slice headers); // 0: not at all
void model_hold(struct model *model, struct model_queue *store, struct model_message *message,
                struct list *claims);
void model_schedule(struct model *model, struct model_queue *store);
void model_release(struct model *model);
void model_send_dues(struct model *model); // up to the first without content

/* Time (model_time.c) */
void model_tick_now(struct model *model);
void model_due_set(struct model *model, struct model_due *due, uint64_t at);
void model_touch_unused(struct model *model, struct model_queue *queue);

#endif
