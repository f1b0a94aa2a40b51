#ifndef TESTS_SIM_MODEL_TOPOLOGY_H
#define TESTS_SIM_MODEL_TOPOLOGY_H

#include "tests/sim/model_fact.h"
#include "tests/sim/terms.h"

struct model_conn;
struct model_consumer;

/* What clients declare. Nothing is ever freed before the history ends, so that a pointer to a queue
 * that is gone can still be looked at. */
struct model_vhost {
    struct list exchanges; // struct model_exchange.link
    struct list queues;    // struct model_queue.link
    struct list stores;    // struct model_queue.link: what exchanges hold back
    struct list bindings;  // struct model_binding.link
    struct list bound;     // struct model_binding.bound_link: all there ever were
};

struct model_exchange {
    struct list_node link; // model_vhost.exchanges
    struct slice name, type, alternate;
    struct slice inner;        // the type that it routes by: x-delayed-type, or `type`
    struct model_queue *store; // if it holds messages back
    struct model_life life;    // if it is durable
    bool durable, auto_delete, internal, deleted, visited;
};

/* When something about a queue is due. What is due at the same time happens in the order in which
 * the times were set. */
struct model_due {
    uint64_t at, order;
    bool set;
};

struct model_queue {
    struct list_node link;         // model_vhost.queues or stores; also when it is deleted
    struct list_node touched_link; // model.touched
    struct model_vhost *vhost;
    struct slice name;               // empty until the broker has told it
    struct slice arguments;          // as it was declared with
    struct model_conn *owner;        // of an exclusive queue, or NULL
    struct model_consumer *active;   // x-single-active-consumer: who has its turn, or NULL
    struct model_exchange *exchange; // whose store it is, or NULL
    struct list ready;           // struct model_entry.link, by position; of a store, by due times
    struct list held;            // struct model_entry.link: come back, by time and position
    struct list consumers;       // struct model_consumer.queue_link
    struct list entries;         // struct model_entry.queue_link: all there ever were, by position
    struct model_life life;      // if it is durable
    struct model_due head_due;   // a look at what is first
    struct model_due retry_due;  // the first of those that are held back is ready
    struct model_due unused_due; // its end
    struct terms terms;
    uint64_t position_last;
    bool durable, auto_delete, deleted, reached, touched;
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

#endif
