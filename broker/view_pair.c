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

/* A text that was copied last: neighbours share it. */
struct kept {
    const uint8_t *from;
    struct slice copy;
};

/* Some that are being gathered. */
struct gathered {
    struct arena *arena;
    enum pair_kind kind;
    struct kept vhost;
    struct kept exchange;
    struct kept queue;
    struct pair_view *views;
    size_t count;
};

static struct slice keep(struct gathered *gathered, struct kept *last, struct slice text)
{
    if (text.ptr && text.ptr != last->from) {
        *last = (struct kept){text.ptr, arena_copy(gathered->arena, text)};
    }
    return text.ptr ? last->copy : text;
}

static void gather(struct gathered *gathered, const struct pair *pair)
{
    struct pair_view *view = &gathered->views[gathered->count];
    if (pair->kind != gathered->kind) {
        return;
    }
    *view = view_of_pair(pair);
    if (!pair_view_empty(view)) {
        view->vhost = keep(gathered, &gathered->vhost, view->vhost);
        view->exchange = keep(gathered, &gathered->exchange, view->exchange);
        view->queue = keep(gathered, &gathered->queue, view->queue);
        gathered->count++;
    }
}

static void make_room(struct gathered *gathered, const struct pair_set *set)
{
    gathered->views = arena_array(gathered->arena, set->count + 1, sizeof *gathered->views);
}

static void gather_own(struct gathered *gathered, const struct pair_set *set)
{
    make_room(gathered, set);
    list_each(node, &set->list) {
        gather(gathered, container_of(node, struct pair, own_link));
    }
}

static void gather_other(struct gathered *gathered, const struct pair_set *set)
{
    make_room(gathered, set);
    list_each(node, &set->list) {
        gather(gathered, container_of(node, struct pair, other_link));
    }
}

static void gather_of_channel(const struct broker *broker, const struct pair_query *query,
                              struct gathered *out)
{
    const struct channel *channel = view_find_channel(broker, &query->channel);
    if (channel) {
        gather_own(out, &channel->pairs);
    }
}

static void gather_of_queue(const struct broker *broker, const struct pair_query *query,
                            struct gathered *out)
{
    const struct vhost *vhost = broker_find_vhost(broker, query->vhost);
    const struct broker_queue *queue = vhost ? broker_queue_find(vhost, query->name) : NULL;
    if (queue) {
        gather_other(out, &queue->pairs);
    }
}

static void gather_of_exchange(const struct broker *broker, const struct pair_query *query,
                               struct gathered *out)
{
    const struct vhost *vhost = broker_find_vhost(broker, query->vhost);
    struct exchange *exchange = vhost ? exchanges_find(vhost->exchanges, query->name) : NULL;
    const struct exchange_pairs *pairs = exchange ? *exchange_pairs(exchange) : NULL;
    if (pairs && query->kind == PAIR_EXCHANGE_QUEUE) {
        gather_own(out, &pairs->queues);
    } else if (pairs) {
        gather_other(out, &pairs->channels);
    }
}

struct pair_view *view_pairs(const struct broker *broker, const struct pair_query *query,
                             struct arena *arena, size_t *count)
{
    struct gathered gathered = {.arena = arena, .kind = query->kind};
    switch (query->of) {
    case PAIRS_OF_CHANNEL:
        gather_of_channel(broker, query, &gathered);
        break;
    case PAIRS_OF_QUEUE:
        gather_of_queue(broker, query, &gathered);
        break;
    case PAIRS_OF_EXCHANGE:
        gather_of_exchange(broker, query, &gathered);
        break;
    }
    *count = gathered.count;
    return gathered.views;
}

bool view_walk_pair(struct view_walk *walk, struct pair_view *out)
{
    const struct list_node *node = view_walk_pair_node(walk);
    if (node) {
        *out = view_of_pair(container_of(node, struct pair, all_link));
    }
    return node;
}
