#ifndef BROKER_ENQUEUE_H
#define BROKER_ENQUEUE_H

#include "broker/effect.h"

struct broker_queue;
struct channel;

/* Gives a queue a message: to the consumer whose turn it is, if nothing is ahead of it, else to the
 * store. Takes a reference of its own. One that the queue has seen before (x-message-deduplication)
 * is dropped. False if the queue is full and refuses what is published then (x-overflow). */
bool enqueue(struct broker_queue *queue, struct msg *msg, struct effects *fx);

/* Drops what is beyond the queue's limits, and then what has expired, from its head: as
 * expiry_trim, a bounded number of those. */
bool enqueue_trim(struct broker_queue *queue, struct effects *fx);

/* Sends a mandatory message that no queue took back to its publisher. Takes msg over. */
void enqueue_return(struct channel *channel, struct msg *msg, struct effects *fx);

#endif
