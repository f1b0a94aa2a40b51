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
#include "broker/outcome_internal.h"
#include "broker/post.h"
#include "broker/replay.h"
#include "broker/route.h"
#include "broker/routing_keys.h"
#include "broker/tally.h"

/* Until it is published the journal has it in the queue where it died. */
struct dead_letter {
    struct post post;           // first
    struct broker_queue *queue; // where it died: held
    struct blob *exchange;      // owns one reference: where it goes,
    struct blob *key;           // likewise: with this routing key; NULL: with its own
    uint64_t position;          // there; 0: the queue refused it
    uint64_t expires;           // there
    uint64_t time_s;            // of its death
    enum death_reason reason;
};

/* The message's own properties with the death in the headers and without the expiration. */
static void rewrite(const struct dead_letter *letter, struct bytes *out)
{
    const struct broker_queue *queue = letter->queue;
    const struct msg *msg = letter->post.content;
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    struct routing_keys keys;
    routing_keys_init(&keys, msg_routing_key(msg));
    routing_keys_add_header(&keys, properties.headers, SLICE("CC"));
    struct death death = {
        .reason = letter->reason,
        .queue = queue->name,
        .exchange = msg_exchange(msg),
        .routing_keys = keys.items,
        .routing_key_count = keys.count,
        .time_s = letter->time_s,
        .expiration_given = properties.flags & PROPERTY_expiration,
        .expiration = properties.expiration,
    };
    struct slice dropped[] = {SLICE("CC")};
    struct bytes headers = {0};
    death_record(&death, properties.headers, dropped, letter->key != NULL, &headers);
    properties.headers = bytes_slice(&headers);
    properties.flags |= PROPERTY_headers;
    properties.flags &= (uint16_t)~PROPERTY_expiration;
    properties_add(out, &properties);
    bytes_finish(&headers);
    routing_keys_finish(&keys);
}

/* The message to be published; the caller owns the reference. */
static struct msg *new_msg(const struct dead_letter *letter)
{
    const struct msg *msg = letter->post.content;
    struct bytes properties = {0};
    rewrite(letter, &properties);
    struct msg_parts parts = msg_parts_of(msg);
    parts.exchange = blob_slice(letter->exchange);
    parts.routing_key = letter->key ? blob_slice(letter->key) : parts.routing_key;
    parts.properties = bytes_slice(&properties);
    struct msg *copy = msg_copy(msg, &parts);
    copy->has_expiration = false;
    bytes_finish(&properties);
    return copy;
}

enum { NAME_MAX_LEN = 255 };

/* Arguments may be longer than any name of an exchange or routing key: such ones lead nowhere. */
static bool can_be_sent(const struct queue_limits *limits)
{
    return limits->dead_letters && limits->dead_letter_exchange.len <= NAME_MAX_LEN &&
           limits->dead_letter_key.len <= NAME_MAX_LEN;
}

/* The queues that it goes to; none if there is no such exchange. */
static void find_queues(const struct dead_letter *letter, const struct routing *routing,
                        struct route_set *set)
{
    struct vhost *vhost = letter->queue->vhost;
    struct slice name = blob_slice(letter->exchange);
    route_set_begin(set);
    if (name.len == 0) {
        for (uint32_t i = 0; i < routing->key_count; i++) {
            struct broker_queue *queue = broker_queue_find(vhost, routing->keys[i]);
            if (queue) {
                route_set_add(set, &queue->destination);
            }
        }
        return;
    }
    struct exchange *exchange = exchanges_find(vhost->exchanges, name);
    if (exchange) {
        exchange_route(vhost->exchanges, exchange, routing, set);
    }
}

static void publish(const struct dead_letter *letter, struct msg *msg, struct effects *fx)
{
    struct route_set *set = &letter->queue->vhost->broker->routes;
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    struct routing_keys keys;
    routing_keys_init(&keys, msg_routing_key(msg));
    routing_keys_add_header(&keys, properties.headers, SLICE("CC"));
    struct routing routing = {
        .keys = keys.items, .key_count = keys.count, .properties = &properties};
    find_queues(letter, &routing, set);
    struct route found = route_of(set);
    replay_keep(&found, msg);
    for (uint32_t i = 0; i < set->count; i++) {
        struct broker_queue *queue = queue_of(set->items[i]);
        if (queue->kind != QUEUE_DELAYED &&
            death_is_cycle(properties.headers, letter->reason, queue->name)) {
            queue->vhost->broker->counters.dead_letter_cycles++;
        } else {
            enqueue(queue, msg, fx);
        }
    }
    routing_keys_finish(&keys);
}

/* It enters the queues that it goes to and leaves the one where it died, for the journal in one. */
static void send(struct post *post, struct effects *fx)
{
    struct dead_letter *letter = (struct dead_letter *)post;
    uint32_t begin = fx->count;
    struct msg *msg = new_msg(letter);
    publish(letter, msg, fx);
    if (letter->position > 0) {
        outcome_settle(letter->queue, letter->post.msg, letter->position, fx);
    }
    outcome_group(letter->queue->vhost->broker, begin, false, fx);
    msg_unref(msg);
}

static void free_letter(struct post *post)
{
    struct dead_letter *letter = (struct dead_letter *)post;
    letter->queue->holds--;
    broker_queue_release(letter->queue);
    blob_unref(letter->exchange);
    blob_unref(letter->key);
    free(letter);
}

static const struct post_type post_dead_letter = {.send = send, .free_post = free_letter};

void dead_letter(struct broker_queue *queue, const struct delivery *delivery,
                 enum death_reason reason, struct effects *fx)
{
    if (!can_be_sent(&queue->limits)) {
        TALLY_DEATH(queue, dropped, reason);
        if (delivery->position > 0) {
            outcome_settle(queue, delivery->msg, delivery->position, fx);
        }
        return;
    }
    TALLY_DEATH(queue, dead_lettered, reason);
    struct dead_letter *letter = memory_new(sizeof *letter);
    letter->post.type = &post_dead_letter;
    letter->post.vhost = queue->vhost;
    letter->post.msg = msg_ref(delivery->msg);
    letter->queue = queue;
    letter->position = delivery->position;
    letter->expires = delivery->expires;
    letter->time_s = queue->vhost->broker->wall_s;
    letter->reason = reason;
    letter->exchange = blob_new(queue->limits.dead_letter_exchange);
    letter->key = queue->limits.dead_letter_keyed ? blob_new(queue->limits.dead_letter_key) : NULL;
    queue->holds++;
    tally_read(queue, delivery->msg);
    post_add(&letter->post, fx);
}

void dead_letters_each(struct broker *broker, taken_visitor visit, void *context)
{
    list_each(node, &broker->posts) {
        const struct post *post = container_of(node, struct post, link);
        const struct dead_letter *letter = (const struct dead_letter *)post;
        if (post->type == &post_dead_letter && letter->position > 0) {
            struct delivery delivery = {
                .msg = post->msg, .expires = letter->expires, .position = letter->position};
            visit(context, letter->queue, &delivery);
        }
    }
}
