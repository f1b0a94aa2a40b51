#ifndef BROKER_REDELIVERY_H
#define BROKER_REDELIVERY_H

#include "broker/effect.h"

struct broker_queue;
struct delivery;

/* Messages that come back to their queue unacknowledged, where the queue counts that: however they
 * come back, each time is a failed delivery, as in RabbitMQ before 4.3. A message may come back as
 * often as x-delivery-limit says; the next time it dies. */

/* The message comes back. Counts that, for the journal too, and returns true; or false if it was
 * once too often. Always true in a queue that does not count. */
bool redelivery_allowed(struct broker_queue *queue, const struct delivery *delivery,
                        struct effects *fx);

/* For queues that have counted something: a message was taken, and how many times it had failed; it
 * was put back. */
uint32_t redelivery_taken(struct broker_queue *queue, const struct delivery *delivery);
void redelivery_put_back(struct broker_queue *queue, const struct delivery *delivery);

/* The flags of the DELIVER or GET, to be made next, for a message that is redelivered. */
uint8_t redelivery_flags(const struct delivery *delivery, struct effects *fx);

#endif
