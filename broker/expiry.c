#include "broker/expiry.h"

#include "amqp/properties.h"
#include "base/check.h"
#include "broker/ack_timeout.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/consumer.h"
#include "broker/delay.h"
#include "broker/post.h"
#include "broker/retry.h"
#include "broker/stock.h"

/* The expiration property; a checked decimal number. */
static uint64_t own_ttl(const struct msg *msg)
{
    struct properties_gist gist;
    bool sound = properties_skim(msg_properties(msg), &gist);
    CHECK(sound);
    struct slice text = gist.expiration;
    uint64_t ttl = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool sign = text.ptr[i] < '0'; // "+5"; and "-0", which is no time at all
        ttl = sign ? 0 : ttl * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return ttl;
}

uint64_t expiry_of(const struct broker_queue *queue, const struct msg *msg)
{
    uint64_t ttl = queue->limits.ttl_ms;
    if (msg->has_expiration) {
        uint64_t own = own_ttl(msg);
        ttl = own < ttl ? own : ttl;
    }
    return ttl == UINT64_MAX ? QUEUE_NEVER : queue->vhost->broker->now_ms + ttl;
}

/* How many messages go at once, of one queue, and of all in one broker_tick. */
enum { AT_ONCE_MAX = 4096 };

/* Drops what has expired at the head, but no more than that. Returns how many it dropped. A queue
 * with more of them stands behind those that have waited longer. */
static uint32_t drop_expired(struct broker_queue *queue, uint32_t max, struct effects *fx)
{
    struct broker *broker = queue->vhost->broker;
    uint32_t dropped = 0;
    uint64_t next;
    while ((next = queue_expires_next(queue->messages)) <= broker->now_ms && dropped < max) {
        broker_queue_drop_head(queue, DEATH_EXPIRED, fx);
        dropped++;
    }
    next = next < broker->now_ms ? broker->now_ms : next;
    bool later = deadline_is_set(&queue->head_due) && queue->head_due.at <= next;
    if (next != QUEUE_NEVER && !later) {
        deadlines_set(&broker->head_deadlines, &queue->head_due, next);
    }
    return dropped;
}

bool expiry_trim(struct broker_queue *queue, struct effects *fx)
{
    return drop_expired(queue, AT_ONCE_MAX, fx) < AT_ONCE_MAX ||
           queue_expires_next(queue->messages) > queue->vhost->broker->now_ms;
}

void expiry_trim_all(struct broker_queue *queue, struct effects *fx)
{
    drop_expired(queue, UINT32_MAX, fx);
}

void expiry_touch(struct broker_queue *queue)
{
    struct broker *broker = queue->vhost->broker;
    stock_use(queue, broker);
    if (queue->limits.expires_ms == UINT64_MAX && !deadline_is_set(&queue->unused_due)) {
        return;
    }
    if (queue->consumer_count > 0 || queue->limits.expires_ms == UINT64_MAX) {
        deadlines_clear(&broker->unused_deadlines, &queue->unused_due);
    } else {
        deadlines_set(&broker->unused_deadlines, &queue->unused_due,
                      broker->now_ms + queue->limits.expires_ms);
    }
}

void expiry_forget(struct broker_queue *queue)
{
    struct broker *broker = queue->vhost->broker;
    bool delays = queue->kind == QUEUE_DELAYED;
    deadlines_clear(delays ? &broker->delay_deadlines : &broker->head_deadlines, &queue->head_due);
    deadlines_clear(&broker->unused_deadlines, &queue->unused_due);
}

void broker_set_time(struct broker *broker, uint64_t now_ms, uint64_t wall_s)
{
    broker->now_ms = now_ms;
    broker->wall_s = wall_s;
    broker->counters.resident_bytes = broker->residency.bytes;
}

static uint64_t first_of(const struct deadlines *deadlines)
{
    const struct deadline *first = deadlines_first(deadlines);
    return first ? first->at : UINT64_MAX;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t broker_deadline(const struct broker *broker)
{
    if (posts_due(broker)) {
        return broker->now_ms;
    }
    uint64_t head = first_of(&broker->head_deadlines);
    uint64_t unused = first_of(&broker->unused_deadlines);
    uint64_t delay = first_of(&broker->delay_deadlines);
    uint64_t retry = first_of(&broker->retry_deadlines);
    uint64_t ack = first_of(&broker->ack_deadlines);
    return least(least(head, unused), least(delay, least(retry, ack)));
}

/* A queue's consumers may have waited for what stands behind the last message that goes. */
static void expire(struct broker *broker, struct effects *fx)
{
    uint32_t left = AT_ONCE_MAX;
    while (left > 0 && first_of(&broker->head_deadlines) <= broker->now_ms) {
        struct deadline *due = deadlines_first(&broker->head_deadlines);
        struct broker_queue *queue = container_of(due, struct broker_queue, head_due);
        deadlines_clear(&broker->head_deadlines, due);
        left -= drop_expired(queue, left, fx);
        if (left > 0) {
            broker_queue_serve(queue, fx);
        }
    }
}

void broker_tick(struct broker *broker, struct effects *fx)
{
    broker->actor.len = 0; // what happens now is nobody's doing
    expire(broker, fx);
    posts_fetch(broker, fx);
    delay_release(broker, fx);
    retries_release(broker, fx);
    posts_send(broker, fx);
    while (first_of(&broker->unused_deadlines) <= broker->now_ms) {
        struct deadline *due = deadlines_first(&broker->unused_deadlines);
        broker_queue_remove(container_of(due, struct broker_queue, unused_due), fx);
    }
    ack_timeouts_tick(broker, fx);
}
