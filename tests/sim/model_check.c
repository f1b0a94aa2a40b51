#include "tests/sim/model_internal.h"

#include "broker/broker.h"

static void count_vhost(const struct model_vhost *vhost, struct broker_counters *out)
{
    list_each(node, &vhost->exchanges) {
        out->exchanges += !container_of(node, struct model_exchange, link)->deleted;
    }
    list_each(at, &vhost->stores) {
        const struct model_queue *store = container_of(at, struct model_queue, link);
        out->messages_delayed += model_length(&store->ready);
    }
    list_each(it, &vhost->queues) {
        const struct model_queue *queue = container_of(it, struct model_queue, link);
        out->queues += !queue->deleted;
        out->transient_queues += !queue->deleted && !queue->durable && !queue->owner;
        out->messages_ready += model_length(&queue->ready);
        out->messages_delayed += model_length(&queue->held);
    }
}

static void count_conn(const struct model_conn *conn, struct broker_counters *out)
{
    out->connections += conn->phase == PHASE_OPEN;
    list_each(node, &conn->channels) {
        const struct model_channel *channel = container_of(node, struct model_channel, link);
        out->channels += !channel->closing;
        out->limited_channels += !channel->closing && channel->prefetch_limit > 0;
        out->consumers += model_length(&channel->consumers);
        out->messages_unsettled += model_length(&channel->unsettled);
    }
}

void model_check_counters(struct model *model, const struct broker_counters *counters)
{
    if (counters->settled < model->settled && model->settled - counters->settled <= model->unsure) {
        model->settled = counters->settled;
    }
    model->unsure = 0;
    struct broker_counters due = {.published = model->published,
                                  .delivered = model->delivered,
                                  .settled = model->settled,
                                  .dead_letter_cycles = model->cycles,
                                  .message_bytes = counters->message_bytes,
                                  .resident_bytes = counters->resident_bytes};
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        count_vhost(&model->vhosts[i], &due);
    }
    list_each(node, &model->conns) {
        count_conn(container_of(node, struct model_conn, link), &due);
    }
#define C(name)                                                                                    \
    if (due.name != counters->name) {                                                              \
        verdict_fail(model->verdict, "the broker counts %llu " #name ", the model %llu",           \
                     (unsigned long long)counters->name, (unsigned long long)due.name);            \
    }
    BROKER_COUNTERS(C)
#undef C
}

void model_check_confirms(struct model *model)
{
    list_each(node, &model->conns) {
        const struct model_conn *conn = container_of(node, struct model_conn, link);
        list_each(it, &conn->channels) {
            const struct model_channel *channel = container_of(it, struct model_channel, link);
            if (!list_empty(&channel->unconfirmed)) {
                verdict_fail(model->verdict, "connection %u channel %u: a confirm is missing",
                             conn->id, channel->number);
            }
        }
    }
}
