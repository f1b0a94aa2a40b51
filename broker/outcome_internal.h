#ifndef BROKER_OUTCOME_INTERNAL_H
#define BROKER_OUTCOME_INTERNAL_H

#include "broker/effect.h"
#include "broker/outcome.h"

struct broker;
struct broker_queue;
struct delivery;
struct purged;
struct topology;

/* What the core's files tell the journal. Of messages it hears what lasts: persistent ones of
 * durable queues, and all of quorum queues (queue_journals). */

/* The message is at this position of the queue now. `passed`: a consumer gets it at once. */
void outcome_store(struct broker_queue *queue, const struct delivery *delivery, bool passed,
                   struct effects *fx);

/* The message that this position of the queue held is done with. */
void outcome_settle(struct broker_queue *queue, struct msg *msg, uint64_t position,
                    struct effects *fx);

/* The queue has been purged: tells of what is in *purged, which stays the caller's. */
void outcome_purge(struct broker_queue *queue, const struct purged *purged, struct effects *fx);

/* Messages of the queue up to this position may have been handed out. Returns the number. */
uint64_t outcome_mark(struct broker_queue *queue, uint64_t position, struct effects *fx);

/* Something that lasts was made or removed. */
void outcome_topology(struct broker *broker, const struct topology *topology, struct effects *fx);

/* What is told from `begin` (fx->count then) until now happened all at once, or not at all.
 * `awaited`: somebody is told that it lasts, be it a single SETTLE. */
void outcome_group(struct broker *broker, uint32_t begin, bool awaited, struct effects *fx);

#endif
