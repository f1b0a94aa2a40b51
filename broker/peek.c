#include "broker/peek.h"

#include "broker/broker_internal.h"
#include "broker/broker_queue.h"

static uint32_t failed_of(const struct broker_queue *queue, uint64_t position)
{
    const struct attempt *attempt =
        queue->attempts.count > 0 ? attempts_find(&queue->attempts, position) : NULL;
    return attempt ? attempt->failed : 0;
}

enum amqp_reply broker_peek(struct channel *channel, const struct peek *peek, struct peeked *out,
                            struct effects *fx)
{
    struct broker_queue *queue = NULL;
    struct delivery delivery;
    *out = (struct peeked){.msg = NULL};
    enum amqp_reply reply = broker_queue_to_read(channel, peek->queue, &queue, fx);
    if (reply || peek->position == 0 ||
        !queue_peek(queue->messages, peek->position - 1, &delivery)) {
        return reply;
    }
    *out = (struct peeked){.msg = delivery.msg,
                           .behind = queue_ready_count(queue->messages) - peek->position,
                           .failed = failed_of(queue, delivery.position),
                           .redelivered = delivery.redelivered};
    return AMQP_OK;
}
