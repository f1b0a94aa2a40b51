#ifndef BROKER_TAKEN_H
#define BROKER_TAKEN_H

struct broker;
struct broker_queue;
struct delivery;
struct unsettled_item;

/* Messages that were taken from their queues and are not done with: unsettled ones, those whose
 * settling waits for a transaction's commit, dead letters and delayed messages on their way, those
 * that are held back for a delayed retry. To the
 * journal they still are in their queues. */
typedef void (*taken_visitor)(void *context, struct broker_queue *queue,
                              const struct delivery *delivery);

void taken_item(const struct unsettled_item *item, taken_visitor visit, void *context); // this one

/* Visits all of them; the order is that of what happened. The queue may be deleted. */
void taken_each(struct broker *broker, taken_visitor visit, void *context);

#endif
