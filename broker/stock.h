#ifndef BROKER_STOCK_H
#define BROKER_STOCK_H

#include "broker/broker_internal.h"

/* Counting what messages a queue has, for the files of broker/: a few additions where one comes or
 * goes. `sign` is 1 for one that comes and -1 for one that goes. */

static inline void share_add(struct share *share, const struct msg *msg, int64_t sign)
{
    share->messages += (uint64_t)sign;
    share->bytes += (uint64_t)(sign * (int64_t)msg->body_len);
}

/* Somebody uses the queue. */
static inline void stock_use(struct broker_queue *queue, const struct broker *broker)
{
    queue->active_ms = broker->now_ms;
}

/* A message is ready, or no more. */
static inline void stock_ready(struct broker_queue *queue, const struct msg *msg, int64_t sign)
{
    if (msg->persistent) {
        share_add(&queue->ready_lasting, msg, sign);
    }
}

static inline void stock_unsettled_share(struct broker_queue *queue, const struct msg *msg,
                                         int64_t sign)
{
    if (msg->persistent) {
        share_add(&queue->unsettled_lasting, msg, sign);
    }
    if (msg->stub) {
        share_add(&queue->unsettled_paged, msg, sign);
    }
}

/* A message has been handed out and is not settled, or is. */
static inline void stock_unsettled(struct broker_queue *queue, const struct msg *msg, int64_t sign)
{
    struct vhost *vhost = queue->vhost;
    struct broker *broker = vhost->broker;
    uint64_t bytes = (uint64_t)(sign * (int64_t)msg->body_len);
    queue->unsettled_count += (uint64_t)sign;
    queue->unsettled_bytes += bytes;
    vhost->sums.unsettled += (uint64_t)sign;
    broker->counters.messages_unsettled += (uint64_t)sign;
    broker->counters.message_bytes += bytes;
    stock_use(queue, broker);
    if (msg->persistent || msg->stub) {
        stock_unsettled_share(queue, msg, sign);
    }
}

/* A message has to wait for a consumer, or a consumer is there that takes one. */
static inline void stock_wait(struct broker_queue *queue, bool waits)
{
    if (queue->capacity.waits != waits) {
        capacity_change(&queue->capacity, waits, queue->vhost->broker->now_ms);
    }
}

#endif
