#include "broker/enqueue.h"

#include "broker/broker_internal.h"
#include "broker/consumer.h"
#include "broker/journal.h"

void enqueue(struct broker_queue *queue, struct msg *msg, struct effects *fx)
{
    struct consumer *consumer =
        queue_ready_count(queue->messages) == 0 ? consumer_next(queue) : NULL;
    if (!consumer) {
        uint64_t position = queue_push(queue->messages, msg);
        queue->vhost->broker->counters.messages_ready++;
        journal_store(queue, msg, position, fx);
        return;
    }
    struct delivery delivery = {.msg = msg_ref(msg), .position = queue_pass(queue->messages)};
    journal_store(queue, msg, delivery.position, fx);
    consumer_deliver(consumer, &delivery, fx);
}

void enqueue_return(struct channel *channel, struct msg *msg, struct effects *fx)
{
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_RETURN,
        .conn = channel->session->conn,
        .channel = channel->number,
        .msg = msg,
    };
}
