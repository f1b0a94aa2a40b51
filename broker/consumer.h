#ifndef BROKER_CONSUMER_H
#define BROKER_CONSUMER_H

#include "base/list.h"
#include "broker/effect.h"

struct broker;
struct broker_queue;
struct channel;
struct consumer;
struct delivery;
struct session;
struct touched;

/* Subscriptions, and who gets what. A consumer is in its queue's rotation unless it waits for
 * something (enum consumer_wait); between operations no queue has both a ready message and a
 * consumer that could take it. */
struct consumer_options {
    struct channel *channel;
    struct broker_queue *queue;
    struct slice tag;
    struct slice arguments; // of basic.consume, a field table
    int64_t priority;
    uint64_t timeout_ms; // x-consumer-timeout; UINT64_MAX = as the queue has it
    bool no_ack;
    bool exclusive;
};

struct consumer *consumer_add(const struct consumer_options *options);

/* Ends it without a word to anybody. Its unsettled messages stay with the channel. */
void consumer_remove(struct consumer *consumer);

/* The same, and an auto-delete queue goes with its last consumer; if it was the queue's single
 * active one, the next has its turn. */
void consumer_end(struct consumer *consumer, struct touched *touched, struct effects *fx);

/* Tells the client that it is over, if its connection asked for that. */
void consumer_notify_cancel(struct consumer *consumer, struct effects *fx);

/* The consumer whose turn it is, and which can take a message now; NULL if there is none. */
struct consumer *consumer_next(struct broker_queue *queue);

/* Gives it a message, which depends on the journal record of that number. Takes over the delivery's
 * reference. If the consumer does not acknowledge, the caller settles. */
void consumer_deliver(struct consumer *consumer, const struct delivery *delivery, uint64_t after,
                      struct effects *fx);

/* Hands out ready messages while somebody can take them. */
void broker_queue_serve(struct broker_queue *queue, struct effects *fx);

/* An unsettled message of this consumer (NULL if it is gone) on this channel has been settled:
 * who waited for that is back in the rotation, and the queues to be served are touched. */
void consumer_credit(struct channel *channel, struct consumer *consumer, struct touched *touched);

/* The channel's limit no longer binds: all who waited for it are back in their rotations. */
void channel_release_waiting(struct channel *channel, struct touched *touched);

/* The connection's output has room again: likewise. */
void session_release_waiting(struct session *session, struct touched *touched);

/* A set of queues to be served once an operation on several messages is through; what died on the
 * way is dead-lettered then, too. */
struct touched {
    struct broker *broker;
    struct list queues; // struct broker_queue.touched_link
};

void touched_init(struct touched *touched, struct broker *broker);
void touched_add(struct touched *touched, struct broker_queue *queue); // any number of times
void touched_serve(struct touched *touched, struct effects *fx);       // and empties it

#endif
