#ifndef BROKER_RECOVERY_H
#define BROKER_RECOVERY_H

#include "broker/effect.h"
#include "broker/outcome.h"

struct broker;

/* A start: a new broker (broker_options.durable) is told, before anything else happens to it, the
 * blocks of a checkpoint and then, in order, the records behind the checkpoint's position. The
 * ledger (broker_ledger) must know the journal's segments by then, and broker_set_time the time. A
 * group of records (EFFECT_MORE) without its end is for the caller to leave out.
 *
 *     broker_apply ...    does what the outcome says and no more: what follows from it, like the
 *                         end of an auto-delete exchange, has records of its own. False, having
 *                         done nothing or part of it, if the outcome is malformed or of an unknown
 *                         type. An outcome that was applied before changes nothing if all that
 *                         came after it is applied again, too.
 *     broker_restored     all has been applied. What had been handed out is ready again, what has
 *                         expired meanwhile goes now. Emits effects like any operation.
 *
 * For those who only look there is broker_restored_unchanged in its place: queues keep what is too
 * old or too much, as the journal has it. */
bool broker_apply(struct broker *broker, const struct outcome *outcome);
void broker_restored(struct broker *broker, struct effects *fx);
void broker_restored_unchanged(struct broker *broker, struct effects *fx);

#endif
