#include "tests/sim/model_internal.h"
#include "tests/sim/model_wait.h"

struct model_channel *model_channel_open(struct model_conn *conn, uint16_t number)
{
    struct model_channel *channel = arena_new(conn->model->arena, sizeof *channel);
    channel->conn = conn;
    channel->number = number;
    channel->line = (uint8_t)model_line_of(number);
    list_init(&channel->consumers);
    list_init(&channel->waiting);
    list_init(&channel->unsettled);
    list_init(&channel->unconfirmed);
    list_init(&channel->pending);
    list_init(&channel->settling);
    list_push(&conn->channels, &channel->link);
    conn->lines[channel->line].channel = channel;
    model_owe_ok(channel, METHOD_channel_open_ok);
    return channel;
}

void model_channel_stop(struct model_channel *channel)
{
    struct list_node *node;
    while ((node = list_first(&channel->consumers))) {
        model_consumer_end(container_of(node, struct model_consumer, channel_link));
    }
}

/* What it was given goes back to the queues; its number is not free yet. */
void model_channel_end(struct model_channel *channel)
{
    struct model *model = channel->conn->model;
    struct list_node *node;
    model_channel_stop(channel);
    while ((node = list_first(&channel->unsettled))) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        model_settle_entry(model, entry, OUTCOME_FAIL);
    }
    while ((node = list_first(&channel->pending))) {
        list_unlink(node);
    }
    while ((node = list_first(&channel->settling))) {
        list_unlink(node);
    }
    while ((node = list_first(&channel->unconfirmed))) {
        list_unlink(node);
    }
}

void model_channel_free(struct model_channel *channel)
{
    list_unlink(&channel->link);
    channel->conn->lines[channel->line].channel = NULL;
}

/* A limit of the channel that begins counts what basic.get has taken so far, too. */
static void count_all(struct model_channel *channel)
{
    list_each(node, &channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        entry->counted |= !entry->pending;
    }
}

/* As in RabbitMQ, "global" is the whole channel, and its absence ends the channel's limit. */
enum amqp_reply model_basic_qos(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_qos *args = &op->args.basic_qos;
    if (args->prefetch_size != 0) {
        return AMQP_NOT_IMPLEMENTED;
    }
    if (args->global) {
        if (channel->prefetch_limit == 0) {
            count_all(channel);
        }
        channel->prefetch_limit = args->prefetch_count;
    } else {
        channel->prefetch_next = args->prefetch_count;
        channel->prefetch_limit = 0;
    }
    list_each(node, &channel->consumers) { // they may have waited for this
        struct model_consumer *consumer = container_of(node, struct model_consumer, channel_link);
        consumer->eligible_since = ++channel->conn->model->step;
    }
    model_note_limit(channel);
    model_owe_ok(channel, METHOD_basic_qos_ok);
    return AMQP_OK;
}

enum amqp_reply model_confirm_select(struct model_channel *channel, const struct op *op)
{
    if (channel->mode == MODE_TX) {
        return AMQP_PRECONDITION_FAILED;
    }
    channel->mode = MODE_CONFIRM;
    if (!op->args.confirm_select.no_wait) {
        model_owe_ok(channel, METHOD_confirm_select_ok);
    }
    return AMQP_OK;
}

enum amqp_reply model_tx_select(struct model_channel *channel, const struct op *op)
{
    (void)op;
    if (channel->mode == MODE_CONFIRM) {
        return AMQP_PRECONDITION_FAILED;
    }
    channel->mode = MODE_TX;
    model_owe_ok(channel, METHOD_tx_select_ok);
    return AMQP_OK;
}

/* What is to survive the commit is added to the claims. False if a queue would not have something.
 */
static bool commit_publishes(struct model_channel *channel, struct list *claims)
{
    bool accepted = true;
    struct model *model = channel->conn->model;
    struct list_node *node;
    while ((node = list_first(&channel->pending))) {
        list_unlink(node);
        struct model_pending *pending = container_of(node, struct model_pending, link);
        bool taken = false;
        list_each(it, &pending->targets) {
            struct model_queue *queue = container_of(it, struct model_target, link)->queue;
            if (!queue->deleted) {
                accepted &= model_enqueue(model, queue, pending->message, claims);
                taken = true;
            }
        }
        if (pending->mandatory && !taken) {
            model_return(channel, pending->message, 0);
        }
    }
    return accepted;
}

static void commit_settles(struct model_channel *channel)
{
    struct list_node *node;
    while ((node = list_first(&channel->settling))) {
        struct model_entry *entry = container_of(node, struct model_entry, pending_link);
        list_unlink(node);
        model_settle_entry(channel->conn->model, entry, entry->pending);
    }
}

enum amqp_reply model_tx_commit(struct model_channel *channel, const struct op *op)
{
    (void)op;
    if (channel->mode != MODE_TX) {
        return AMQP_PRECONDITION_FAILED;
    }
    struct model *model = channel->conn->model;
    struct list claims;
    list_init(&claims);
    model_group_begin(model);
    bool accepted = commit_publishes(channel, &claims);
    commit_settles(channel);
    model_group_end(model, true);
    model_serve(model);
    if (!accepted) {
        return AMQP_PRECONDITION_FAILED;
    }
    struct owed *owed = model_owe(channel->conn, channel->number,
                                  &(struct amqp_args){.method = METHOD_tx_commit_ok});
    model_take_over(&claims, &owed->claims);
    return AMQP_OK;
}

enum amqp_reply model_tx_rollback(struct model_channel *channel, const struct op *op)
{
    (void)op;
    if (channel->mode != MODE_TX) {
        return AMQP_PRECONDITION_FAILED;
    }
    struct list_node *node;
    while ((node = list_first(&channel->pending))) {
        list_unlink(node);
    }
    while ((node = list_first(&channel->settling))) {
        list_unlink(node);
        container_of(node, struct model_entry, pending_link)->pending = OUTCOME_NONE;
    }
    model_owe_ok(channel, METHOD_tx_rollback_ok);
    return AMQP_OK;
}
