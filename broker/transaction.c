#include "broker/transaction.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/consumer.h"
#include "broker/duplicates.h"
#include "broker/enqueue.h"
#include "broker/outcome_internal.h"
#include "broker/reply.h"
#include "broker/route.h"
#include "broker/tally.h"

struct pending_publish {
    struct list_node link; // transaction.publishes
    struct msg *msg;       // owns one reference
    bool mandatory;
    uint32_t queue_count;
    struct broker_queue *queues[]; // each held (broker_queue.holds)
};

struct pending_settle {
    struct list_node link; // transaction.settles
    uint64_t tag;
    struct unsettled_item item; // owned
    enum settlement how;
};

struct transaction {
    struct list publishes;
    struct list settles;
    struct transaction_size size; // of the lists
};

struct transaction *transaction_new(void)
{
    struct transaction *transaction = memory_new(sizeof *transaction);
    list_init(&transaction->publishes);
    list_init(&transaction->settles);
    return transaction;
}

void transaction_free(struct transaction *transaction)
{
    if (transaction) {
        CHECK(list_empty(&transaction->publishes) && list_empty(&transaction->settles));
        free(transaction);
    }
}

void transaction_add_settle(struct channel *channel, uint64_t tag,
                            const struct unsettled_item *item, enum settlement how)
{
    struct pending_settle *settle = memory_new(sizeof *settle);
    settle->tag = tag;
    settle->item = *item;
    settle->how = how;
    list_push(&channel->transaction->settles, &settle->link);
    channel->transaction->size.settles++;
}

void transaction_add_publish(struct channel *channel, struct msg *msg, const struct route *route,
                             bool mandatory)
{
    uint32_t count = route->count;
    struct pending_publish *publish =
        memory_new(sizeof *publish + count * sizeof publish->queues[0]);
    publish->msg = msg;
    publish->mandatory = mandatory;
    publish->queue_count = count;
    for (uint32_t i = 0; i < count; i++) {
        publish->queues[i] = queue_of(route->items[i]);
        publish->queues[i]->holds++;
    }
    list_push(&channel->transaction->publishes, &publish->link);
    channel->transaction->size.publishes++;
}

void transaction_forget_consumer(struct channel *channel, struct consumer *consumer)
{
    if (!channel->transaction) {
        return;
    }
    list_each(node, &channel->transaction->settles) {
        struct pending_settle *settle = container_of(node, struct pending_settle, link);
        if (settle->item.consumer == consumer) {
            settle->item.consumer = NULL;
        }
    }
}

struct transaction_size transaction_size(const struct channel *channel)
{
    return channel->transaction ? channel->transaction->size : (struct transaction_size){0, 0};
}

void transaction_each(struct channel *channel, taken_visitor visit, void *context)
{
    if (!channel->transaction) {
        return;
    }
    list_each(node, &channel->transaction->settles) {
        taken_item(&container_of(node, struct pending_settle, link)->item, visit, context);
    }
}

/* Takes the first publish off, its queues no longer held; the caller owns it and its msg. */
static struct pending_publish *take_publish(struct transaction *transaction)
{
    struct pending_publish *publish =
        container_of(list_first(&transaction->publishes), struct pending_publish, link);
    list_unlink(&publish->link);
    transaction->size.publishes--;
    return publish;
}

static void let_go_of_queues(struct pending_publish *publish)
{
    for (uint32_t i = 0; i < publish->queue_count; i++) {
        publish->queues[i]->holds--;
        broker_queue_release(publish->queues[i]);
    }
    publish->queue_count = 0;
}

static void let_go(struct pending_publish *publish)
{
    let_go_of_queues(publish);
    msg_unref(publish->msg);
    free(publish);
}

void transaction_rollback(struct channel *channel)
{
    struct transaction *transaction = channel->transaction;
    if (!transaction) {
        return;
    }
    while (!list_empty(&transaction->publishes)) {
        let_go(take_publish(transaction));
    }
    list_each(node, &transaction->settles) {
        struct pending_settle *settle = container_of(node, struct pending_settle, link);
        list_unlink(node);
        transaction->size.settles--;
        *unsettled_add(&channel->unsettled, settle->tag) = settle->item;
        free(settle);
    }
}

/* Where a publish to the exchange is counted; NULL: it has gone since, and `gone` is told. */
static struct route_counts counts_of(struct channel *channel, struct exchange *exchange,
                                     struct exchange_counts *gone)
{
    return (struct route_counts){
        .exchange = exchange ? exchange_counts(exchange) : gone,
        .source = exchange ? pair_publishes(channel, exchange) : &channel->counts.in,
    };
}

static void count_route(struct channel *channel, struct exchange *exchange,
                        struct broker_queue *queue)
{
    uint64_t none = 0;
    tally_route(exchange ? pair_routed(channel, exchange, queue) : &none, queue);
}

/* False if a queue would not have it. */
static bool commit_publish(struct channel *channel, struct pending_publish *publish,
                           struct effects *fx)
{
    bool accepted = true;
    bool taken = false;
    struct exchange *exchange =
        exchanges_find(channel->session->vhost->exchanges, msg_exchange(publish->msg));
    struct exchange_counts gone = {0};
    struct route_counts counts = counts_of(channel, exchange, &gone);
    tally_publish(&counts);
    tally_commit(channel);
    if (publish->queue_count > 0 && duplicates_published(channel->session->vhost, publish->msg)) {
        let_go_of_queues(publish);
    }
    for (uint32_t i = 0; i < publish->queue_count; i++) {
        if (!publish->queues[i]->deleted) {
            counts.exchange->publish_out++;
            count_route(channel, exchange, publish->queues[i]);
            accepted &= enqueue(publish->queues[i], publish->msg, fx);
            taken = true;
        }
    }
    if (!taken) {
        tally_unroutable(channel, counts.source, publish->mandatory);
    }
    if (publish->mandatory && !taken) {
        enqueue_return(channel, msg_ref(publish->msg), fx);
    }
    return accepted;
}

/* False if a queue would not have one of them. */
static bool commit_publishes(struct channel *channel, struct effects *fx)
{
    bool accepted = true;
    while (!list_empty(&channel->transaction->publishes)) {
        struct pending_publish *publish = take_publish(channel->transaction);
        accepted &= commit_publish(channel, publish, fx);
        let_go(publish);
    }
    return accepted;
}

static void commit_settles(struct channel *channel, struct touched *touched, struct effects *fx)
{
    list_each(node, &channel->transaction->settles) {
        struct pending_settle *settle = container_of(node, struct pending_settle, link);
        list_unlink(node);
        channel->transaction->size.settles--;
        settle_item(channel, &settle->item, settle->how, touched, fx);
        free(settle);
    }
}

/* All of it happens, or nothing; what follows from it, deliveries and dead letters, is apart. False
 * as above. */
static bool commit(struct channel *channel, struct effects *fx)
{
    struct touched touched;
    uint32_t begin = fx->count;
    touched_init(&touched, broker_of(channel));
    bool accepted = commit_publishes(channel, fx);
    commit_settles(channel, &touched, fx);
    outcome_group(broker_of(channel), begin, true, fx);
    touched_serve(&touched, fx);
    return accepted;
}

enum amqp_reply broker_tx_select(struct channel *channel, const struct amqp_tx_select *args,
                                 struct effects *fx)
{
    (void)args;
    if (channel->mode == CHANNEL_CONFIRM) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "cannot switch from confirm to tx mode");
    }
    if (channel->mode == CHANNEL_PLAIN) {
        channel->mode = CHANNEL_TX;
        channel->transaction = transaction_new();
    }
    reply_ok(channel, METHOD_tx_select_ok, fx);
    return AMQP_OK;
}

static enum amqp_reply check_transactional(const struct channel *channel, struct effects *fx)
{
    return channel->mode == CHANNEL_TX
               ? AMQP_OK
               : effects_refuse(fx, AMQP_PRECONDITION_FAILED, "channel is not transactional");
}

enum amqp_reply broker_tx_commit(struct channel *channel, const struct amqp_tx_commit *args,
                                 struct effects *fx)
{
    (void)args;
    enum amqp_reply reply = check_transactional(channel, fx);
    if (!reply) {
        uint64_t last = broker_of(channel)->record_last;
        if (!commit(channel, fx)) {
            return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "partial tx completion");
        }
        bool told = broker_of(channel)->record_last > last;
        reply_commit_ok(channel, told ? broker_of(channel)->record_last : 0, fx);
    }
    return reply;
}

enum amqp_reply broker_tx_rollback(struct channel *channel, const struct amqp_tx_rollback *args,
                                   struct effects *fx)
{
    (void)args;
    enum amqp_reply reply = check_transactional(channel, fx);
    if (!reply) {
        transaction_rollback(channel);
        reply_ok(channel, METHOD_tx_rollback_ok, fx);
    }
    return reply;
}
