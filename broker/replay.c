#include "broker/replay.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/enqueue.h"
#include "broker/post.h"
#include "broker/route.h"
#include "broker/routing_keys.h"
#include "exchange/history.h"

static void release(void *message)
{
    msg_unref(message);
}

void replay_keep(const struct route *route, struct msg *msg)
{
    for (uint32_t i = 0; i < route->keeper_count; i++) {
        history_keep(exchange_history(route->keepers[i]), msg_ref(msg), release);
    }
}

/* A message of its own for whoever gets it later: what happens to the one that was published, in
 * the queues that it is in since then, is none of its business. */
static struct msg *copy(const struct msg *msg)
{
    struct msg_parts parts = msg_parts_of(msg);
    return msg_copy(msg, &parts);
}

/* The queues that the message reaches from an exchange. */
static struct route find_route(struct vhost *vhost, struct exchange *exchange,
                               const struct msg *msg)
{
    struct route_set *set = &vhost->broker->routes;
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    struct routing_keys keys;
    routing_keys_init(&keys, msg_routing_key(msg));
    routing_keys_add_header(&keys, properties.headers, SLICE("CC"));
    struct routing routing = {
        .keys = keys.items, .key_count = keys.count, .properties = &properties};
    route_set_begin(set);
    exchange_route(vhost->exchanges, exchange, &routing, set);
    routing_keys_finish(&keys);
    return route_of(set);
}

static void give(struct vhost *vhost, struct destination *destination, struct msg *msg,
                 struct effects *fx)
{
    if (destination->kind == DESTINATION_QUEUE) {
        enqueue(queue_of(destination), msg, fx);
        return;
    }
    struct route route = find_route(vhost, exchange_of(destination), msg);
    replay_keep(&route, msg);
    for (uint32_t i = 0; i < route.count; i++) {
        enqueue(queue_of(route.items[i]), msg, fx);
    }
}

void replay_to(struct vhost *vhost, const struct exchange *source, struct destination *destination,
               struct effects *fx)
{
    const struct history *history = exchange_history(source);
    uint32_t count = history ? history_count(history) : 0;
    if (count == 0) {
        return;
    }
    struct msg **messages = memory_array(count, sizeof *messages);
    for (uint32_t i = 0; i < count; i++) { // taken out first: source may be bound to itself
        messages[i] = copy(history_at(history, i));
    }
    for (uint32_t i = 0; i < count; i++) {
        give(vhost, destination, messages[i], fx);
        msg_unref(messages[i]);
    }
    free(messages);
    posts_send(vhost->broker, fx);
}
