#include "tests/sim/found.h"

struct found *found_new(struct arena *arena)
{
    struct found *found = arena_new(arena, sizeof *found);
    for (int i = 0; i < FOUND_VHOSTS; i++) {
        list_init(&found->vhosts[i].exchanges);
        list_init(&found->vhosts[i].queues);
        list_init(&found->vhosts[i].stores);
        list_init(&found->vhosts[i].bindings);
    }
    return found;
}

const struct found_queue *found_queue_named(const struct found_vhost *vhost, struct slice name)
{
    list_each(node, &vhost->queues) {
        const struct found_queue *queue = container_of(node, struct found_queue, link);
        if (slice_eq(queue->name, name)) {
            return queue;
        }
    }
    return NULL;
}

const struct found_exchange *found_exchange_named(const struct found_vhost *vhost,
                                                  struct slice name)
{
    list_each(node, &vhost->exchanges) {
        const struct found_exchange *exchange = container_of(node, struct found_exchange, link);
        if (slice_eq(exchange->name, name)) {
            return exchange;
        }
    }
    return NULL;
}

bool found_has_binding(const struct found_vhost *vhost, const struct found_binding *binding)
{
    list_each(node, &vhost->bindings) {
        const struct found_binding *other = container_of(node, struct found_binding, link);
        if (other->to_queue == binding->to_queue && slice_eq(other->source, binding->source) &&
            slice_eq(other->destination, binding->destination) &&
            slice_eq(other->key, binding->key) && slice_eq(other->arguments, binding->arguments)) {
            return true;
        }
    }
    return false;
}

static bool same_message(const struct found_message *one, const struct found_message *other)
{
    return slice_eq(one->exchange, other->exchange) &&
           slice_eq(one->routing_key, other->routing_key) &&
           slice_eq(one->properties, other->properties) && slice_eq(one->body, other->body) &&
           one->redelivered == other->redelivered && one->expires == other->expires &&
           one->until == other->until;
}

static bool same_messages(const struct list *one, const struct list *other)
{
    const struct list_node *at = other->head.next;
    list_each(node, one) {
        if (at == &other->head || !same_message(container_of(node, struct found_message, link),
                                                container_of(at, struct found_message, link))) {
            return false;
        }
        at = at->next;
    }
    return at == &other->head;
}

/* Everything of the one is in the other. */
static const char *missing(const struct found_vhost *one, const struct found_vhost *other)
{
    list_each(node, &one->exchanges) {
        const struct found_exchange *exchange = container_of(node, struct found_exchange, link);
        const struct found_exchange *same = found_exchange_named(other, exchange->name);
        if (!same || !slice_eq(same->type, exchange->type)) {
            return "exchanges";
        }
    }
    list_each(node, &one->queues) {
        const struct found_queue *queue = container_of(node, struct found_queue, link);
        const struct found_queue *same = found_queue_named(other, queue->name);
        if (!same || !slice_eq(same->arguments, queue->arguments) ||
            same->auto_delete != queue->auto_delete) {
            return "queues";
        }
        if (!same_messages(&queue->messages, &same->messages)) {
            return "messages";
        }
    }
    list_each(node, &one->bindings) {
        if (!found_has_binding(other, container_of(node, struct found_binding, link))) {
            return "bindings";
        }
    }
    return NULL;
}

bool found_same(const struct found *one, const struct found *other, const char **difference)
{
    *difference = NULL;
    for (int i = 0; i < FOUND_VHOSTS && !*difference; i++) {
        *difference = missing(&one->vhosts[i], &other->vhosts[i]);
        if (!*difference) {
            *difference = missing(&other->vhosts[i], &one->vhosts[i]);
        }
    }
    return !*difference;
}
