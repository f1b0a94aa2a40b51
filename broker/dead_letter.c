#include "broker/dead_letter.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/blob.h"
#include "base/check.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/enqueue.h"
#include "broker/replay.h"
#include "broker/route.h"
#include "broker/routing_keys.h"

struct dead_letter {
    struct list_node link; // broker.dead_letters
    struct vhost *vhost;
    struct blob *exchange; // owns one reference: its name
    struct msg *msg;       // owns one reference: with its death on record
    enum death_reason reason;
};

/* The message's own properties with the death in the headers and without the expiration. */
static void rewrite(const struct broker_queue *queue, const struct msg *msg,
                    enum death_reason reason, struct bytes *out)
{
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    struct routing_keys keys;
    routing_keys_init(&keys, msg_routing_key(msg));
    routing_keys_add_header(&keys, properties.headers, SLICE("CC"));
    struct death death = {
        .reason = reason,
        .queue = queue->name,
        .exchange = msg_exchange(msg),
        .routing_keys = keys.items,
        .routing_key_count = keys.count,
        .time_s = queue->vhost->broker->wall_s,
        .expiration_given = properties.flags & PROPERTY_expiration,
        .expiration = properties.expiration,
    };
    struct slice dropped[] = {SLICE("CC")};
    struct bytes headers = {0};
    death_record(&death, properties.headers, dropped, queue->limits.dead_letter_keyed, &headers);
    properties.headers = bytes_slice(&headers);
    properties.flags |= PROPERTY_headers;
    properties.flags &= (uint16_t)~PROPERTY_expiration;
    size_t room = msg->properties_len + headers.len + 16;
    out->len += properties_encode(&properties, bytes_reserve(out, room), room);
    CHECK(out->len > 0);
    bytes_finish(&headers);
    routing_keys_finish(&keys);
}

void dead_letter(struct broker_queue *queue, const struct msg *msg, enum death_reason reason)
{
    const struct queue_limits *limits = &queue->limits;
    if (!limits->dead_letters) {
        return;
    }
    struct bytes properties = {0};
    rewrite(queue, msg, reason, &properties);
    struct msg_parts parts = {
        .exchange = limits->dead_letter_exchange,
        .routing_key = limits->dead_letter_keyed ? limits->dead_letter_key : msg_routing_key(msg),
        .properties = bytes_slice(&properties),
        .body_len = msg->body_len,
        .persistent = msg->persistent,
        .priority = msg->priority,
    };
    struct dead_letter *letter = memory_new(sizeof *letter);
    letter->vhost = queue->vhost;
    letter->exchange = blob_new(limits->dead_letter_exchange);
    letter->reason = reason;
    letter->msg = msg_new(&parts);
    slice_copy(msg_body_room(letter->msg), msg_body(msg));
    bytes_finish(&properties);
    list_push(&queue->vhost->broker->dead_letters, &letter->link);
}

static void letter_free(struct dead_letter *letter)
{
    list_unlink(&letter->link);
    blob_unref(letter->exchange);
    msg_unref(letter->msg);
    free(letter);
}

/* The queues that it goes to; none if there is no such exchange. */
static void find_queues(struct dead_letter *letter, const struct routing *routing,
                        struct route_set *set)
{
    struct slice name = blob_slice(letter->exchange);
    route_set_begin(set);
    if (name.len == 0) {
        for (uint32_t i = 0; i < routing->key_count; i++) {
            struct broker_queue *queue = broker_queue_find(letter->vhost, routing->keys[i]);
            if (queue) {
                route_set_add(set, &queue->destination);
            }
        }
        return;
    }
    struct exchange *exchange = exchanges_find(letter->vhost->exchanges, name);
    if (exchange) {
        exchange_route(letter->vhost->exchanges, exchange, routing, set);
    }
}

static void send(struct dead_letter *letter, struct effects *fx)
{
    struct route_set *set = &letter->vhost->broker->routes;
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(letter->msg), &properties);
    CHECK(sound);
    struct routing_keys keys;
    routing_keys_init(&keys, msg_routing_key(letter->msg));
    routing_keys_add_header(&keys, properties.headers, SLICE("CC"));
    struct routing routing = {
        .keys = keys.items, .key_count = keys.count, .properties = &properties};
    find_queues(letter, &routing, set);
    struct route found = route_of(set);
    replay_keep(&found, letter->msg);
    for (uint32_t i = 0; i < set->count; i++) {
        struct broker_queue *queue = queue_of(set->items[i]);
        if (death_is_cycle(properties.headers, letter->reason, queue->name)) {
            queue->vhost->broker->counters.dead_letter_cycles++;
        } else {
            enqueue(queue, letter->msg, fx);
        }
    }
    routing_keys_finish(&keys);
}

/* Dead letters that make others may multiply: queues of length zero that dead-letter to one fanout
 * exchange do so with every hop. So one call sends so many at most; the rest is for broker_tick,
 * after everybody has had a turn. */
enum { AT_ONCE_MAX = 10000 };

void dead_letters_send(struct broker *broker, struct effects *fx)
{
    struct list_node *first;
    int left = AT_ONCE_MAX;
    while (left-- > 0 && (first = list_first(&broker->dead_letters))) {
        struct dead_letter *letter = container_of(first, struct dead_letter, link);
        send(letter, fx);
        letter_free(letter);
    }
}

void dead_letters_drop(struct broker *broker)
{
    struct list_node *first;
    while ((first = list_first(&broker->dead_letters))) {
        letter_free(container_of(first, struct dead_letter, link));
    }
}
