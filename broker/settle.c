#include "broker/settle.h"

#include "broker/ack_timeout.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/consumer.h"
#include "broker/dead_letter.h"
#include "broker/outcome_internal.h"
#include "broker/redelivery.h"
#include "broker/reply.h"
#include "broker/retry.h"
#include "broker/stock.h"
#include "broker/tally.h"
#include "broker/transaction.h"

void settle_item(struct channel *channel, const struct unsettled_item *item, enum settlement how,
                 struct touched *touched, struct effects *fx)
{
    struct broker_queue *queue = item->queue;
    stock_unsettled(queue, item->msg, -1);
    if (unsettled_counted(item)) {
        consumer_credit(channel, item->consumer, touched);
    }
    struct delivery delivery = {
        .msg = item->msg, .expires = item->expires, .position = unsettled_position(item)};
    if (how == SETTLEMENT_DONE) {
        struct delivery_counts *to =
            item->consumer ? item->consumer->counts : pair_deliveries(channel, queue);
        TALLY_OUT(to, queue, ack);
    }
    bool back = how == SETTLEMENT_REQUEUE || how == SETTLEMENT_FAIL;
    if (back && !queue->deleted && redelivery_allowed(queue, &delivery, fx)) {
        if (!retry_hold(queue, &delivery, how == SETTLEMENT_FAIL, fx)) {
            broker_queue_put_back(queue, &delivery);
            touched_add(touched, queue);
        }
        return;
    }
    if (how != SETTLEMENT_DONE && !queue->deleted) {
        dead_letter(queue, &delivery,
                    how == SETTLEMENT_REJECT ? DEATH_REJECTED : DEATH_DELIVERY_LIMIT, fx);
    } else {
        outcome_settle(queue, item->msg, unsettled_position(item), fx);
    }
    msg_pool_give(&broker_of(channel)->messages, item->msg);
    broker_queue_release(queue);
}

void settle_all(struct channel *channel, enum settlement how, struct touched *touched,
                struct effects *fx)
{
    uint64_t tag;
    while (unsettled_next(&channel->unsettled, 0, &tag)) {
        struct unsettled_item item = unsettled_take(&channel->unsettled, tag);
        settle_item(channel, &item, how, touched, fx);
    }
}

struct settle_args {
    uint64_t tag;
    bool multiple;
    enum settlement how;
};

/* Now, or in a transaction at its commit. */
static void settle_one(struct channel *channel, uint64_t tag, enum settlement how,
                       struct touched *touched, struct effects *fx)
{
    struct unsettled_item item = unsettled_take(&channel->unsettled, tag);
    if (channel->mode == CHANNEL_TX) {
        transaction_add_settle(channel, tag, &item, how);
    } else {
        settle_item(channel, &item, how, touched, fx);
    }
}

/* A tag must name an unsettled message, or one that has gone back unasked, also as the end of
 * "multiple"; 0 and multiple mean all that there are, be it none (section 1.8.3.13; RabbitMQ's
 * channel). */
static enum amqp_reply settle(struct channel *channel, const struct settle_args *args,
                              struct effects *fx)
{
    struct unsettled *unsettled = &channel->unsettled;
    bool all = args->tag == 0 && args->multiple;
    bool known = all || unsettled_find(unsettled, args->tag);
    if (!known && !ack_timeout_forgives(channel, args->tag, args->multiple)) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "unknown delivery tag %u", args->tag);
    }
    struct touched touched;
    touched_init(&touched, broker_of(channel));
    if (args->multiple) {
        uint64_t tag;
        while (unsettled_next(unsettled, 0, &tag) && (all || tag <= args->tag)) {
            settle_one(channel, tag, args->how, &touched, fx);
        }
    } else if (known) {
        settle_one(channel, args->tag, args->how, &touched, fx);
    }
    touched_serve(&touched, fx);
    return AMQP_OK;
}

enum amqp_reply broker_basic_ack(struct channel *channel, const struct amqp_basic_ack *args,
                                 struct effects *fx)
{
    struct settle_args how = {args->delivery_tag, args->multiple, SETTLEMENT_DONE};
    return settle(channel, &how, fx);
}

enum amqp_reply broker_basic_nack(struct channel *channel, const struct amqp_basic_nack *args,
                                  struct effects *fx)
{
    struct settle_args how = {args->delivery_tag, args->multiple,
                              args->requeue ? SETTLEMENT_REQUEUE : SETTLEMENT_REJECT};
    return settle(channel, &how, fx);
}

enum amqp_reply broker_basic_reject(struct channel *channel, const struct amqp_basic_reject *args,
                                    struct effects *fx)
{
    struct settle_args how = {args->delivery_tag, false,
                              args->requeue ? SETTLEMENT_FAIL : SETTLEMENT_REJECT};
    return settle(channel, &how, fx);
}

/* The answer, if there is one, comes before what it announces. */
static enum amqp_reply recover(struct channel *channel, bool requeue_asked, bool answer,
                               struct effects *fx)
{
    if (!requeue_asked) {
        return effects_refuse(fx, AMQP_NOT_IMPLEMENTED, "requeue=false");
    }
    struct touched touched;
    touched_init(&touched, broker_of(channel));
    if (answer) {
        reply_ok(channel, METHOD_basic_recover_ok, fx);
    }
    settle_all(channel, SETTLEMENT_REQUEUE, &touched, fx);
    touched_serve(&touched, fx);
    return AMQP_OK;
}

enum amqp_reply broker_basic_recover(struct channel *channel, const struct amqp_basic_recover *args,
                                     struct effects *fx)
{
    return recover(channel, args->requeue, true, fx);
}

enum amqp_reply broker_basic_recover_async(struct channel *channel,
                                           const struct amqp_basic_recover_async *args,
                                           struct effects *fx)
{
    return recover(channel, args->requeue, false, fx);
}
