#include "tests/sim/model_internal.h"

uint8_t model_level(const struct model_entry *entry)
{
    uint8_t most = entry->queue->priority_max;
    return entry->message->priority < most ? entry->message->priority : most;
}

static bool comes_before(const struct model_entry *entry, const struct model_entry *other)
{
    uint8_t level = model_level(entry), level_of_other = model_level(other);
    return level > level_of_other || (level == level_of_other && entry->position < other->position);
}

/* Where it belongs in queue.ready. */
static void put_in_place(struct model_entry *entry)
{
    struct list_node *at = entry->queue->ready.head.next;
    while (at != &entry->queue->ready.head &&
           comes_before(container_of(at, struct model_entry, link), entry)) {
        at = at->next;
    }
    list_insert_before(at, &entry->link);
}

/* Where it belongs in queue.entries. */
static void put_on_record(struct model_entry *entry)
{
    struct list_node *at = entry->queue->entries.head.prev;
    while (at != &entry->queue->entries.head &&
           comes_before(entry, container_of(at, struct model_entry, queue_link))) {
        at = at->prev;
    }
    list_insert_before(at->next, &entry->queue_link);
}

struct model_entry *model_enqueue(struct model *model, struct model_queue *queue,
                                  struct model_message *message)
{
    struct model_entry *entry = arena_new(model->arena, sizeof *entry);
    entry->queue = queue;
    entry->message = message;
    entry->position = ++queue->position_last;
    entry->survives = message->persistent && queue->durable;
    entry->life.from = entry->survives ? model_facts_add(&model->facts) : 0;
    put_on_record(entry);
    put_in_place(entry);
    return entry;
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

static void count_settled(struct model *model, struct model_entry *entry)
{
    model->settled++;
    if (entry->survives) {
        entry->life.until = model_facts_add(&model->facts);
        entry->settled_at = model->facts.instant;
    }
}

void model_hand_over(struct model_channel *channel, struct model_entry *entry, bool no_ack,
                     uint64_t instant)
{
    struct model *model = channel->conn->model;
    entry->tag = ++channel->tag_last;
    model->delivered++;
    if (no_ack) {
        count_settled(model, entry);
        entry->settled_at = instant;
        entry->passed = true;
    } else {
        list_push(&channel->unsettled, &entry->link);
    }
}

/* Back to where it was. */
static void put_back(struct model_entry *entry)
{
    entry->consumer = NULL;
    entry->counted = false;
    entry->pending = OUTCOME_NONE;
    entry->redelivered = true;
    put_in_place(entry);
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
        count_settled(model, entry);
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
