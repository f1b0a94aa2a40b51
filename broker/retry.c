#include "broker/retry.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/consumer.h"
#include "broker/outcome_internal.h"

enum { CAP_MIN = 16, AT_ONCE_MAX = 4096 };

static bool is_before(const struct retry_item *a, const struct retry_item *b)
{
    return a->at != b->at ? a->at < b->at : a->position < b->position;
}

static void resize(struct retries *retries, size_t cap)
{
    retries->cap = cap;
    retries->items = memory_grow(retries->items, cap * sizeof *retries->items);
}

static struct retries *obtain(struct broker_queue *queue)
{
    if (!queue->retries) {
        queue->retries = memory_new(sizeof *queue->retries);
        queue->retries->queue = queue;
    }
    return queue->retries;
}

/* Behind the last item, in no order. */
static void append(struct retries *retries, const struct retry_item *item)
{
    if (retries->count == retries->cap) {
        resize(retries, retries->cap ? retries->cap * 2 : CAP_MIN);
    }
    retries->items[retries->count++] = *item;
}

static void add(struct retries *retries, const struct retry_item *item)
{
    append(retries, item);
    struct retry_item *items = retries->items;
    size_t at = retries->count - 1;
    while (at > 0 && is_before(item, &items[(at - 1) / 2])) {
        items[at] = items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    items[at] = *item;
}

/* Puts `item` where the root was, and down to where it belongs. */
static void sink(struct retries *retries, const struct retry_item *item)
{
    struct retry_item *items = retries->items;
    size_t at = 0, child;
    while ((child = 2 * at + 1) < retries->count) {
        if (child + 1 < retries->count && is_before(&items[child + 1], &items[child])) {
            child++;
        }
        if (is_before(item, &items[child])) {
            break;
        }
        items[at] = items[child];
        at = child;
    }
    items[at] = *item;
}

static struct retry_item take_first(struct retries *retries)
{
    struct retry_item first = retries->items[0];
    struct retry_item last = retries->items[--retries->count];
    if (retries->count > 0) {
        sink(retries, &last);
    }
    if (retries->cap > CAP_MIN && retries->count < retries->cap / 4) {
        resize(retries, retries->cap / 2);
    }
    return first;
}

static void schedule(struct retries *retries)
{
    struct deadlines *deadlines = &retries->queue->vhost->broker->retry_deadlines;
    if (retries->count == 0) {
        deadlines_clear(deadlines, &retries->due);
    } else if (!deadline_is_set(&retries->due) || retries->due.at != retries->items[0].at) {
        deadlines_set(deadlines, &retries->due, retries->items[0].at);
    }
}

/* Counts it among those that are held back, or no longer. */
static void count(struct retries *retries, const struct msg *msg, int64_t sign)
{
    struct broker_counters *counters = &retries->queue->vhost->broker->counters;
    uint64_t bytes = (uint64_t)(sign * (int64_t)msg->body_len);
    retries->bytes += bytes;
    counters->messages_delayed += (uint64_t)sign;
    counters->message_bytes += bytes;
}

static void hold(struct broker_queue *queue, const struct retry_item *item)
{
    struct retries *retries = obtain(queue);
    add(retries, item);
    count(retries, item->msg, 1);
    schedule(retries);
}

static bool is_delayed(const struct broker_queue *queue, bool failed)
{
    switch ((enum retry_type)queue->limits.retry) {
    case RETRY_AT_ONCE:
        return false;
    case RETRY_ALL:
        return true;
    case RETRY_FAILED:
        return failed;
    case RETRY_RETURNED:
        return !failed;
    }
    return false;
}

static uint64_t delay_of(const struct broker_queue *queue, uint64_t position)
{
    const struct attempt *attempt = attempts_find(&queue->attempts, position);
    uint64_t times = attempt && attempt->failed > 0 ? attempt->failed : 1;
    uint64_t least = queue->limits.retry_min_ms, most = queue->limits.retry_max_ms;
    return least > most / times ? most : least * times;
}

bool retry_hold(struct broker_queue *queue, const struct delivery *delivery, bool failed,
                struct effects *fx)
{
    if (!is_delayed(queue, failed)) {
        return false;
    }
    struct retry_item item = {
        .position = delivery->position, .expires = delivery->expires, .msg = delivery->msg};
    item.at = queue->vhost->broker->now_ms + delay_of(queue, delivery->position);
    hold(queue, &item);
    if (queue_journals(queue->messages, delivery->msg)) {
        outcome_retry(queue, item.position, item.at, fx);
    }
    return true;
}

uint64_t retry_count(const struct broker_queue *queue)
{
    return queue->retries ? queue->retries->count : 0;
}

uint64_t retry_bytes(const struct broker_queue *queue)
{
    return queue->retries ? queue->retries->bytes : 0;
}

static struct delivery release_first(struct retries *retries)
{
    struct retry_item item = take_first(retries);
    count(retries, item.msg, -1);
    return (struct delivery){.msg = item.msg, .expires = item.expires, .position = item.position};
}

void retries_release(struct broker *broker, struct effects *fx)
{
    int left = AT_ONCE_MAX;
    struct deadline *first;
    struct touched touched;
    touched_init(&touched, broker);
    while (left-- > 0 && (first = deadlines_first(&broker->retry_deadlines)) &&
           first->at <= broker->now_ms) {
        struct retries *retries = container_of(first, struct retries, due);
        struct delivery delivery = release_first(retries);
        broker_queue_put_back(retries->queue, &delivery);
        touched_add(&touched, retries->queue);
        schedule(retries);
    }
    touched_serve(&touched, fx);
}

/* While it is being restored nothing is held back, though records have told of it. */
static void forget_told(struct retries *retries)
{
    if (retries && retries->count > 0 && !retries->items[0].msg) {
        retries->count = 0;
    }
}

uint64_t retries_drop(struct broker_queue *queue, struct effects *fx)
{
    struct retries *retries = queue->retries;
    forget_told(retries);
    uint64_t dropped = retry_count(queue);
    for (uint64_t left = dropped; left > 0; left--) {
        struct delivery delivery = release_first(retries);
        outcome_settle(queue, delivery.msg, delivery.position, fx);
        msg_unref(delivery.msg);
    }
    if (retries) {
        schedule(retries);
    }
    return dropped;
}

void retries_free(struct broker_queue *queue)
{
    if (queue->retries) {
        CHECK(queue->retries->count == 0);
        free(queue->retries->items);
        free(queue->retries);
        queue->retries = NULL;
    }
}

static void visit_queue(const struct broker_queue *queue, taken_visitor visit, void *context)
{
    for (size_t i = 0; i < retry_count(queue); i++) {
        const struct retry_item *item = &queue->retries->items[i];
        struct delivery delivery = {
            .msg = item->msg, .expires = item->expires, .position = item->position};
        if (item->msg) {
            visit(context, queue->retries->queue, &delivery);
        }
    }
}

void retries_each(struct broker *broker, taken_visitor visit, void *context)
{
    list_each(vhost_node, &broker->vhosts) {
        const struct vhost *vhost = container_of(vhost_node, struct vhost, link);
        list_each(node, &vhost->queues) {
            visit_queue(container_of(node, struct broker_queue, link), visit, context);
        }
    }
}

void retry_restore(struct broker_queue *queue, uint64_t position, uint64_t at)
{
    append(obtain(queue), &(struct retry_item){.at = at, .position = position});
}

/* Of several records about one message the last one counts: it takes the message out of the queue,
 * so that those before it do not find it there. */
void retries_restored(struct broker_queue *queue)
{
    struct retries *retries = queue->retries;
    if (!retries) {
        return;
    }
    struct retries told = *retries;
    retries->items = NULL;
    retries->count = retries->cap = 0;
    for (size_t i = told.count; i-- > 0;) {
        struct retry_item item = told.items[i];
        struct delivery delivery = {.msg = NULL};
        if (item.at > queue->vhost->broker->now_ms &&
            broker_queue_pick(queue, item.position, &delivery)) {
            item.msg = delivery.msg;
            item.expires = delivery.expires;
            hold(queue, &item);
        }
    }
    free(told.items);
}
