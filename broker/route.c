#include "broker/route.h"

#include "base/memory.h"
#include "broker/access.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/reply_to.h"

struct route route_of(const struct route_set *set)
{
    return (struct route){
        .items = set->items,
        .count = set->count,
        .keepers = set->keepers,
        .keeper_count = set->keeper_count,
    };
}

bool route_recall(const struct channel *channel, const struct publish *publish, struct route *out)
{
    const struct route_memory *memory = &channel->route;
    size_t exchange_len = publish->exchange.len, key_len = publish->routing_key.len;
    if (memory->version != broker_of(channel)->route_version ||
        memory->place.len != 1 + exchange_len + key_len || memory->place.ptr[0] != exchange_len) {
        return false;
    }
    const uint8_t *place = memory->place.ptr + 1;
    if (!slice_eq((struct slice){place, exchange_len}, publish->exchange) ||
        !slice_eq((struct slice){place + exchange_len, key_len}, publish->routing_key)) {
        return false;
    }
    *out =
        (struct route){.items = memory->items, .count = memory->count, .counts = &memory->counts};
    return true;
}

static void make_room(struct route_memory *memory, uint32_t count)
{
    if (count > memory->cap) {
        memory->cap = count;
        memory->items = memory_grow(memory->items, count * sizeof *memory->items);
        memory->counts.routed =
            memory_grow(memory->counts.routed, count * sizeof *memory->counts.routed);
    }
}

/* Finds where messages from the exchange to these queues are counted: mostly where the last ones
 * were. */
static void remember_queues(struct channel *channel, struct exchange *exchange,
                            const struct route *route)
{
    struct route_memory *memory = &channel->route;
    struct route_counts *counts = &memory->counts;
    bool same = memory->version == broker_of(channel)->route_version &&
                counts->exchange == exchange_counts(exchange);
    uint32_t known = same ? memory->count : 0;
    make_room(memory, route->count);
    for (uint32_t i = 0; i < route->count; i++) {
        if (i >= known || memory->items[i] != route->items[i]) {
            memory->items[i] = route->items[i];
            counts->routed[i] = pair_routed(channel, exchange, queue_of(route->items[i]));
        }
    }
    if (!same) {
        counts->exchange = exchange_counts(exchange);
        counts->source = pair_publishes(channel, exchange);
    }
    memory->count = route->count;
    memory->version = broker_of(channel)->route_version;
}

static void remember_place(struct channel *channel, const struct publish *publish)
{
    struct bytes *place = &channel->route.place;
    bytes_add_u8(place, (uint8_t)publish->exchange.len);
    bytes_add(place, publish->exchange);
    bytes_add(place, publish->routing_key);
}

/* The default exchange routes to the queue whose name is the key. */
static void route_by_queue_name(struct channel *channel, const struct content *content,
                                struct route_set *set)
{
    for (uint32_t i = 0; i < content->keys.count; i++) {
        struct broker_queue *queue =
            broker_queue_find(channel->session->vhost, content->keys.items[i]);
        if (queue) {
            route_set_add(set, &queue->destination);
        }
    }
}

enum amqp_reply route_check(struct channel *channel, const struct publish *publish,
                            struct exchange **out, struct effects *fx)
{
    struct vhost *vhost = channel->session->vhost;
    enum amqp_reply reply =
        access_check(channel, ACCESS_WRITE, RESOURCE_EXCHANGE, publish->exchange, fx);
    *out = NULL;
    if (reply || publish->exchange.len == 0) {
        return reply;
    }
    *out = exchanges_find(vhost->exchanges, publish->exchange);
    if (!*out) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no exchange '%s' in vhost '%s'",
                              publish->exchange, vhost->name);
    }
    if (exchange_internal(*out)) {
        return effects_refuse(fx, AMQP_ACCESS_REFUSED,
                              "cannot publish to internal exchange '%s' in vhost '%s'",
                              publish->exchange, vhost->name);
    }
    bool topic = slice_eq(exchange_type_name(*out), SLICE("topic"));
    return topic ? access_check_topic(channel, ACCESS_WRITE, publish->exchange,
                                      publish->routing_key, fx)
                 : AMQP_OK;
}

struct route route_find(struct channel *channel, const struct publish *publish,
                        struct exchange *exchange, const struct content *content)
{
    struct route_set *set = &broker_of(channel)->routes;
    bool same = true;
    route_set_begin(set);
    if (exchange) {
        struct routing routing = {.keys = content->keys.items,
                                  .key_count = content->keys.count,
                                  .properties = &content->properties};
        same = exchange_route(channel->session->vhost->exchanges, exchange, &routing, set);
    } else {
        route_by_queue_name(channel, content, set);
    }
    struct route route = route_of(set);
    bool headers = content->properties.flags & PROPERTY_headers;
    bool traced = channel->session->vhost->tracing;
    remember_queues(channel, exchange ? exchange : channel->session->vhost->default_exchange,
                    &route);
    route.counts = &channel->route.counts;
    channel->route.place.len = 0;
    if (same && !headers && !traced && !reply_to_is_address(publish->routing_key)) {
        remember_place(channel, publish);
    }
    return route;
}
