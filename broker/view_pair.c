#include "broker/view_pair.h"

#include <string.h>

#include "broker/broker_queue.h"
#include "broker/view_internal.h"
#include "exchange/exchanges.h"

static struct pair_view view_of_pair(const struct pair *pair)
{
    const struct channel *channel = pair->channel;
    struct pair_view view = {
        .kind = pair->kind,
        .vhost = channel ? vhost_name_of(channel) : pair->queue->vhost->name,
        .serial = pair->serial,
    };
    if (channel) {
        view.conn = channel->session->conn;
        view.channel = channel->number;
    }
    if (pair->exchange) {
        view.exchange = exchange_name(pair->exchange->exchange);
    }
    if (pair->queue) {
        view.queue = pair->queue->name;
    }
    switch (view.kind) {
    case PAIR_CHANNEL_EXCHANGE:
        view.in = pair->in;
        break;
    case PAIR_CHANNEL_QUEUE:
        view.out = pair->out;
        break;
    case PAIR_CHANNEL_ROUTE:
        view.in.publish = pair->route.published;
        break;
    case PAIR_EXCHANGE_QUEUE:
    case PAIR_KINDS:
        view.in.publish = pair_published(pair);
        break;
    }
    return view;
}

bool pair_view_empty(const struct pair_view *view)
{
    static const struct message_counts none;
    return memcmp(&view->in, &none.in, sizeof view->in) == 0 &&
           memcmp(&view->out, &none.out, sizeof view->out) == 0;
}

void view_keep_pair(struct arena *arena, struct pair_view *view)
{
    view->vhost = arena_copy(arena, view->vhost);
    view->exchange = view->exchange.ptr ? arena_copy(arena, view->exchange) : view->exchange;
    view->queue = view->queue.ptr ? arena_copy(arena, view->queue) : view->queue;
}

/* Some that are being gathered. */
struct gathered {
    struct arena *arena;
    struct pair_view *views;
    size_t count;
};

static void gather(struct gathered *gathered, const struct pair *pair)
{
    struct pair_view view = view_of_pair(pair);
    if (!pair_view_empty(&view)) {
        view_keep_pair(gathered->arena, &view);
        gathered->views[gathered->count++] = view;
    }
}

static void gather_own(struct gathered *gathered, const struct pair_set *set)
{
    list_each(node, &set->list) {
        gather(gathered, container_of(node, struct pair, own_link));
    }
}

static void gather_other(struct gathered *gathered, const struct pair_set *set)
{
    list_each(node, &set->list) {
        gather(gathered, container_of(node, struct pair, other_link));
    }
}

static struct gathered gathered_new(struct arena *arena, size_t count)
{
    return (struct gathered){arena, arena_array(arena, count, sizeof(struct pair_view)), 0};
}

struct pair_view *view_pairs_of_channel(const struct broker *broker,
                                        const struct channel_place *place, struct arena *arena,
                                        size_t *count)
{
    const struct channel *channel = view_find_channel(broker, place);
    *count = 0;
    if (!channel) {
        return NULL;
    }
    struct gathered all = gathered_new(arena, channel->pairs.count);
    gather_own(&all, &channel->pairs);
    *count = all.count;
    return all.views;
}

struct pair_view *view_pairs_of_queue(const struct broker *broker, const struct view_scope *scope,
                                      struct slice name, size_t *count)
{
    const struct vhost *vhost = broker_find_vhost(broker, scope->vhost);
    const struct broker_queue *queue = vhost ? broker_queue_find(vhost, name) : NULL;
    *count = 0;
    if (!queue) {
        return NULL;
    }
    struct gathered all = gathered_new(scope->arena, queue->pairs.count);
    gather_other(&all, &queue->pairs);
    *count = all.count;
    return all.views;
}

struct pair_view *view_pairs_of_exchange(const struct broker *broker,
                                         const struct view_scope *scope, struct slice name,
                                         size_t *count)
{
    const struct vhost *vhost = broker_find_vhost(broker, scope->vhost);
    struct exchange *exchange = vhost ? exchanges_find(vhost->exchanges, name) : NULL;
    const struct exchange_pairs *pairs = exchange ? *exchange_pairs(exchange) : NULL;
    *count = 0;
    if (!pairs) {
        return NULL;
    }
    struct gathered all = gathered_new(scope->arena, pairs->channels.count + pairs->queues.count);
    gather_other(&all, &pairs->channels);
    gather_own(&all, &pairs->queues);
    *count = all.count;
    return all.views;
}

bool view_walk_pair(struct view_walk *walk, struct pair_view *out)
{
    const struct list_node *node = view_walk_pair_node(walk);
    if (node) {
        *out = view_of_pair(container_of(node, struct pair, all_link));
    }
    return node;
}
