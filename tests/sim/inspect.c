#include "tests/sim/inspect.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "queue/msg.h"
#include "server/conn.h"
#include "server/engine.h"
#include "server/store.h"
#include "tests/sim/stream.h"
#include "tests/sim/tape.h"

enum { BATCH = 20, FRAME_MAX = 131072 };

/* The client that looks into the queues of a virtual host. */
struct inspector {
    struct node *node;
    struct arena *arena;
    struct verdict *verdict;
    struct conn *conn;
    struct stream out;
    struct tape in;
    size_t sent;
    uint64_t now_ms;
};

static void read_output(struct inspector *inspector)
{
    struct iovec piece;
    struct moment moment = {0};
    while (conn_gather(inspector->conn, &piece, 1) > 0) {
        bytes_add(&inspector->in.octets, (struct slice){piece.iov_base, piece.iov_len});
        conn_sent(inspector->conn, piece.iov_len, inspector->now_ms);
    }
    tape_record(&inspector->in, SLICE(""), &moment);
}

static void tick(struct inspector *inspector)
{
    node_end_tick(inspector->node, inspector->now_ms);
    while (node_holds(inspector->node) && !inspector->verdict->failed) {
        if (node_flush(inspector->node, inspector->now_ms) < 0) {
            verdict_fail(inspector->verdict, "after the restart: the disk fails");
        }
        node_end_tick(inspector->node, inspector->now_ms);
    }
    while (engine_next_changed(inspector->node->engine)) {
    }
    read_output(inspector);
}

/* All that is on its way arrives, and is answered. */
static void exchange(struct inspector *inspector)
{
    for (int tries = 0; inspector->sent < inspector->out.octets.len; tries++) {
        struct slice rest = {inspector->out.octets.ptr + inspector->sent,
                             inspector->out.octets.len - inspector->sent};
        inspector->sent += conn_receive(inspector->conn, rest, inspector->now_ms);
        tick(inspector);
        if (tries > BATCH || conn_finished(inspector->conn)) {
            verdict_fail(inspector->verdict, "after the restart: nobody listens");
            return;
        }
    }
}

static void shake_hands(struct inspector *inspector, struct slice vhost)
{
    struct amqp_args start_ok = {.method = METHOD_connection_start_ok,
                                 .connection_start_ok = {.mechanism = SLICE("PLAIN"),
                                                         .response = SLICE("\0guest\0secret"),
                                                         .locale = SLICE("en_US")}};
    struct amqp_args tune_ok = {
        .method = METHOD_connection_tune_ok,
        .connection_tune_ok = {.channel_max = 2047, .frame_max = FRAME_MAX, .heartbeat = 0}};
    struct amqp_args open = {.method = METHOD_connection_open,
                             .connection_open = {.virtual_host = vhost}};
    inspector->in.frame_max = FRAME_MAX;
    stream_greet(&inspector->out, SLICE("AMQP\0\0\x09\x01"), true);
    stream_method(&inspector->out, 0, &start_ok);
    stream_method(&inspector->out, 0, &tune_ok);
    stream_method(&inspector->out, 0, &open);
    stream_method(&inspector->out, 1, &(struct amqp_args){.method = METHOD_channel_open});
    exchange(inspector);
}

static void begin(struct inspector *inspector, struct slice vhost)
{
    struct peer peer = {.name = SLICE("127.0.0.1:1 -> 127.0.0.1:5672"), .loopback = true};
    inspector->conn = engine_connect(inspector->node->engine, &peer, inspector->now_ms);
    stream_init(&inspector->out, inspector->arena);
    tape_init(&inspector->in, inspector->arena, inspector->verdict);
    shake_hands(inspector, vhost);
}

static void finish(struct inspector *inspector)
{
    conn_free(inspector->conn);
    stream_finish(&inspector->out);
    tape_finish(&inspector->in);
}

/* What the header x-delivery-count says. */
static uint32_t failed_of(struct slice encoded)
{
    struct amqp_properties properties;
    struct field_value value;
    CHECK(properties_decode(encoded, &properties));
    bool counted = table_get(properties.headers, SLICE("x-delivery-count"), &value);
    return counted ? (uint32_t)value.integer : 0;
}

static void take_message(struct inspector *inspector, struct found_queue *queue,
                         const struct heard *heard)
{
    const struct amqp_basic_get_ok *ok = &heard->args.basic_get_ok;
    struct found_message *message = arena_new(inspector->arena, sizeof *message);
    *message = (struct found_message){.exchange = ok->exchange,
                                      .routing_key = ok->routing_key,
                                      .properties = heard->properties,
                                      .body = heard->body,
                                      .expires = UINT64_MAX,
                                      .failed = failed_of(heard->properties),
                                      .redelivered = ok->redelivered};
    list_push(&queue->messages, &message->link);
}

/* Takes what was heard. True if the queue is empty. */
static bool take_answers(struct inspector *inspector, struct found_queue *queue)
{
    struct list_node *node;
    bool empty = false;
    while ((node = list_first(&inspector->in.unexplained))) {
        const struct heard *heard = container_of(node, struct heard, link);
        list_unlink(node);
        if (heard->args.method == METHOD_basic_get_ok) {
            take_message(inspector, queue, heard);
        } else if (heard->args.method == METHOD_basic_get_empty) {
            empty = true;
        } else if (heard->args.method == METHOD_channel_close ||
                   heard->args.method == METHOD_connection_close) {
            verdict_fail(inspector->verdict, "after the restart: a queue cannot be looked at");
        }
    }
    return empty;
}

static void get_all(struct inspector *inspector, struct found_queue *queue)
{
    struct amqp_args get = {.method = METHOD_basic_get, .basic_get = {.queue = queue->name}};
    do {
        for (int i = 0; i < BATCH; i++) {
            stream_method(&inspector->out, 1, &get);
        }
        exchange(inspector);
    } while (!take_answers(inspector, queue) && !inspector->verdict->failed);
}

/* --- What no client can see. --- */

/* A place in a queue. */
struct place {
    struct stored stored;
    bool levels; // the low octet of its position is the level, of which the highest comes first
};

static int compare_places(const void *one, const void *other)
{
    const struct place *a = one, *b = other;
    uint8_t level = a->levels ? (uint8_t)a->stored.position : 0;
    uint8_t level_of_other = b->levels ? (uint8_t)b->stored.position : 0;
    if (level != level_of_other) {
        return level > level_of_other ? -1 : 1;
    }
    return a->stored.position < b->stored.position ? -1 : 1;
}

/* All places of the queue in order; in the arena. */
static struct place *places_of(struct arena *arena, const struct broker_queue *queue, size_t *count)
{
    size_t room = queue_ready_count(queue->messages);
    struct place *places = arena_new(arena, (room + 1) * sizeof *places);
    struct queue_cursor cursor = {0};
    struct stored found;
    *count = 0;
    while (!cursor.done && *count < room) {
        if (queue_walk(queue->messages, &cursor, &found, 1) > 0) {
            places[(*count)++] =
                (struct place){.stored = found, .levels = queue->limits.priority_max > 0};
        }
    }
    qsort(places, *count, sizeof *places, compare_places);
    return places;
}

static void look_at_times(struct inspector *inspector, const struct place *places, size_t count,
                          const struct found_queue *found)
{
    size_t at = 0;
    list_each(node, &found->messages) {
        struct found_message *message = container_of(node, struct found_message, link);
        if (at == count) {
            verdict_fail(inspector->verdict, "after the restart: a message that has no place");
            return;
        }
        message->expires = places[at++].stored.expires;
    }
}

static void take_held(struct inspector *inspector, struct found_queue *store,
                      const struct stored *stored)
{
    struct found_message *message = arena_new(inspector->arena, sizeof *message);
    struct msg *stub = msg_stub(stored);
    struct msg *msg = store_load(inspector->node->store, stub);
    *message =
        (struct found_message){.exchange = arena_copy(inspector->arena, msg_exchange(msg)),
                               .routing_key = arena_copy(inspector->arena, msg_routing_key(msg)),
                               .properties = arena_copy(inspector->arena, msg_properties(msg)),
                               .body = arena_copy(inspector->arena, msg_body(msg)),
                               .expires = stored->expires};
    list_push(&store->messages, &message->link);
    msg_unref(msg);
    msg_unref(stub);
}

static void look_at_store(struct found_vhost *found, struct inspector *inspector,
                          const struct broker_queue *queue)
{
    size_t count;
    struct found_queue *store = arena_new(inspector->arena, sizeof *store);
    const struct place *places = places_of(inspector->arena, queue, &count);
    store->name = arena_copy(inspector->arena, queue->name);
    list_init(&store->messages);
    list_push(&found->stores, &store->link);
    for (size_t i = 0; i < count; i++) {
        take_held(inspector, store, &places[i].stored);
    }
}

static void add_binding(struct found_vhost *found, struct arena *arena,
                        const struct binding *binding)
{
    struct found_binding *copy = arena_new(arena, sizeof *copy);
    bool to_queue = binding->destination->kind == DESTINATION_QUEUE;
    struct slice name = to_queue ? queue_of(binding->destination)->name
                                 : exchange_name(exchange_of(binding->destination));
    *copy = (struct found_binding){.source = arena_copy(arena, exchange_name(binding->source)),
                                   .destination = arena_copy(arena, name),
                                   .key = arena_copy(arena, binding->key),
                                   .arguments = arena_copy(arena, binding->arguments),
                                   .to_queue = to_queue};
    list_push(&found->bindings, &copy->link);
}

static void look_at_exchange(struct found_vhost *found, struct arena *arena,
                             const struct exchange *exchange)
{
    struct found_exchange *copy = arena_new(arena, sizeof *copy);
    *copy = (struct found_exchange){.name = arena_copy(arena, exchange_name(exchange)),
                                    .type = arena_copy(arena, exchange_type_name(exchange)),
                                    .durable = exchange_durable(exchange),
                                    .auto_delete = exchange_auto_delete(exchange),
                                    .internal = exchange_internal(exchange)};
    list_push(&found->exchanges, &copy->link);
    list_each(node, exchange_bindings(exchange)) {
        add_binding(found, arena, container_of(node, struct binding, out_link));
    }
}

static void look_at_queue(struct found_vhost *found, struct arena *arena,
                          const struct broker_queue *queue)
{
    struct found_queue *copy = arena_new(arena, sizeof *copy);
    copy->name = arena_copy(arena, queue->name);
    copy->durable = queue->durable;
    copy->auto_delete = queue->auto_delete;
    copy->arguments = arena_copy(arena, queue->arguments);
    list_init(&copy->messages);
    list_push(&found->queues, &copy->link);
}

static void look_at_vhost(struct found_vhost *found, struct inspector *inspector,
                          const struct vhost *vhost)
{
    const struct exchange *exchange = exchanges_first(vhost->exchanges);
    for (; exchange; exchange = exchanges_next(vhost->exchanges, exchange)) {
        look_at_exchange(found, inspector->arena, exchange);
    }
    list_each(node, &vhost->queues) {
        look_at_queue(found, inspector->arena, container_of(node, struct broker_queue, link));
    }
    list_each(at, &vhost->stores) {
        look_at_store(found, inspector, container_of(at, struct broker_queue, link));
    }
    begin(inspector, vhost->name);
    list_each(it, &found->queues) {
        struct found_queue *queue = container_of(it, struct found_queue, link);
        struct broker_queue *there = broker_queue_find(vhost, queue->name);
        if (there->kind == QUEUE_QUORUM) {
            inspect_quorum(inspector->node, inspector->arena, there, queue);
        } else if (!inspector->verdict->failed) {
            size_t count;
            const struct place *places = places_of(inspector->arena, there, &count);
            get_all(inspector, queue);
            look_at_times(inspector, places, count, queue);
        }
    }
    finish(inspector);
}

struct found *inspect(struct node *node, struct arena *arena, struct verdict *verdict,
                      uint64_t now_ms)
{
    static const char *const names[FOUND_VHOSTS] = {"/", "other"};
    struct found *found = found_new(arena);
    for (int i = 0; i < FOUND_VHOSTS && !verdict->failed; i++) {
        struct slice name = {(const uint8_t *)names[i], strlen(names[i])};
        const struct vhost *vhost = broker_find_vhost(node->broker, name);
        struct inspector inspector = {
            .node = node, .arena = arena, .verdict = verdict, .now_ms = now_ms};
        if (vhost) {
            look_at_vhost(&found->vhosts[i], &inspector, vhost);
        } else {
            verdict_fail(verdict, "after the restart: no virtual host %s", names[i]);
        }
    }
    return found;
}
