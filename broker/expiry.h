#ifndef BROKER_EXPIRY_H
#define BROKER_EXPIRY_H

#include "broker/effect.h"

struct broker;
struct broker_queue;
struct msg;

/* Time in the core: messages that expire, and queues that do. RabbitMQ's rule for classic queues:
 * a message goes when it has expired and is at the head; behind a live head it stays. */

/* When this message would expire in this queue, from now: the smaller of x-message-ttl and its own
 * expiration; QUEUE_NEVER. */
uint64_t expiry_of(const struct broker_queue *queue, const struct msg *msg);

/* Drops (or dead-letters) what has expired at the head, and sees to it that broker_tick comes when
 * the next one does. To be called before messages are handed out, and after one that expires was
 * put in. One call drops a bounded number. False if the head has expired even so: then nothing is
 * to be handed out, and broker_tick, which is due at once, goes on. */
bool expiry_trim(struct broker_queue *queue, struct effects *fx);

/* The same with all that has expired at the head, for somebody who is told what is there. */
void expiry_trim_all(struct broker_queue *queue, struct effects *fx);

/* The queue is in use now: x-expires counts from here, or not at all while it has consumers. */
void expiry_touch(struct broker_queue *queue);

/* The queue goes. */
void expiry_forget(struct broker_queue *queue);

#endif
