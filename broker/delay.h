#ifndef BROKER_DELAY_H
#define BROKER_DELAY_H

#include "broker/effect.h"
#include "broker/taken.h"

struct broker;
struct exchange;
struct msg;
struct vhost;

/* What exchanges of the type x-delayed-message hold back. Each has a store: a queue that nobody
 * sees, of the kind QUEUE_DELAYED and with the exchange's name, in which a message stands until it
 * is due (queue_delayed). To the journal it is a queue like any other, so that what is persistent
 * in the store of a durable exchange outlives the broker. When its time comes the message leaves
 * the store and enters the queues that its exchange's bindings lead to, for the journal in one. */

/* Gives a store to an exchange that has none. `id`: from the journal; 0: the next one. */
void delay_add_store(struct vhost *vhost, struct exchange *exchange, uint64_t id,
                     struct effects *fx);

/* The exchange goes: so does its store, if it has one, and what is in it. */
void delay_remove_store(struct exchange *exchange, struct effects *fx);

/* Puts a message into a store for as long as it asks for. */
void delay_hold(struct broker_queue *store, struct msg *msg, struct effects *fx);

/* What is in it has changed: broker_tick comes when the next message is due. */
void delay_schedule(struct broker_queue *store);

/* Publishes what is due, in the order of due times and then of arrival. One call publishes a
 * bounded number; broker_tick is due again at once then. */
void delay_release(struct broker *broker, struct effects *fx);

/* The content of a stub is here: the due messages that waited for it are published. */
void delay_fetched(struct broker *broker, const struct msg *stub, struct msg *loaded,
                   struct effects *fx);

/* Visits those that are due and wait for content. */
void delay_each(struct broker *broker, taken_visitor visit, void *context);

/* After recovery: every exchange that may hold messages back has a store, and it is scheduled. */
void delay_restored(struct vhost *vhost, struct effects *fx);

/* Forgets those that are due: the virtual host goes, or the broker (NULL). */
void delay_drop(struct broker *broker, const struct vhost *vhost);

#endif
