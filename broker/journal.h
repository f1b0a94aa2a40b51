#ifndef BROKER_JOURNAL_H
#define BROKER_JOURNAL_H

#include "broker/effect.h"

struct broker_queue;
struct msg;

/* What of a message's life goes to the journal: only persistent messages on durable queues do. */

/* msg has been given this position in the queue. */
void journal_store(struct broker_queue *queue, struct msg *msg, uint64_t position,
                   struct effects *fx);

/* The message at this position is done with. */
void journal_settle(struct broker_queue *queue, const struct msg *msg, uint64_t position,
                    struct effects *fx);

#endif
