#ifndef BROKER_OUTCOME_INTERNAL_H
#define BROKER_OUTCOME_INTERNAL_H

#include "broker/broker_internal.h"
#include "broker/outcome.h"

struct purged;
struct topology;

/* What the core's files tell the journal. Of messages it hears what lasts: persistent ones of
 * durable queues, and all of quorum queues (queue_journals). */

/* The message, which lasts, is at this position of the queue now. */
void outcome_store_lasting(struct broker_queue *queue, const struct delivery *delivery, bool passed,
                           struct effects *fx);

/* The message is at this position of the queue now. `passed`: a consumer gets it at once. */
static inline void outcome_store(struct broker_queue *queue, const struct delivery *delivery,
                                 bool passed, struct effects *fx)
{
    if (queue_journals(queue->messages, delivery->msg)) {
        outcome_store_lasting(queue, delivery, passed, fx);
    }
}

/* The message, which lasts or has its content in the journal, is done with. */
void outcome_settle_stored(struct broker_queue *queue, struct msg *msg, uint64_t position,
                           struct effects *fx);

/* The message that this position of the queue held is done with. */
static inline void outcome_settle(struct broker_queue *queue, struct msg *msg, uint64_t position,
                                  struct effects *fx)
{
    queue->vhost->broker->counters.settled++;
    if (queue->attempts.count > 0) {
        attempts_drop(&queue->attempts, position);
    }
    if (msg->stub || queue_journals(queue->messages, msg)) {
        outcome_settle_stored(queue, msg, position, fx);
    }
}

/* The queue has been purged: tells of what is in *purged, which stays the caller's. */
void outcome_purge(struct broker_queue *queue, const struct purged *purged, struct effects *fx);

/* The message is about to be handed out. Returns the number of the record that this depends on; 0
 * if on none. */
static inline uint64_t outcome_deliver(struct broker_queue *queue, const struct delivery *delivery,
                                       struct effects *fx)
{
    return queue_journals(queue->messages, delivery->msg) ? mark_lasting(queue, delivery, fx) : 0;
}

/* Messages of the queue up to this position may have been handed out. Returns the number. */
uint64_t outcome_mark(struct broker_queue *queue, uint64_t position, struct effects *fx);

/* The message that came back to this position of the queue has been handed out in vain so often.
 * Nobody waits for that. */
void outcome_attempts(struct broker_queue *queue, uint64_t position, uint32_t failed,
                      struct effects *fx);

/* The message that came back to this position of the queue is not ready before this time. Nobody
 * waits for that. */
void outcome_retry(struct broker_queue *queue, uint64_t position, uint64_t at, struct effects *fx);

/* Something that lasts was made or removed. */
void outcome_topology(struct broker *broker, const struct topology *topology, struct effects *fx);

/* What is told from `begin` (fx->count then) until now happened all at once, or not at all.
 * `awaited`: somebody is told that it lasts, be it a single SETTLE. */
void outcome_group(struct broker *broker, uint32_t begin, bool awaited, struct effects *fx);

#endif
