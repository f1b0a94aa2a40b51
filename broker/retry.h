#ifndef BROKER_RETRY_H
#define BROKER_RETRY_H

#include "base/deadlines.h"
#include "broker/effect.h"
#include "broker/taken.h"

struct broker;
struct broker_queue;
struct delivery;

/* Delayed retry, as RabbitMQ 4.3 has it: a message that comes back to a quorum queue is held back
 * for the least delay times the number of its failed deliveries, up to the largest delay, and is
 * ready again after that, at its place in the queue. Until then it is neither ready nor unsettled;
 * to the journal it is in the queue all the time, and a record tells when it will be ready. */

/* Which of those that come back. */
enum retry_type {
    RETRY_AT_ONCE,  // none
    RETRY_ALL,      // all
    RETRY_FAILED,   // those that were rejected, or whose channel ended
    RETRY_RETURNED, // those that were nacked or recovered
};

struct retry_item {
    uint64_t at; // when it is ready
    uint64_t position;
    uint64_t expires;
    struct msg *msg; // owns one reference; NULL: it is to be looked for after recovery
};

/* What a queue holds back: a heap, the earliest first and then by position. */
struct retries {
    struct deadline due;        // broker.retry_deadlines
    struct broker_queue *queue; // borrowed: that owns it
    struct retry_item *items;   // owned
    size_t count;
    size_t cap;
    uint64_t bytes; // of the bodies
};

/* A message has come back, which counts as a failed delivery if `failed`. True if it is held back:
 * its reference has been taken over. */
bool retry_hold(struct broker_queue *queue, const struct delivery *delivery, bool failed,
                struct effects *fx);

uint64_t retry_count(const struct broker_queue *queue); // messages that are held back
uint64_t retry_bytes(const struct broker_queue *queue); // octets in their bodies

/* Gives what is due back to the queues. One call does so with a bounded number; broker_tick is due
 * again at once then. */
void retries_release(struct broker *broker, struct effects *fx);

/* Drops all that a queue holds back, and returns how many that were. */
uint64_t retries_drop(struct broker_queue *queue, struct effects *fx);

void retries_free(struct broker_queue *queue); // the memory, when nothing is held back

void retries_each(struct broker *broker, taken_visitor visit, void *context); // visits all of them

/* Recovery: a record says when a message will be ready; at its end, what is not yet is held back.
 */
void retry_restore(struct broker_queue *queue, uint64_t position, uint64_t at);
void retries_restored(struct broker_queue *queue);

#endif
