#include "tests/sim/model_wait.h"
#include "tests/sim/model_internal.h"

/* Whose turn it is, and who lets it pass: a consumer whose turn has come while the limit of its
 * channel is used up waits for that, and those of a channel in the order in which they began to.
 * Clients see that order: what was too old in their queues dies in it. It is exact as long as
 * nobody's window is used up, of which the model knows little. */
void model_turn(struct model_consumer *consumer)
{
    consumer->turn = ++consumer->channel->conn->model->step;
}

static uint32_t used_of_channel(const struct model_channel *channel)
{
    uint32_t used = 0;
    list_each(node, &channel->unsettled) {
        used += container_of(node, struct model_entry, link)->counted;
    }
    return used;
}

/* Not even its own limit would let it take something. */
static bool is_out(const struct model_consumer *consumer)
{
    const struct model_queue *queue = consumer->queue;
    uint32_t used = 0;
    list_each(node, &consumer->channel->unsettled) {
        used += container_of(node, struct model_entry, link)->consumer == consumer;
    }
    return (queue->terms.single_active && queue->active != consumer) ||
           (!consumer->no_ack && consumer->prefetch > 0 && used >= consumer->prefetch);
}

static bool is_before(const struct model_consumer *one, const struct model_consumer *other)
{
    return one->priority > other->priority ||
           (one->priority == other->priority && one->turn < other->turn);
}

/* The first that has to begin to wait, before it is `taker`'s turn; or NULL. */
static struct model_consumer *next_to_wait(const struct model_queue *queue,
                                           const struct model_consumer *taker)
{
    struct model_consumer *first = NULL;
    list_each(node, &queue->consumers) {
        struct model_consumer *consumer = container_of(node, struct model_consumer, queue_link);
        const struct model_channel *channel = consumer->channel;
        if (channel->prefetch_limit > 0 && !list_linked(&consumer->waiting_link) &&
            (!taker || is_before(consumer, taker)) && (!first || is_before(consumer, first)) &&
            used_of_channel(channel) >= channel->prefetch_limit && !is_out(consumer)) {
            first = consumer;
        }
    }
    return first;
}

void model_wait(struct model_queue *queue, const struct model_consumer *taker)
{
    struct model_consumer *consumer;
    while ((consumer = next_to_wait(queue, taker))) {
        list_push(&consumer->channel->waiting, &consumer->waiting_link);
    }
}

/* The queue that was served there last has its turn behind all others. */
static void end_waits(struct model_channel *channel)
{
    struct model *model = channel->conn->model;
    struct list_node *node;
    while ((node = list_first(&channel->waiting))) {
        struct model_consumer *consumer = container_of(node, struct model_consumer, waiting_link);
        list_unlink(node);
        model_turn(consumer);
        model_touch(model, consumer->queue);
    }
    if (channel->served && channel->served->touched) {
        list_unlink(&channel->served->touched_link);
        list_push(&model->touched, &channel->served->touched_link);
    }
}

void model_note_limit(struct model_channel *channel)
{
    if (channel->prefetch_limit == 0 || used_of_channel(channel) < channel->prefetch_limit) {
        end_waits(channel);
    }
}

/* Its consumer may take one more, if that was what it lacked; or others with which it shares a
 * limit. */
void model_note_credit(const struct model_entry *entry)
{
    struct model_channel *channel = entry->channel;
    struct model_consumer *consumer = entry->consumer;
    bool was_out = consumer && is_out(consumer);
    if (consumer && !model_consumer_may(consumer)) {
        consumer->eligible_since = ++channel->conn->model->step;
    }
    if (entry->counted && channel->prefetch_limit > 0 &&
        used_of_channel(channel) <= channel->prefetch_limit) {
        end_waits(channel);
    }
    if (was_out) {
        model_turn(consumer);
        model_touch(channel->conn->model, consumer->queue);
    }
}
