#include "tests/sim/model_internal.h"

#include "amqp/table.h"
#include "base/check.h"

enum { KEYS_MAX = 16, EXCHANGES_MAX = 64 };

/* A message on its way to queues. */
struct routing {
    struct model *model;
    struct model_vhost *vhost;
    struct slice keys[KEYS_MAX]; // the routing key, then those of CC and BCC
    int key_count;
    struct slice headers;
    struct model_exchange *todo[EXCHANGES_MAX]; // reached
    int todo_count;
    struct list *targets; // struct model_target.link
};

static void add_keys(struct routing *routing, struct slice headers, struct slice header)
{
    struct field_value value, key;
    if (!table_get(headers, header, &value)) {
        return;
    }
    struct wire_reader r = wire_reader_of(value.bytes);
    while (array_next(&r, &key)) {
        CHECK(routing->key_count < KEYS_MAX);
        routing->keys[routing->key_count++] = key.bytes;
    }
}

/* The first word of a key, and what is behind it. False at the end. */
static bool next_word(struct slice *key, struct slice *word)
{
    if (!key->ptr) {
        return false;
    }
    const uint8_t *dot = key->len > 0 ? memchr(key->ptr, '.', key->len) : NULL;
    size_t len = dot ? (size_t)(dot - key->ptr) : key->len;
    *word = (struct slice){key->ptr, len};
    *key = dot ? (struct slice){dot + 1, key->len - len - 1} : (struct slice){NULL, 0};
    return true;
}

/* A key of no words at all is told by NULL; the empty key is that, too. */
static bool words_match(struct slice pattern, struct slice key)
{
    struct slice word, other;
    if (!next_word(&pattern, &word)) {
        return !key.ptr;
    }
    if (slice_eq(word, SLICE("#"))) {
        if (words_match(pattern, key)) {
            return true;
        }
        while (next_word(&key, &other)) {
            if (words_match(pattern, key)) {
                return true;
            }
        }
        return false;
    }
    return next_word(&key, &other) && (slice_eq(word, SLICE("*")) || slice_eq(word, other)) &&
           words_match(pattern, key);
}

static bool topic_matches(struct slice pattern, struct slice key)
{
    struct slice none = {NULL, 0};
    return words_match(pattern.len > 0 ? pattern : none, key.len > 0 ? key : none);
}

/* x-match is the only argument that starts with "x-" here. */
static bool headers_match(const struct model_binding *binding, struct slice headers)
{
    struct wire_reader r = wire_reader_of(binding->arguments);
    struct slice name;
    struct field_value wanted, match, there;
    bool any = table_get(binding->arguments, SLICE("x-match"), &match) &&
               slice_eq(match.bytes, SLICE("any"));
    while (table_next(&r, &name, &wanted)) {
        if (slice_starts(name, SLICE("x-"))) {
            continue;
        }
        bool hit = table_get(headers, name, &there) &&
                   (wanted.type == 'V' || slice_eq(wanted.raw, there.raw));
        if (hit == any) {
            return any;
        }
    }
    return !any;
}

static bool binding_matches(const struct routing *routing, const struct model_binding *binding,
                            struct slice key)
{
    struct slice type = binding->source->inner;
    if (slice_eq(type, SLICE("fanout"))) {
        return true;
    }
    if (slice_eq(type, SLICE("headers"))) {
        return headers_match(binding, routing->headers);
    }
    return slice_eq(type, SLICE("topic")) ? topic_matches(binding->key, key)
                                          : slice_eq(binding->key, key);
}

/* Each queue once. */
static void reach_queue(struct routing *routing, struct model_queue *queue)
{
    if (queue && !queue->reached) {
        struct model_target *target = arena_new(routing->model->arena, sizeof *target);
        target->queue = queue;
        queue->reached = true;
        list_push(routing->targets, &target->link);
    }
}

/* Each exchange once, too. */
static void reach_exchange(struct routing *routing, struct model_exchange *exchange)
{
    if (exchange && !exchange->visited) {
        CHECK(routing->todo_count < EXCHANGES_MAX);
        exchange->visited = true;
        routing->todo[routing->todo_count++] = exchange;
    }
}

static bool follow(struct routing *routing, const struct model_exchange *exchange, struct slice key)
{
    bool found = false;
    list_each(node, &routing->vhost->bindings) {
        struct model_binding *binding = container_of(node, struct model_binding, link);
        if (binding->source == exchange && binding_matches(routing, binding, key)) {
            found = true;
            reach_queue(routing, binding->queue);
            reach_exchange(routing, binding->exchange);
        }
    }
    return found;
}

static void pass_exchange(struct routing *routing, const struct model_exchange *exchange)
{
    bool found = false;
    if (exchange->store && model_delay_of(routing->headers) > 0) {
        reach_queue(routing, exchange->store);
        return;
    }
    for (int i = 0; i < routing->key_count; i++) {
        found |= follow(routing, exchange, routing->keys[i]);
    }
    if (!found && exchange->alternate.len > 0) {
        reach_exchange(routing, model_exchange_find(routing->vhost, exchange->alternate));
    }
}

void model_route(struct model *model, const struct model_route *route, struct list *targets)
{
    struct routing routing = {.model = model,
                              .vhost = route->vhost,
                              .keys = {route->routing_key},
                              .key_count = 1,
                              .headers = route->headers,
                              .targets = targets};
    add_keys(&routing, route->keys_from, SLICE("CC"));
    if (route->blind) {
        add_keys(&routing, route->keys_from, SLICE("BCC"));
    }
    if (route->exchange->name.len == 0) {
        for (int i = 0; i < routing.key_count; i++) {
            reach_queue(&routing, model_queue_find(routing.vhost, routing.keys[i]));
        }
    } else {
        reach_exchange(&routing, route->exchange);
    }
    for (int i = 0; i < routing.todo_count; i++) {
        pass_exchange(&routing, routing.todo[i]);
    }
    for (int i = 0; i < routing.todo_count; i++) {
        routing.todo[i]->visited = false;
    }
    list_each(node, targets) {
        container_of(node, struct model_target, link)->queue->reached = false;
    }
}
