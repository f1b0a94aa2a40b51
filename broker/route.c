#include "broker/route.h"

#include "base/memory.h"
#include "broker/access.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/reply_to.h"

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
    *out = (struct route){memory->items, memory->count};
    return true;
}

static void remember(struct channel *channel, const struct publish *publish,
                     const struct route *route)
{
    struct route_memory *memory = &channel->route;
    if (route->count > memory->cap) {
        memory->cap = route->count;
        memory->items = memory_grow(memory->items, memory->cap * sizeof *memory->items);
    }
    for (uint32_t i = 0; i < route->count; i++) {
        memory->items[i] = route->items[i];
    }
    memory->count = route->count;
    memory->place.len = 0;
    bytes_add_u8(&memory->place, (uint8_t)publish->exchange.len);
    bytes_add(&memory->place, publish->exchange);
    bytes_add(&memory->place, publish->routing_key);
    memory->version = broker_of(channel)->route_version;
}

/* The default exchange routes to the queue whose name is the key. */
static void route_by_queue_name(struct channel *channel, const struct content *content,
                                struct route_set *set)
{
    for (uint32_t i = 0; i < content->key_count; i++) {
        struct broker_queue *queue = broker_queue_find(channel->session->vhost, content->keys[i]);
        if (queue) {
            route_set_add(set, &queue->destination);
        }
    }
}

static enum amqp_reply route_by_exchange(struct channel *channel, const struct publish *publish,
                                         const struct content *content, struct effects *fx)
{
    struct vhost *vhost = channel->session->vhost;
    struct exchange *exchange = exchanges_find(vhost->exchanges, publish->exchange);
    if (!exchange) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no exchange '%s' in vhost '%s'",
                              publish->exchange, vhost->name);
    }
    if (exchange_internal(exchange)) {
        return effects_refuse(fx, AMQP_ACCESS_REFUSED,
                              "cannot publish to internal exchange '%s' in vhost '%s'",
                              publish->exchange, vhost->name);
    }
    if (slice_eq(exchange_type_name(exchange), SLICE("topic"))) {
        enum amqp_reply reply =
            access_check_topic(channel, ACCESS_WRITE, publish->exchange, publish->routing_key, fx);
        if (reply) {
            return reply;
        }
    }
    struct routing routing = {.keys = content->keys,
                              .key_count = content->key_count,
                              .headers = content->properties.headers};
    exchange_route(vhost->exchanges, exchange, &routing, &broker_of(channel)->routes);
    return AMQP_OK;
}

enum amqp_reply route_publish(struct channel *channel, const struct publish *publish,
                              const struct content *content, struct route *out, struct effects *fx)
{
    struct route_set *set = &broker_of(channel)->routes;
    route_set_begin(set);
    enum amqp_reply reply =
        access_check(channel, ACCESS_WRITE, RESOURCE_EXCHANGE, publish->exchange, fx);
    if (!reply && publish->exchange.len > 0) {
        reply = route_by_exchange(channel, publish, content, fx);
    } else if (!reply) {
        route_by_queue_name(channel, content, set);
    }
    if (reply) {
        return reply;
    }
    *out = (struct route){set->items, set->count};
    bool headers = content->properties.flags & PROPERTY_headers;
    if (!headers && !reply_to_is_address(publish->routing_key)) {
        remember(channel, publish, out);
    }
    return AMQP_OK;
}
