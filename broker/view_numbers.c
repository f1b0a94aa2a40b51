#include "broker/view_numbers.h"

#include "base/arena.h"
#include "broker/retry.h"
#include "broker/tally.h"

struct queue_numbers *view_queue_numbers(const struct broker *broker, struct arena *arena,
                                         size_t *count)
{
    struct queue_numbers *all = arena_array(arena, broker->counters.queues, sizeof *all);
    *count = 0;
    list_each(node, &broker->vhosts) {
        list_each(inner, &container_of(node, struct vhost, link)->queues) {
            const struct broker_queue *queue = container_of(inner, struct broker_queue, link);
            all[(*count)++] = (struct queue_numbers){
                .id = queue->id,
                .ready = queue_ready_count(queue->messages),
                .unsettled = queue->unsettled_count,
                .delayed = retry_count(queue),
                .counts = queue->counts,
            };
        }
    }
    return all;
}

struct exchange_numbers *view_exchange_numbers(const struct broker *broker, struct arena *arena,
                                               size_t *count)
{
    struct exchange_numbers *all = arena_array(arena, broker->counters.exchanges, sizeof *all);
    *count = 0;
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        for (struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
             exchange = exchanges_next(vhost->exchanges, exchange)) {
            all[(*count)++] = (struct exchange_numbers){
                .vhost_serial = vhost->serial,
                .serial = exchange_serial(exchange),
                .counts = *exchange_counts(exchange),
            };
        }
    }
    return all;
}

struct channel_numbers *view_channel_numbers(const struct broker *broker, struct arena *arena,
                                             size_t *count)
{
    struct channel_numbers *all = arena_array(arena, broker->counters.channels, sizeof *all);
    *count = 0;
    list_each(node, &broker->sessions) {
        list_each(inner, &container_of(node, struct session, link)->channels) {
            const struct channel *channel = container_of(inner, struct channel, link);
            all[(*count)++] = (struct channel_numbers){channel->serial, tally_channel(channel)};
        }
    }
    return all;
}
