#include "broker/enqueue.h"

#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/consumer.h"
#include "broker/dead_letter.h"
#include "broker/delay.h"
#include "broker/duplicates.h"
#include "broker/expiry.h"
#include "broker/outcome_internal.h"
#include "broker/retry.h"
#include "broker/stock.h"

/* Whether there would be too many if there were so many ready ones: what is held back counts. */
static bool over_limits(const struct broker_queue *queue, uint64_t messages, uint64_t bytes)
{
    return messages + retry_count(queue) > queue->limits.length_max ||
           bytes + retry_bytes(queue) > queue->limits.bytes_max;
}

/* Whether the queue refuses to take one more. */
static bool is_full(const struct broker_queue *queue, const struct msg *msg)
{
    return queue->limits.overflow != OVERFLOW_DROP_HEAD &&
           over_limits(queue, queue_ready_count(queue->messages) + 1,
                       queue->ready_bytes + msg->body_len);
}

bool enqueue_trim(struct broker_queue *queue, struct effects *fx)
{
    uint64_t ready;
    while (queue->limits.overflow == OVERFLOW_DROP_HEAD &&
           (ready = queue_ready_count(queue->messages)) > 0 &&
           over_limits(queue, ready, queue->ready_bytes)) {
        broker_queue_drop_head(queue, DEATH_MAXLEN, fx);
    }
    return expiry_trim(queue, fx); // of the head that is left
}

/* Puts it behind what is there. */
static void store(struct broker_queue *queue, struct msg *msg, uint64_t expires, struct effects *fx)
{
    struct delivery place = {.msg = msg, .expires = expires};
    place.position = broker_queue_put(queue, msg, expires);
    outcome_store(queue, &place, false, fx);
    if (queue->bounded || expires != QUEUE_NEVER) {
        enqueue_trim(queue, fx);
    }
}

/* Whether a message that nobody waits for is gone at once. It would do no harm at the head; behind
 * a live one, which is there since before the time to live was 0, it would count for the limits. */
static bool is_gone_at_once(const struct broker_queue *queue)
{
    return queue->limits.ttl_ms == 0 && !queue->limits.dead_letters && queue->kind == QUEUE_CLASSIC;
}

bool enqueue(struct broker_queue *queue, struct msg *msg, struct effects *fx)
{
    if (queue->bounded) {
        stock_use(queue, queue->vhost->broker); // also if it is refused
        if (queue->kind == QUEUE_DELAYED) {
            delay_hold(queue, msg, fx);
            return true;
        }
        if (!expiry_trim(queue, fx) && is_full(queue, msg)) {
            expiry_trim_all(queue, fx); // nothing that is too old is in the way
        }
        if (is_full(queue, msg)) {
            if (queue->limits.overflow == OVERFLOW_REJECT_DEAD_LETTER) {
                dead_letter(queue, &(struct delivery){.msg = msg}, DEATH_MAXLEN, fx);
            }
            return false;
        }
        if (duplicates_queued(queue->seen, msg, queue->vhost->broker->now_ms)) {
            queue->vhost->broker->counters.duplicates++;
            return true;
        }
    }
    uint64_t expires = queue->bounded || msg->has_expiration ? expiry_of(queue, msg) : QUEUE_NEVER;
    struct consumer *consumer =
        queue_ready_count(queue->messages) == 0 ? consumer_next(queue) : NULL;
    if (!consumer && is_gone_at_once(queue)) {
        dead_letter(queue, &(struct delivery){.msg = msg}, DEATH_EXPIRED, fx);
        return true;
    }
    if (!consumer) {
        store(queue, msg, expires, fx);
        return true;
    }
    struct delivery delivery = {
        .msg = msg_ref(msg), .expires = expires, .position = queue_pass(queue->messages, msg)};
    if (!consumer->no_ack) { // else it is done with already: nothing to be stored, or settled
        outcome_store(queue, &delivery, true, fx);
    }
    consumer_deliver(consumer, &delivery, 0, fx);
    return true;
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
