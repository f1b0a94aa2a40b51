#ifndef TESTS_SIM_MODEL_MESSAGE_H
#define TESTS_SIM_MODEL_MESSAGE_H

#include "tests/sim/model_fact.h"

struct model_channel;
struct model_consumer;
struct model_queue;

struct model_message {
    struct slice exchange, routing_key, properties, body;
    uint64_t ttl_ms; // its expiration; TERMS_NONE
    uint8_t priority;
    bool prioritised; // says what its priority is
    bool persistent;
    bool rewritten; // by the broker: the order of the headers is its choice
};

enum model_outcome {
    OUTCOME_NONE,
    OUTCOME_ACK,
    OUTCOME_REJECT,
    OUTCOME_REQUEUE, // nacked or recovered
    OUTCOME_FAIL,    // rejected, or its channel has ended; and it comes back
};

/* A message in a queue: ready, or with a channel that has not settled it. */
struct model_entry {
    struct list_node link;       // model_queue.ready or held, or model_channel.unsettled
    struct list_node queue_link; // model_queue.entries
    struct list_node group_link; // model.grouped
    struct list attempts;        // struct model_attempt.link, oldest first
    struct model_life life;      // if it must survive
    uint64_t settled_at;         // life.until is not before the end of this instant on the disk
    bool survives;               // persistent, or in a quorum queue; and the queue is durable
    bool shown;                  // a client has seen it
    bool passed;                 // delivered without acknowledgement
    struct model_queue *queue;
    struct model_message *message;
    uint64_t position;
    uint64_t expires; // or, in a store, is due; TERMS_NONE
    uint32_t failed;  // how often it came back, if the queue counts that
    uint64_t until;   // held back, or was; 0
    uint64_t came_at; // model.happened
    bool redelivered;
    bool absent;                     // due, and its content is not there
    uint64_t tag;                    // unsettled, as are the rest
    struct model_channel *channel;   // who has it
    struct model_consumer *consumer; // NULL: by basic.get, or cancelled
    bool counted;                    // towards the channel's limit
    enum model_outcome pending;      // what the transaction will do with it,
    struct list_node pending_link;   // in this turn: model_channel.settling
};

/* How often a message has come back from this fact on, and how long it is held back. */
struct model_attempt {
    struct list_node link; // model_entry.attempts
    uint64_t fact;
    uint64_t until; // as of the entry
    uint32_t failed;
};

enum model_reason { REASON_REJECTED, REASON_EXPIRED, REASON_MAXLEN, REASON_DELIVERY_LIMIT };

/* A message that has died, and will be published when the operation is through. */
struct model_letter {
    struct list_node link; // model.letters
    struct model_queue *queue;
    struct model_message *message;
    struct model_entry *entry; // NULL: the queue refused it
    uint64_t time_s;
    enum model_reason reason;
    bool absent; // its content is not there
};

/* A content is being read. */
struct model_fetch {
    struct list_node link; // model.fetches
    bool *absent;          // until then
};

#endif
