#include "broker/census.h"

#include "broker/broker_internal.h"

typedef size_t (*walk)(const struct queue *queue, struct queue_cursor *cursor, struct stored *out,
                       size_t count);

static uint64_t count_marked(const struct queue *queue, walk next)
{
    struct stored some[128];
    struct queue_cursor cursor = {.level = 0};
    uint64_t marked = 0;
    while (!cursor.done) {
        size_t count = next(queue, &cursor, some, sizeof some / sizeof *some);
        for (size_t i = 0; i < count; i++) {
            marked += queue_marked(queue, some[i].position);
        }
    }
    return marked;
}

static struct census_queue census_of(const struct broker_queue *queue)
{
    return (struct census_queue){
        .vhost = queue->vhost->name,
        .name = queue->name,
        .ready = queue_ready_count(queue->messages),
        .marked = count_marked(queue->messages, queue_walk) +
                  count_marked(queue->messages, queue_walk_returned),
    };
}

static void count_exchanges(const struct vhost *vhost, struct census *census)
{
    for (const struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
         exchange = exchanges_next(vhost->exchanges, exchange)) {
        struct slice name = exchange_name(exchange);
        census->exchanges += name.len > 0 && !slice_starts(name, SLICE("amq."));
        census->bindings += exchange_binding_count(exchange);
    }
}

static uint64_t list_length(const struct list *list)
{
    uint64_t length = 0;
    list_each(it, list) {
        length++;
    }
    return length;
}

struct census broker_census(const struct broker *broker, census_on_queue on_queue, void *arg)
{
    struct census census = {.users = list_length(&broker->users)};
    list_each(it, &broker->vhosts) {
        const struct vhost *vhost = container_of(it, struct vhost, link);
        census.vhosts++;
        count_exchanges(vhost, &census);
        list_each(entry, &vhost->queues) {
            struct census_queue queue = census_of(container_of(entry, struct broker_queue, link));
            census.queues++;
            census.ready += queue.ready;
            on_queue(arg, &queue);
        }
    }
    return census;
}
