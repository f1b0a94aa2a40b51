#include "tests/sim/model_internal.h"

bool model_stores(const struct model_queue *queue, const struct model_message *message)
{
    list_each(node, &queue->consumers) {
        if (container_of(node, struct model_consumer, queue_link)->no_ack) {
            return false; // it may pass to that one, and is done with
        }
    }
    return message->persistent && queue->durable;
}

void model_enqueue(struct model *model, struct model_queue *queue, struct model_message *message)
{
    struct model_entry *entry = arena_new(model->arena, sizeof *entry);
    entry->queue = queue;
    entry->message = message;
    entry->position = ++queue->position_last;
    model->records += model_stores(queue, message);
    list_push(&queue->ready, &entry->link);
}

struct model_entry *model_take(struct model_queue *queue)
{
    struct list_node *node = list_first(&queue->ready);
    if (!node) {
        return NULL;
    }
    list_unlink(node);
    return container_of(node, struct model_entry, link);
}

void model_hand_over(struct model_channel *channel, struct model_entry *entry, bool no_ack)
{
    struct model *model = channel->conn->model;
    entry->tag = ++channel->tag_last;
    model->delivered++;
    if (no_ack) {
        model->settled++;
    } else {
        list_push(&channel->unsettled, &entry->link);
    }
}

/* Back to where it was. */
static void put_back(struct model_entry *entry)
{
    struct list_node *at = entry->queue->ready.head.next;
    while (at != &entry->queue->ready.head &&
           container_of(at, struct model_entry, link)->position < entry->position) {
        at = at->next;
    }
    entry->consumer = NULL;
    entry->counted = false;
    entry->pending = OUTCOME_NONE;
    entry->redelivered = true;
    list_insert_before(at, &entry->link);
}

/* Its consumer may take one more, if that was what it lacked. */
static void note_credit(struct model *model, struct model_consumer *consumer)
{
    if (consumer && !model_consumer_may(consumer)) {
        consumer->eligible_since = ++model->step;
    }
}

void model_settle_entry(struct model *model, struct model_entry *entry, enum model_outcome outcome)
{
    note_credit(model, entry->consumer);
    list_unlink(&entry->link);
    if (outcome == OUTCOME_REQUEUE && !entry->queue->deleted) {
        put_back(entry);
    } else {
        model->settled++;
    }
}

static struct model_entry *find(const struct model_channel *channel, uint64_t tag)
{
    list_each(node, &channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (entry->tag == tag && !entry->pending) {
            return entry;
        }
    }
    return NULL;
}

static void settle_one(struct model_channel *channel, struct model_entry *entry,
                       enum model_outcome outcome)
{
    if (entry->pending) {
        return;
    }
    if (channel->mode == MODE_TX) {
        entry->pending = outcome;
    } else {
        model_settle_entry(channel->conn->model, entry, outcome);
    }
}

static enum amqp_reply settle(struct model_channel *channel, uint64_t tag, bool multiple,
                              enum model_outcome outcome)
{
    bool all = multiple && tag == 0;
    struct model_entry *one = find(channel, tag);
    if (!all && !one) {
        return AMQP_PRECONDITION_FAILED;
    }
    if (!multiple) {
        settle_one(channel, one, outcome);
        return AMQP_OK;
    }
    list_each(node, &channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (all || entry->tag <= tag) {
            settle_one(channel, entry, outcome);
        }
    }
    return AMQP_OK;
}

enum amqp_reply model_basic_ack(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_ack *args = &op->args.basic_ack;
    return settle(channel, args->delivery_tag, args->multiple, OUTCOME_ACK);
}

enum amqp_reply model_basic_nack(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_nack *args = &op->args.basic_nack;
    return settle(channel, args->delivery_tag, args->multiple,
                  args->requeue ? OUTCOME_REQUEUE : OUTCOME_REJECT);
}

enum amqp_reply model_basic_reject(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_reject *args = &op->args.basic_reject;
    return settle(channel, args->delivery_tag, false,
                  args->requeue ? OUTCOME_REQUEUE : OUTCOME_REJECT);
}

static enum amqp_reply recover(struct model_channel *channel, bool requeue)
{
    if (!requeue) {
        return AMQP_NOT_IMPLEMENTED;
    }
    list_each(node, &channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (!entry->pending) {
            model_settle_entry(channel->conn->model, entry, OUTCOME_REQUEUE);
        }
    }
    return AMQP_OK;
}

enum amqp_reply model_basic_recover(struct model_channel *channel, const struct op *op)
{
    enum amqp_reply code = recover(channel, op->args.basic_recover.requeue);
    if (!code) {
        model_owe_ok(channel, METHOD_basic_recover_ok);
    }
    return code;
}

enum amqp_reply model_basic_recover_async(struct model_channel *channel, const struct op *op)
{
    return recover(channel, op->args.basic_recover_async.requeue);
}
