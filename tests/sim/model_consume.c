#include "tests/sim/model_internal.h"
#include "tests/sim/model_wait.h"

#include "amqp/table.h"

static struct model_consumer *find(const struct model_channel *channel, struct slice tag)
{
    list_each(node, &channel->consumers) {
        struct model_consumer *consumer = container_of(node, struct model_consumer, channel_link);
        if (tag.len > 0 && slice_eq(consumer->tag, tag)) {
            return consumer;
        }
    }
    return NULL;
}

static bool in_exclusive_use(const struct model_queue *queue, bool exclusive)
{
    if (exclusive && queue->terms.single_active) {
        return true;
    }
    list_each(node, &queue->consumers) {
        if (exclusive || container_of(node, struct model_consumer, queue_link)->exclusive) {
            return true;
        }
    }
    return false;
}

static struct model_consumer *add(struct model_channel *channel, struct model_queue *queue,
                                  const struct amqp_basic_consume *args)
{
    struct model *model = channel->conn->model;
    struct field_value priority;
    struct model_consumer *consumer = arena_new(model->arena, sizeof *consumer);
    consumer->queue = queue;
    consumer->channel = channel;
    consumer->tag = args->consumer_tag;
    consumer->prefetch = channel->prefetch_next;
    consumer->no_ack = args->no_ack;
    consumer->exclusive = args->exclusive && !queue->terms.quorum;
    consumer->announced = args->no_wait;
    consumer->eligible_since = ++model->step;
    model_turn(consumer);
    if (table_get(args->arguments, SLICE("x-priority"), &priority)) {
        consumer->priority = priority.integer;
    }
    list_push(&queue->consumers, &consumer->queue_link);
    list_push(&channel->consumers, &consumer->channel_link);
    model_touch_unused(model, queue);
    if (queue->terms.single_active && !queue->active) {
        queue->active = consumer;
    }
    return consumer;
}

enum amqp_reply model_basic_consume(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_consume *args = &op->args.basic_consume;
    struct model_queue *queue;
    if (find(channel, args->consumer_tag)) {
        return AMQP_NOT_ALLOWED;
    }
    enum amqp_reply code = model_queue_lookup(channel, args->queue, &queue);
    if (code) {
        return code;
    }
    if (queue->terms.quorum && channel->prefetch_limit > 0) {
        return AMQP_NOT_IMPLEMENTED;
    }
    if (in_exclusive_use(queue, args->exclusive && !queue->terms.quorum)) {
        return AMQP_ACCESS_REFUSED;
    }
    struct model_consumer *consumer = add(channel, queue, args);
    if (!args->no_wait) {
        struct amqp_args ok = {.method = METHOD_basic_consume_ok,
                               .basic_consume_ok = {.consumer_tag = consumer->tag}};
        model_owe(channel->conn, channel->number, &ok)->consumer = consumer;
    }
    model_touch(channel->conn->model, queue);
    return AMQP_OK;
}

/* Its messages stay with the channel. */
void model_consumer_forget(struct model_consumer *consumer)
{
    struct model_queue *queue = consumer->queue;
    list_unlink(&consumer->queue_link);
    list_unlink(&consumer->channel_link);
    if (list_linked(&consumer->waiting_link)) {
        list_unlink(&consumer->waiting_link);
    }
    list_each(node, &consumer->channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (entry->consumer == consumer) {
            entry->consumer = NULL;
        }
    }
    if (!queue->deleted) {
        model_touch_unused(consumer->channel->conn->model, queue);
    }
    queue->active = queue->active == consumer ? NULL : queue->active;
    if (consumer->channel->served == queue) {
        consumer->channel->served = NULL;
    }
}

/* The one with the highest priority; of equals the one that came first. */
static struct model_consumer *successor(const struct model_queue *queue)
{
    struct model_consumer *best = NULL;
    list_each(node, &queue->consumers) {
        struct model_consumer *consumer = container_of(node, struct model_consumer, queue_link);
        best = !best || consumer->priority > best->priority ? consumer : best;
    }
    return best;
}

void model_consumer_end(struct model_consumer *consumer)
{
    struct model *model = consumer->channel->conn->model;
    struct model_queue *queue = consumer->queue;
    model_consumer_forget(consumer);
    if (queue->auto_delete && list_empty(&queue->consumers)) {
        model_queue_remove(model, queue);
    } else if (queue->terms.single_active && !queue->active) {
        queue->active = successor(queue);
        if (queue->active) {
            model_turn(queue->active);
            model_touch(model, queue);
        }
    }
}

enum amqp_reply model_basic_cancel(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_cancel *args = &op->args.basic_cancel;
    struct model_consumer *consumer = find(channel, args->consumer_tag);
    if (consumer) {
        model_consumer_end(consumer);
    }
    if (!args->no_wait) {
        struct amqp_args ok = {.method = METHOD_basic_cancel_ok,
                               .basic_cancel_ok = {.consumer_tag = args->consumer_tag}};
        model_owe(channel->conn, channel->number, &ok);
    }
    return AMQP_OK;
}

enum amqp_reply model_basic_get(struct model_channel *channel, const struct op *op)
{
    struct model_queue *queue;
    enum amqp_reply code = model_queue_lookup(channel, op->args.basic_get.queue, &queue);
    if (code) {
        return code;
    }
    if (queue->terms.quorum && queue->terms.single_active) {
        return AMQP_RESOURCE_LOCKED;
    }
    struct model *model = channel->conn->model;
    model_touch_unused(model, queue);
    model_expire(model, queue);
    model_send_letters(model);
    struct model_entry *entry = model_take(queue);
    if (!entry) {
        model_owe_ok(channel, METHOD_basic_get_empty);
        return AMQP_OK;
    }
    model_expire(model, queue);
    model_hand_over(channel, entry, op->args.basic_get.no_ack, model->facts.instant);
    struct amqp_args ok = {.method = METHOD_basic_get_ok,
                           .basic_get_ok = {.delivery_tag = channel->tag_last,
                                            .redelivered = entry->redelivered,
                                            .message_count = model_length(&queue->ready)}};
    struct owed *owed = model_owe(channel->conn, channel->number, &ok);
    owed->message = entry->message;
    owed->entry = entry;
    owed->failed = entry->failed;
    model_send_letters(model);
    return AMQP_OK;
}

bool model_consumer_may(const struct model_consumer *consumer)
{
    const struct model_queue *queue = consumer->queue;
    const struct model_channel *channel = consumer->channel;
    uint32_t of_consumer = 0, of_channel = 0;
    list_each(node, &channel->unsettled) {
        const struct model_entry *entry = container_of(node, struct model_entry, link);
        of_consumer += entry->consumer == consumer;
        of_channel += entry->counted;
    }
    if (queue->terms.single_active && queue->active != consumer) {
        return false;
    }
    return (consumer->no_ack || consumer->prefetch == 0 || of_consumer < consumer->prefetch) &&
           (channel->prefetch_limit == 0 || of_channel < channel->prefetch_limit);
}
