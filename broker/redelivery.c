#include "broker/redelivery.h"

#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"

bool redelivery_allowed(struct broker_queue *queue, const struct delivery *delivery,
                        struct effects *fx)
{
    if (!queue->limits.counts_attempts) {
        return true;
    }
    struct attempt *attempt = attempts_obtain(&queue->attempts, delivery->position);
    attempt->out = true;
    attempt->failed += attempt->failed < UINT32_MAX;
    if (attempt->failed > queue->limits.delivery_limit) {
        return false;
    }
    if (queue_journals(queue->messages, delivery->msg)) {
        attempt->journaled = true;
        outcome_attempts(queue, delivery->position, attempt->failed, fx);
    }
    return true;
}

uint32_t redelivery_taken(struct broker_queue *queue, const struct delivery *delivery)
{
    struct attempt *attempt = attempts_find(&queue->attempts, delivery->position);
    if (!attempt) {
        return 0;
    }
    attempt->out = true;
    return attempt->failed;
}

void redelivery_put_back(struct broker_queue *queue, const struct delivery *delivery)
{
    struct attempt *attempt = attempts_find(&queue->attempts, delivery->position);
    if (attempt) {
        attempt->out = false;
    }
}

uint8_t redelivery_flags(const struct delivery *delivery, struct effects *fx)
{
    if (delivery->failed == 0) {
        return EFFECT_REDELIVERED;
    }
    *effects_next(fx) = (struct effect){.kind = EFFECT_FAILED, .number = delivery->failed};
    return EFFECT_REDELIVERED | EFFECT_COUNTED;
}
