#include "broker/pair.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "broker/broker_internal.h"

/* --- Sets. --- */

void pair_set_init(struct pair_set *set)
{
    *set = (struct pair_set){.count = 0};
    list_init(&set->list);
}

/* By where they lie, which no client chooses: it cannot make them collide. */
static size_t bucket_of(const struct pair_set *set, const struct exchange_pairs *exchange,
                        const struct broker_queue *queue)
{
    uint64_t mixed = (uintptr_t)exchange * UINT64_C(0x9e3779b97f4a7c15) ^
                     (uintptr_t)queue * UINT64_C(0xc2b2ae3d27d4eb4f);
    return mixed >> 32 & (set->bucket_count - 1);
}

static struct pair *set_find(const struct pair_set *set, const struct exchange_pairs *exchange,
                             const struct broker_queue *queue)
{
    if (set->bucket_count == 0) {
        return NULL;
    }
    struct pair *pair = set->buckets[bucket_of(set, exchange, queue)];
    while (pair && (pair->exchange != exchange || pair->queue != queue)) {
        pair = pair->next;
    }
    return pair;
}

static void set_link(struct pair_set *set, struct pair *pair)
{
    struct pair **bucket = &set->buckets[bucket_of(set, pair->exchange, pair->queue)];
    pair->next = *bucket;
    *bucket = pair;
}

static void set_grow(struct pair_set *set)
{
    uint32_t count = set->bucket_count ? set->bucket_count * 2 : 4;
    free(set->buckets);
    set->buckets = memory_array(count, sizeof(struct pair *));
    set->bucket_count = count;
    list_each(node, &set->list) {
        set_link(set, container_of(node, struct pair, own_link));
    }
}

/* Here it can be found. */
static void set_add(struct pair_set *set, struct pair *pair)
{
    if (set->count == set->bucket_count) {
        set_grow(set);
    }
    set_link(set, pair);
    list_push(&set->list, &pair->own_link);
    set->count++;
}

static void set_remove(struct pair_set *set, struct pair *pair)
{
    struct pair **at = &set->buckets[bucket_of(set, pair->exchange, pair->queue)];
    while (*at != pair) {
        at = &(*at)->next;
    }
    *at = pair->next;
    list_unlink(&pair->own_link);
    set->count--;
    if (set->count == 0) {
        free(set->buckets);
        set->buckets = NULL;
        set->bucket_count = 0;
    }
}

/* The two sets that a pair is in: where it is found, and the other. */
static struct pair_set *own_set(const struct pair *pair)
{
    switch ((enum pair_kind)pair->kind) {
    case PAIR_CHANNEL_EXCHANGE:
    case PAIR_CHANNEL_QUEUE:
        return &pair->channel->pairs;
    case PAIR_CHANNEL_ROUTE:
        return &pair->channel->routes;
    case PAIR_EXCHANGE_QUEUE:
    case PAIR_KINDS:
        break;
    }
    return &pair->exchange->queues;
}

static struct pair_set *other_set(const struct pair *pair)
{
    switch ((enum pair_kind)pair->kind) {
    case PAIR_CHANNEL_EXCHANGE:
        return &pair->exchange->channels;
    case PAIR_CHANNEL_ROUTE:
        return &pair->route.whole->whole.routes;
    case PAIR_CHANNEL_QUEUE:
    case PAIR_EXCHANGE_QUEUE:
    case PAIR_KINDS:
        break;
    }
    return &pair->queue->pairs;
}

/* --- Pairs. --- */

static size_t size_of(enum pair_kind kind)
{
    static const size_t sizes[PAIR_KINDS] = {
        [PAIR_CHANNEL_EXCHANGE] = sizeof(struct publish_counts),
        [PAIR_CHANNEL_QUEUE] = sizeof(struct delivery_counts),
        [PAIR_CHANNEL_ROUTE] = sizeof(((struct pair *)NULL)->route),
        [PAIR_EXCHANGE_QUEUE] = sizeof(((struct pair *)NULL)->whole),
    };
    return offsetof(struct pair, in) + sizes[kind];
}

/* Makes one like this; NULL if there may be no more. */
static struct pair *pair_add(struct broker *broker, const struct pair *like)
{
    struct pair_set *own = own_set(like), *other = other_set(like);
    if (broker->pair_count >= PAIRS_MAX || own->count >= PAIRS_OF_ONE_MAX ||
        other->count >= PAIRS_OF_ONE_MAX) {
        return NULL;
    }
    struct pair *pair = memory_new(size_of(like->kind));
    pair->kind = like->kind;
    pair->channel = like->channel;
    pair->exchange = like->exchange;
    pair->queue = like->queue;
    pair->serial = ++broker->pairs_made;
    if (pair->kind == PAIR_CHANNEL_ROUTE) {
        pair->route.whole = like->route.whole;
    } else if (pair->kind == PAIR_EXCHANGE_QUEUE) {
        pair_set_init(&pair->whole.routes);
    }
    set_add(own, pair);
    list_push(&other->list, &pair->other_link);
    other->count++;
    list_push(&broker->pairs, &pair->all_link);
    broker->pair_count++;
    return pair;
}

/* What a channel has counted stays with it, and what was routed with exchange and queue. */
static void hand_over(struct pair *pair)
{
    switch ((enum pair_kind)pair->kind) {
    case PAIR_CHANNEL_EXCHANGE:
        publish_counts_add(&pair->channel->counts.in, &pair->in);
        publish_counts_add(&pair->exchange->former, &pair->in);
        break;
    case PAIR_CHANNEL_QUEUE:
        delivery_counts_add(&pair->channel->counts.out, &pair->out);
        break;
    case PAIR_CHANNEL_ROUTE:
        pair->route.whole->whole.published += pair->route.published;
        break;
    case PAIR_EXCHANGE_QUEUE:
    case PAIR_KINDS:
        break;
    }
}

static void pair_unlink(struct broker *broker, struct pair *pair)
{
    struct pair_set *other = other_set(pair);
    hand_over(pair);
    set_remove(own_set(pair), pair);
    list_unlink(&pair->other_link);
    other->count--;
    cursors_leave(&broker->pair_cursors, &pair->all_link);
    list_unlink(&pair->all_link);
    broker->pair_count--;
}

static void pair_free(struct broker *broker, struct pair *pair)
{
    while (pair->kind == PAIR_EXCHANGE_QUEUE && !list_empty(&pair->whole.routes.list)) {
        struct list_node *first = list_first(&pair->whole.routes.list);
        struct pair *route = container_of(first, struct pair, other_link);
        pair_unlink(broker, route);
        free(route);
    }
    pair_unlink(broker, pair);
    free(pair);
}

static struct exchange_pairs *pairs_of(struct exchange *exchange)
{
    struct exchange_pairs **place = exchange_pairs(exchange);
    if (!*place) {
        *place = memory_new(sizeof **place);
        (*place)->exchange = exchange;
        pair_set_init(&(*place)->channels);
        pair_set_init(&(*place)->queues);
    }
    return *place;
}

struct publish_counts *pair_publishes(struct channel *channel, struct exchange *exchange)
{
    struct exchange_pairs *to = pairs_of(exchange);
    struct pair *pair = set_find(&channel->pairs, to, NULL);
    if (!pair) {
        struct pair like = {.kind = PAIR_CHANNEL_EXCHANGE, .channel = channel, .exchange = to};
        pair = pair_add(broker_of(channel), &like);
    }
    return pair ? &pair->in : &channel->counts.in;
}

struct delivery_counts *pair_deliveries(struct channel *channel, struct broker_queue *queue)
{
    struct pair *pair = set_find(&channel->pairs, NULL, queue);
    if (!pair && !queue->deleted) {
        struct pair like = {.kind = PAIR_CHANNEL_QUEUE, .channel = channel, .queue = queue};
        pair = pair_add(broker_of(channel), &like);
    }
    return pair ? &pair->out : &channel->counts.out;
}

/* Not found so far. */
static struct pair *add_route(struct channel *channel, struct exchange_pairs *exchange,
                              struct broker_queue *queue)
{
    struct pair like = {.kind = PAIR_EXCHANGE_QUEUE, .exchange = exchange, .queue = queue};
    struct pair *whole = set_find(&exchange->queues, exchange, queue);
    if (!whole) {
        whole = pair_add(broker_of(channel), &like);
    }
    if (!whole) {
        return NULL;
    }
    like.kind = PAIR_CHANNEL_ROUTE;
    like.channel = channel;
    like.route.whole = whole;
    return pair_add(broker_of(channel), &like);
}

uint64_t *pair_routed(struct channel *channel, struct exchange *exchange,
                      struct broker_queue *queue)
{
    struct broker *broker = broker_of(channel);
    struct exchange_pairs *from = pairs_of(exchange);
    struct pair *pair = set_find(&channel->routes, from, queue);
    if (!pair && queue->kind != QUEUE_DELAYED && !queue->deleted) {
        pair = add_route(channel, from, queue);
    }
    return pair ? &pair->route.published : &broker->routed_uncounted;
}

struct publish_counts pairs_published(struct exchange *exchange)
{
    const struct exchange_pairs *pairs = *exchange_pairs(exchange);
    struct publish_counts sum = {0};
    if (pairs) {
        sum = pairs->former;
        list_each(node, &pairs->channels.list) {
            publish_counts_add(&sum, &container_of(node, struct pair, other_link)->in);
        }
    }
    return sum;
}

uint64_t pair_published(const struct pair *whole)
{
    uint64_t sum = whole->whole.published;
    list_each(node, &whole->whole.routes.list) {
        sum += container_of(node, struct pair, other_link)->route.published;
    }
    return sum;
}

/* --- Ends. --- */

static void free_own(struct broker *broker, struct pair_set *set)
{
    while (!list_empty(&set->list)) {
        pair_free(broker, container_of(list_first(&set->list), struct pair, own_link));
    }
}

static void free_other(struct broker *broker, struct pair_set *set)
{
    while (!list_empty(&set->list)) {
        pair_free(broker, container_of(list_first(&set->list), struct pair, other_link));
    }
}

void pairs_end_channel(struct channel *channel)
{
    free_own(broker_of(channel), &channel->routes);
    free_own(broker_of(channel), &channel->pairs);
}

void pairs_end_queue(struct broker_queue *queue)
{
    free_other(queue->vhost->broker, &queue->pairs);
}

void pairs_end_exchange(struct broker *broker, struct exchange *exchange)
{
    struct exchange_pairs **place = exchange_pairs(exchange);
    if (*place) {
        free_other(broker, &(*place)->channels);
        free_own(broker, &(*place)->queues);
        free(*place);
        *place = NULL;
    }
}
