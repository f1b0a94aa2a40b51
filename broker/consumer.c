#include "broker/consumer.h"
#include "broker/event.h"

#include <stdlib.h>

#include "base/blob.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "broker/ack_timeout.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/enqueue.h"
#include "broker/expiry.h"
#include "broker/outcome_internal.h"
#include "broker/post.h"
#include "broker/redelivery.h"
#include "broker/stock.h"
#include "broker/tally.h"
#include "broker/tracing.h"
#include "broker/transaction.h"

/* What a delivery costs on the wire besides the message. */
enum { DELIVERY_OVERHEAD = 64 };

struct consumer *consumer_add(const struct consumer_options *options)
{
    struct channel *channel = options->channel;
    struct broker_queue *queue = options->queue;
    struct consumer *consumer = memory_new(sizeof *consumer);
    consumer->queue = queue;
    consumer->channel = channel;
    consumer->tag = blob_new(options->tag);
    consumer->arguments = options->arguments.len > 0 ? blob_new(options->arguments) : NULL;
    consumer->prefetch = channel->prefetch_next;
    consumer->no_ack = options->no_ack;
    map_put(&channel->consumers_by_tag, &consumer->by_tag, blob_slice(consumer->tag));
    list_push(&channel->consumers, &consumer->channel_link);
    list_push(&queue->consumers, &consumer->queue_link);
    list_push(&broker_of(channel)->consumers, &consumer->all_link);
    channel->consumer_count++;
    queue->consumer_count++;
    broker_of(channel)->counters.consumers++;
    consumer->counts = pair_deliveries(channel, queue);
    expiry_touch(queue);
    if (options->exclusive) {
        queue->exclusive_consumer = consumer;
    }
    consumer->priority = options->priority;
    consumer->timeout_ms = options->timeout_ms;
    ack_timeout_begin(consumer);
    rotation_join(&queue->rotation, &consumer->place, options->priority);
    if (queue->limits.single_active && queue->active_consumer) {
        consumer->waits = WAIT_TURN;
        return consumer;
    }
    queue->active_consumer = queue->limits.single_active ? consumer : NULL;
    rotation_enter(&consumer->place);
    stock_wait(queue, false);
    return consumer;
}

/* Its unsettled messages no longer count for it. */
static void forget_in_unsettled(struct consumer *consumer)
{
    struct unsettled *unsettled = &consumer->channel->unsettled;
    uint64_t tag = 0;
    for (uint64_t from = 0; consumer->unsettled_count > 0; from = tag + 1) {
        struct unsettled_item *item = unsettled_next(unsettled, from, &tag);
        if (!item) {
            break;
        }
        if (item->consumer == consumer) {
            item->consumer = NULL;
            consumer->unsettled_count--;
        }
    }
}

/* A queue that is deleted loses its consumers first, so nobody keeps it in mind beyond its end. */
static void forget_served(struct consumer *consumer)
{
    struct channel *channel = consumer->channel;
    if (channel->served == consumer->queue) {
        channel->served = NULL;
    }
    if (channel->session->served == consumer->queue) {
        channel->session->served = NULL;
    }
}

void consumer_remove(struct consumer *consumer)
{
    struct channel *channel = consumer->channel;
    struct broker_queue *queue = consumer->queue;
    event_consumer_deleted(consumer);
    forget_in_unsettled(consumer);
    forget_served(consumer);
    transaction_forget_consumer(channel, consumer);
    rotation_leave(&consumer->place);
    if (list_linked(&consumer->waiting_link)) {
        list_unlink(&consumer->waiting_link);
    }
    map_remove(&channel->consumers_by_tag, &consumer->by_tag);
    list_unlink(&consumer->channel_link);
    list_unlink(&consumer->queue_link);
    cursors_leave(&broker_of(channel)->consumer_cursors, &consumer->all_link);
    list_unlink(&consumer->all_link);
    channel->consumer_count--;
    queue->consumer_count--;
    broker_of(channel)->counters.consumers--;
    if (!queue->deleted) {
        expiry_touch(queue);
    }
    if (queue->exclusive_consumer == consumer) {
        queue->exclusive_consumer = NULL;
    }
    if (queue->active_consumer == consumer) {
        queue->active_consumer = NULL;
    }
    blob_unref(consumer->tag);
    blob_unref(consumer->arguments);
    free(consumer);
}

/* It no longer waits for this; if for nothing else, it is back. */
static void end_wait(struct consumer *consumer, enum consumer_wait wait, struct touched *touched)
{
    consumer->waits &= (uint8_t)~wait;
    if (consumer->waits == 0) {
        rotation_enter(&consumer->place);
        stock_wait(consumer->queue, false);
        touched_add(touched, consumer->queue);
    }
}

/* Of those that wait for their turn, the one with the highest priority; the oldest among equals. */
static struct consumer *successor(const struct broker_queue *queue)
{
    struct consumer *best = NULL;
    list_each(node, &queue->consumers) {
        struct consumer *consumer = container_of(node, struct consumer, queue_link);
        if (!best || consumer->priority > best->priority) {
            best = consumer;
        }
    }
    return best;
}

static void pass_turn(struct broker_queue *queue, struct touched *touched)
{
    if (queue->limits.single_active && !queue->active_consumer) {
        queue->active_consumer = successor(queue);
        if (queue->active_consumer) {
            end_wait(queue->active_consumer, WAIT_TURN, touched);
        }
    }
}

void consumer_end(struct consumer *consumer, struct touched *touched, struct effects *fx)
{
    struct broker_queue *queue = consumer->queue;
    consumer_remove(consumer);
    if (queue->auto_delete && queue->consumer_count == 0) {
        broker_queue_remove(queue, fx);
        return;
    }
    pass_turn(queue, touched);
}

void consumer_notify_cancel(struct consumer *consumer, struct effects *fx)
{
    if (!consumer->channel->session->cancel_notify) {
        return;
    }
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_CANCEL,
        .conn = consumer->channel->session->conn,
        .channel = consumer->channel->number,
        .blob = blob_ref(consumer->tag),
    };
}

static void wait_for(struct consumer *consumer, enum consumer_wait wait, struct list *list)
{
    consumer->waits |= (uint8_t)wait;
    rotation_exit(&consumer->place);
    if (list && !list_linked(&consumer->waiting_link)) {
        list_push(list, &consumer->waiting_link);
    }
}

/* Whether it can take a message; if not, it is made to wait for what it lacks. */
static bool admit(struct consumer *consumer)
{
    struct channel *channel = consumer->channel;
    if (channel->session->window <= 0) {
        wait_for(consumer, WAIT_WINDOW, &channel->session->waiting);
        return false;
    }
    bool limited = channel->prefetch_limit > 0; // holds for no_ack too, as in RabbitMQ 3
    if (limited && channel->prefetch_used >= channel->prefetch_limit) {
        wait_for(consumer, WAIT_CHANNEL, &channel->waiting);
        return false;
    }
    return true;
}

struct consumer *consumer_next(struct broker_queue *queue)
{
    struct rotation_place *place;
    while ((place = rotation_next(&queue->rotation))) {
        struct consumer *consumer = container_of(place, struct consumer, place);
        if (admit(consumer)) {
            return consumer;
        }
    }
    stock_wait(queue, true);
    return NULL;
}

static void remember_unsettled(struct consumer *consumer, const struct delivery *delivery,
                               uint64_t tag)
{
    struct channel *channel = consumer->channel;
    *unsettled_add(&channel->unsettled, tag) = (struct unsettled_item){
        .msg = msg_ref(delivery->msg),
        .queue = consumer->queue,
        .expires = delivery->expires,
        .consumer = consumer,
        .mark = unsettled_mark(delivery->position, true),
    };
    if (broker_of(channel)->now_ms >= channel->ack_note_ms) {
        ack_timeout_note(channel, tag);
    }
    stock_unsettled(consumer->queue, delivery->msg, 1);
    channel->prefetch_used++;
    consumer->unsettled_count++;
    if (consumer->prefetch > 0 && consumer->unsettled_count >= consumer->prefetch) {
        wait_for(consumer, WAIT_PREFETCH, NULL);
    }
}

void consumer_deliver(struct consumer *consumer, const struct delivery *delivery, uint64_t after,
                      struct effects *fx)
{
    struct channel *channel = consumer->channel;
    struct broker *broker = broker_of(channel);
    uint64_t tag = channel->delivery_tag_next++;
    channel->served = channel->session->served = consumer->queue;
    channel->session->window -= msg_size(delivery->msg) + DELIVERY_OVERHEAD;
    broker->counters.delivered++;
    channel->active_ms = broker->now_ms;
    rotation_turn(&consumer->place);
    stock_use(consumer->queue, broker);
    if (!consumer->no_ack) {
        remember_unsettled(consumer, delivery, tag);
        TALLY_OUT(consumer->counts, consumer->queue, deliver);
    } else {
        TALLY_OUT(consumer->counts, consumer->queue, deliver_no_ack);
    }
    uint8_t flags = 0;
    if (delivery->redelivered) {
        TALLY_OUT(consumer->counts, consumer->queue, redeliver);
        flags = redelivery_flags(delivery, fx);
    }
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_DELIVER,
        .flags = flags,
        .conn = channel->session->conn,
        .channel = channel->number,
        .number = tag,
        .after = after,
        .msg = delivery->msg,
        .blob = blob_ref(consumer->tag),
    };
    if (broker->tracing_count > 0) {
        tracing_delivered(channel, consumer->queue, delivery, fx);
    }
}

/* What was given back may be too much; what is at the head now may be too old. False if it still
 * is.
 */
static bool trim(struct broker_queue *queue, struct effects *fx)
{
    bool bounded = queue->bounded || queue_expires_next(queue->messages) != QUEUE_NEVER;
    return !bounded || enqueue_trim(queue, fx);
}

void broker_queue_serve(struct broker_queue *queue, struct effects *fx)
{
    struct consumer *consumer;
    struct delivery delivery;
    bool fit = trim(queue, fx); // first of all: not even a consumer that is ready gets it
    while (fit && queue_ready_count(queue->messages) > 0 && (consumer = consumer_next(queue))) {
        broker_queue_take(queue, &delivery);
        tally_read(queue, delivery.msg);
        uint64_t after = outcome_deliver(queue, &delivery, fx);
        if (consumer->no_ack) {
            outcome_settle(queue, delivery.msg, delivery.position, fx);
        }
        consumer_deliver(consumer, &delivery, after, fx);
        fit = trim(queue, fx);
    }
}

static void touched_put_last(struct touched *touched, struct broker_queue *queue)
{
    if (queue && list_linked(&queue->touched_link)) {
        list_unlink(&queue->touched_link);
        list_push(&touched->queues, &queue->touched_link);
    }
}

/* `served` took the last of what is there again, and was the first to ask for more. Now it is the
 * others' turn before it, or it would leave them nothing for as long as it has messages. */
static void end_waits(struct list *waiting, enum consumer_wait wait, struct broker_queue *served,
                      struct touched *touched)
{
    while (!list_empty(waiting)) {
        struct list_node *first = list_first(waiting);
        list_unlink(first);
        end_wait(container_of(first, struct consumer, waiting_link), wait, touched);
    }
    touched_put_last(touched, served);
}

void channel_release_waiting(struct channel *channel, struct touched *touched)
{
    end_waits(&channel->waiting, WAIT_CHANNEL, channel->served, touched);
}

void session_release_waiting(struct session *session, struct touched *touched)
{
    end_waits(&session->waiting, WAIT_WINDOW, session->served, touched);
}

void consumer_credit(struct channel *channel, struct consumer *consumer, struct touched *touched)
{
    channel->prefetch_used--;
    if (channel->prefetch_used < channel->prefetch_limit) {
        channel_release_waiting(channel, touched);
    }
    if (consumer) {
        consumer->unsettled_count--;
        if (consumer->waits & WAIT_PREFETCH && consumer->unsettled_count < consumer->prefetch) {
            end_wait(consumer, WAIT_PREFETCH, touched);
        }
    }
}

void touched_init(struct touched *touched, struct broker *broker)
{
    touched->broker = broker;
    list_init(&touched->queues);
}

void touched_add(struct touched *touched, struct broker_queue *queue)
{
    if (!queue->deleted && !list_linked(&queue->touched_link)) {
        list_push(&touched->queues, &queue->touched_link);
    }
}

void touched_serve(struct touched *touched, struct effects *fx)
{
    while (!list_empty(&touched->queues)) {
        struct list_node *first = list_first(&touched->queues);
        list_unlink(first);
        broker_queue_serve(container_of(first, struct broker_queue, touched_link), fx);
    }
    posts_send(touched->broker, fx);
}
