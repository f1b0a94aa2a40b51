#include "broker/delay.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "base/check.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/enqueue.h"
#include "broker/outcome_internal.h"
#include "broker/replay.h"
#include "broker/route.h"
#include "broker/routing_keys.h"
#include "broker/tally.h"
#include "exchange/delay_header.h"

/* A message that was taken from its store because it is due, and waits to be published: until then
 * the journal has it there. */
struct due_message {
    struct list_node link;      // broker.due_messages
    struct broker_queue *store; // held
    struct msg *msg;            // owns one reference: as it was in the store
    struct msg *content; // likewise: msg itself, or what its stub stands for; NULL until fetched
    uint64_t position;   // in the store
    uint64_t expires;    // there: when it was due
};

void delay_add_store(struct vhost *vhost, struct exchange *exchange, uint64_t id,
                     struct effects *fx)
{
    CHECK(!exchange_store(exchange));
    struct broker_queue_options options = {.name = exchange_name(exchange),
                                           .id = id,
                                           .kind = QUEUE_DELAYED,
                                           .durable = exchange_durable(exchange)};
    struct broker_queue *store = broker_queue_add(vhost, &options);
    exchange_set_store(exchange, &store->destination);
    if (store->durable) {
        struct topology topology = {.kind = TOPOLOGY_queue_put,
                                    .queue_put = broker_queue_entry(store)};
        outcome_topology(vhost->broker, &topology, fx);
    }
}

void delay_remove_store(struct exchange *exchange, struct effects *fx)
{
    struct destination *store = exchange_store(exchange);
    if (store) {
        broker_queue_remove(queue_of(store), fx);
        CHECK(!exchange_store(exchange));
    }
}

void delay_schedule(struct broker_queue *store)
{
    struct deadlines *deadlines = &store->vhost->broker->delay_deadlines;
    uint64_t next = queue_expires_next(store->messages);
    if (next == QUEUE_NEVER) {
        deadlines_clear(deadlines, &store->head_due);
    } else if (!deadline_is_set(&store->head_due) || store->head_due.at != next) {
        deadlines_set(deadlines, &store->head_due, next);
    }
}

void delay_hold(struct broker_queue *store, struct msg *msg, struct effects *fx)
{
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    struct delivery place = {.msg = msg};
    place.expires = store->vhost->broker->now_ms + delay_asked(&properties);
    place.position = broker_queue_put(store, msg, place.expires);
    outcome_store(store, &place, false, fx);
    delay_schedule(store);
}

/* Takes the next one out of the store. A stub's content comes from the journal first. */
static void take(struct broker_queue *store, struct effects *fx)
{
    struct delivery delivery;
    bool taken = broker_queue_take(store, &delivery);
    CHECK(taken);
    struct due_message *due = memory_new(sizeof *due);
    due->store = store;
    due->msg = delivery.msg;
    due->position = delivery.position;
    due->expires = delivery.expires;
    store->holds++;
    tally_read(store, due->msg);
    list_push(&store->vhost->broker->due_messages, &due->link);
    if (due->msg->stub) {
        *effects_next(fx) = (struct effect){.kind = EFFECT_FETCH, .msg = msg_ref(due->msg)};
    } else {
        due->content = msg_ref(due->msg);
    }
    delay_schedule(store);
}

static void due_free(struct due_message *due)
{
    list_unlink(&due->link);
    due->store->holds--;
    broker_queue_release(due->store);
    msg_unref(due->msg);
    msg_unref(due->content);
    free(due);
}

/* The message to be published; the caller owns the reference. */
static struct msg *new_msg(const struct due_message *due, const struct amqp_properties *given)
{
    const struct msg *msg = due->content;
    struct amqp_properties properties = *given;
    struct bytes headers = {0}, encoded = {0};
    delay_rewrite(given->headers, &headers);
    properties.headers = bytes_slice(&headers);
    properties_add(&encoded, &properties);
    struct msg_parts parts = msg_parts_of(msg);
    parts.properties = bytes_slice(&encoded);
    struct msg *copy = msg_copy(msg, &parts);
    bytes_finish(&headers);
    bytes_finish(&encoded);
    return copy;
}

/* Finds the queues of a message that is `given` to its exchange with the keys that it came with. */
static void find_queues(const struct due_message *due, const struct msg *msg,
                        const struct amqp_properties *given)
{
    struct vhost *vhost = due->store->vhost;
    struct exchange *exchange = exchanges_find(vhost->exchanges, due->store->name);
    CHECK(exchange);
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    struct routing_keys keys;
    routing_keys_init(&keys, msg_routing_key(msg));
    routing_keys_add_header(&keys, given->headers, SLICE("CC"));
    routing_keys_add_header(&keys, given->headers, SLICE("BCC"));
    struct routing routing = {
        .keys = keys.items, .key_count = keys.count, .properties = &properties};
    route_set_begin(&vhost->broker->routes);
    exchange_route(vhost->exchanges, exchange, &routing, &vhost->broker->routes);
    routing_keys_finish(&keys);
}

static void publish(const struct due_message *due, struct effects *fx)
{
    struct amqp_properties given;
    bool sound = properties_decode(msg_properties(due->content), &given);
    CHECK(sound);
    struct msg *msg = new_msg(due, &given);
    find_queues(due, msg, &given);
    struct route route = route_of(&due->store->vhost->broker->routes);
    replay_keep(&route, msg);
    for (uint32_t i = 0; i < route.count; i++) {
        enqueue(queue_of(route.items[i]), msg, fx);
    }
    msg_unref(msg);
}

/* It enters the queues that it goes to and leaves its store, for the journal in one. Nothing is
 * left to do for one whose exchange was deleted meanwhile. */
static void send(struct due_message *due, struct effects *fx)
{
    uint32_t begin = fx->count;
    if (!due->store->deleted) {
        publish(due, fx);
    }
    outcome_settle(due->store, due->msg, due->position, fx);
    outcome_group(due->store->vhost->broker, begin, false, fx);
}

/* As far as there is content: those behind the first without it came to be due later. */
static void send_ready(struct broker *broker, struct effects *fx)
{
    struct list_node *first;
    while ((first = list_first(&broker->due_messages))) {
        struct due_message *due = container_of(first, struct due_message, link);
        if (!due->content) {
            break;
        }
        send(due, fx);
        due_free(due);
    }
}

enum { AT_ONCE_MAX = 10000 };

void delay_release(struct broker *broker, struct effects *fx)
{
    int left = AT_ONCE_MAX;
    struct deadline *first;
    while (left-- > 0 && (first = deadlines_first(&broker->delay_deadlines)) &&
           first->at <= broker->now_ms) {
        take(container_of(first, struct broker_queue, head_due), fx);
    }
    send_ready(broker, fx);
}

void delay_fetched(struct broker *broker, const struct msg *stub, struct msg *loaded,
                   struct effects *fx)
{
    list_each(node, &broker->due_messages) { // asked for in this order, and mostly given in it
        struct due_message *due = container_of(node, struct due_message, link);
        if (due->msg == stub && !due->content) {
            due->content = msg_ref(loaded);
            send_ready(broker, fx);
            break;
        }
    }
}

void delay_each(struct broker *broker, taken_visitor visit, void *context)
{
    list_each(node, &broker->due_messages) {
        const struct due_message *due = container_of(node, struct due_message, link);
        struct delivery delivery = {
            .msg = due->msg, .expires = due->expires, .position = due->position};
        visit(context, due->store, &delivery);
    }
}

void delay_restored(struct vhost *vhost, struct effects *fx)
{
    struct exchange *exchange = exchanges_first(vhost->exchanges);
    for (; exchange; exchange = exchanges_next(vhost->exchanges, exchange)) {
        if (exchange_delays(exchange) && !exchange_store(exchange)) {
            delay_add_store(vhost, exchange, 0, fx);
        }
    }
    list_each(node, &vhost->stores) {
        struct broker_queue *store = container_of(node, struct broker_queue, link);
        queue_restored(store->messages);
        delay_schedule(store);
    }
}

void delay_drop(struct broker *broker, const struct vhost *vhost)
{
    list_each(node, &broker->due_messages) {
        struct due_message *due = container_of(node, struct due_message, link);
        if (!vhost || due->store->vhost == vhost) {
            due_free(due);
        }
    }
}
