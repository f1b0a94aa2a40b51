#include "broker/journal.h"

#include "broker/broker_internal.h"

static bool journaled(const struct broker_queue *queue, const struct msg *msg)
{
    return msg->persistent && queue->durable && !queue->deleted;
}

void journal_store(struct broker_queue *queue, struct msg *msg, uint64_t position,
                   struct effects *fx)
{
    if (journaled(queue, msg)) {
        *effects_next(fx) = (struct effect){
            .kind = EFFECT_STORE,
            .number = position,
            .after = ++queue->vhost->broker->record_last,
            .msg = msg_ref(msg),
            .queue = queue->id,
        };
    }
}

void journal_settle(struct broker_queue *queue, const struct msg *msg, uint64_t position,
                    struct effects *fx)
{
    queue->vhost->broker->counters.settled++;
    if (journaled(queue, msg)) {
        *effects_next(fx) = (struct effect){
            .kind = EFFECT_SETTLE,
            .number = position,
            .after = ++queue->vhost->broker->record_last,
            .queue = queue->id,
        };
    }
}
