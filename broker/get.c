#include "broker/channel.h"

#include "broker/ack_timeout.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/expiry.h"
#include "broker/outcome_internal.h"
#include "broker/post.h"
#include "broker/redelivery.h"
#include "broker/reply.h"
#include "broker/stock.h"
#include "broker/tally.h"
#include "broker/tracing.h"

static enum amqp_reply find(struct channel *channel, const struct amqp_basic_get *args,
                            struct broker_queue **out, struct effects *fx)
{
    enum amqp_reply reply = broker_queue_to_read(channel, args->queue, out, fx);
    if (!reply && (*out)->kind == QUEUE_STREAM) {
        reply = effects_refuse(fx, AMQP_NOT_IMPLEMENTED,
                               "basic.get not supported by stream queues queue '%s' in vhost '%s'",
                               (*out)->name, vhost_name_of(channel));
    }
    if (!reply && (*out)->limits.single_active && (*out)->kind == QUEUE_QUORUM) {
        reply = effects_refuse(
            fx, AMQP_RESOURCE_LOCKED,
            "cannot obtain access to locked queue '%s' in vhost '%s'. basic.get operations are not "
            "supported by quorum queues with single active consumer",
            (*out)->name, vhost_name_of(channel));
    }
    return reply;
}

static void remember_unsettled(struct channel *channel, struct broker_queue *queue,
                               const struct delivery *delivery, uint64_t tag)
{
    *unsettled_add(&channel->unsettled, tag) = (struct unsettled_item){
        .msg = msg_ref(delivery->msg),
        .queue = queue,
        .expires = delivery->expires,
        .mark = unsettled_mark(delivery->position, false),
    };
    ack_timeout_lower(channel, ack_timeout_of(queue));
    if (broker_of(channel)->now_ms >= channel->ack_note_ms) {
        ack_timeout_note(channel, tag);
    }
    stock_unsettled(queue, delivery->msg, 1);
}

enum amqp_reply broker_basic_get(struct channel *channel, const struct amqp_basic_get *args,
                                 struct effects *fx)
{
    struct broker_queue *queue = NULL;
    enum amqp_reply reply = find(channel, args, &queue, fx);
    if (reply) {
        return reply;
    }
    struct delivery delivery;
    expiry_touch(queue);
    expiry_trim_all(queue, fx);
    posts_send(broker_of(channel), fx);
    struct delivery_counts *to = pair_deliveries(channel, queue);
    if (!broker_queue_take(queue, &delivery)) {
        TALLY_OUT(to, queue, get_empty);
        reply_ok(channel, METHOD_basic_get_empty, fx);
        return AMQP_OK;
    }
    expiry_trim_all(queue, fx); // what comes to the head by this is not to be counted
    struct broker *broker = broker_of(channel);
    uint64_t tag = channel->delivery_tag_next++;
    broker->counters.delivered++;
    tally_read(queue, delivery.msg);
    uint64_t after = outcome_deliver(queue, &delivery, fx);
    if (args->no_ack) {
        TALLY_OUT(to, queue, get_no_ack);
        outcome_settle(queue, delivery.msg, delivery.position, fx);
    } else {
        TALLY_OUT(to, queue, get);
        remember_unsettled(channel, queue, &delivery, tag);
    }
    uint8_t flags = 0;
    if (delivery.redelivered) {
        TALLY_OUT(to, queue, redeliver);
        flags = redelivery_flags(&delivery, fx);
    }
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_GET,
        .flags = flags,
        .conn = channel->session->conn,
        .channel = channel->number,
        .number = tag,
        .after = after,
        .msg = delivery.msg,
        .count = queue_ready_count(queue->messages),
    };
    if (broker->tracing_count > 0) {
        tracing_delivered(channel, queue, &delivery, fx);
    }
    posts_send(broker, fx);
    return AMQP_OK;
}
