#include <stdio.h>

#include "amqp/properties.h"
#include "tests/sim/model_internal.h"

/* Compares what is found with what the facts up to a cut amount to. */
struct comparison {
    struct model *model;
    const struct found *found;
    uint64_t cut;
    char problem[200]; // the first; empty: none
};

static bool differs(struct comparison *comparison, const char *what, struct slice name,
                    const char *how)
{
    snprintf(comparison->problem, sizeof comparison->problem, "%s %.*s %s", what, (int)name.len,
             name.ptr ? (const char *)name.ptr : "", how);
    return false;
}

static bool is_there(const struct comparison *comparison, const struct model_life *life)
{
    return model_life_has(life, comparison->cut);
}

static struct model_exchange *exchange_at(const struct comparison *comparison,
                                          const struct model_vhost *vhost, struct slice name)
{
    list_each(node, &vhost->exchanges) {
        struct model_exchange *exchange = container_of(node, struct model_exchange, link);
        if (exchange->durable && is_there(comparison, &exchange->life) &&
            slice_eq(exchange->name, name)) {
            return exchange;
        }
    }
    return NULL;
}

static bool compare_exchanges(struct comparison *comparison, int index)
{
    const struct model_vhost *vhost = &comparison->model->vhosts[index];
    const struct found_vhost *there = &comparison->found->vhosts[index];
    list_each(node, &there->exchanges) {
        const struct found_exchange *found = container_of(node, struct found_exchange, link);
        const struct model_exchange *due = exchange_at(comparison, vhost, found->name);
        if (!due) {
            return differs(comparison, "exchange", found->name, "should not be there");
        }
        if (!found->durable || !slice_eq(due->type, found->type) ||
            due->auto_delete != found->auto_delete || due->internal != found->internal) {
            return differs(comparison, "exchange", found->name, "has changed");
        }
    }
    list_each(node, &vhost->exchanges) {
        const struct model_exchange *due = container_of(node, struct model_exchange, link);
        if (due->durable && is_there(comparison, &due->life) &&
            !found_exchange_named(there, due->name)) {
            return differs(comparison, "exchange", due->name, "is missing");
        }
    }
    return true;
}

static struct found_binding found_of(const struct model_binding *binding)
{
    return (struct found_binding){.source = binding->source->name,
                                  .destination = binding->queue ? binding->queue->name
                                                                : binding->exchange->name,
                                  .key = binding->key,
                                  .arguments = binding->arguments,
                                  .to_queue = binding->queue != NULL};
}

static bool binding_is_there(const struct comparison *comparison,
                             const struct model_binding *binding)
{
    return model_binding_survives(binding) && is_there(comparison, &binding->life) &&
           is_there(comparison, &binding->source->life) &&
           is_there(comparison, binding->queue ? &binding->queue->life : &binding->exchange->life);
}

static bool compare_bindings(struct comparison *comparison, int index)
{
    const struct found_vhost *there = &comparison->found->vhosts[index];
    uint32_t due = 0;
    list_each(node, &comparison->model->vhosts[index].bound) {
        const struct model_binding *binding = container_of(node, struct model_binding, bound_link);
        if (!binding_is_there(comparison, binding)) {
            continue;
        }
        struct found_binding found = found_of(binding);
        if (!found_has_binding(there, &found)) {
            return differs(comparison, "a binding of", found.source, "is missing");
        }
        due++;
    }
    return due == model_length(&there->bindings) ||
           differs(comparison, "bindings", SLICE(""), "should not be there");
}

static bool is_message(const struct model_message *message, const struct found_message *found)
{
    return slice_eq(message->exchange, found->exchange) &&
           slice_eq(message->routing_key, found->routing_key) &&
           slice_eq(message->properties, found->properties) && slice_eq(message->body, found->body);
}

/* Whether the message may be missing, or be there still: what is settled is written with the end
 * of the instant only; and what was delivered at once without acknowledgement is not written. */
static bool may_be_missing(const struct comparison *comparison, const struct model_entry *entry)
{
    return !entry->survives || !is_there(comparison, &entry->life) || entry->passed;
}

static bool may_be_there(const struct comparison *comparison, const struct model_entry *entry)
{
    const struct model_facts *facts = &comparison->model->facts;
    uint64_t cut = comparison->cut;
    return entry->survives && entry->life.from <= cut &&
           (is_there(comparison, &entry->life) ||
            !model_facts_passed(facts, cut, entry->settled_at));
}

/* The entry that the message is, at `at` or behind it; those before it must be allowed to be
 * missing. */
static const struct model_entry *find_entry(struct comparison *comparison,
                                            const struct model_queue *queue, struct list_node **at,
                                            const struct found_message *found)
{
    for (; *at != &queue->entries.head; *at = (*at)->next) {
        const struct model_entry *entry = container_of(*at, struct model_entry, queue_link);
        if (may_be_there(comparison, entry) && is_message(entry->message, found)) {
            *at = (*at)->next;
            return entry;
        }
        if (!may_be_missing(comparison, entry)) {
            differs(comparison, "a message in", queue->name, "is missing, or in disorder");
            return NULL;
        }
    }
    differs(comparison, "a message in", queue->name, "should not be there");
    return NULL;
}

static bool compare_messages(struct comparison *comparison, const struct model_queue *queue,
                             const struct found_queue *there)
{
    struct list_node *at = queue->entries.head.next;
    bool redelivered = true;
    uint8_t level = 0;
    list_each(node, &there->messages) {
        const struct found_message *found = container_of(node, struct found_message, link);
        const struct model_entry *entry = find_entry(comparison, queue, &at, found);
        if (!entry) {
            return false;
        }
        if (entry->shown && !found->redelivered) {
            return differs(comparison, "a message in", queue->name, "is not marked redelivered");
        }
        if (found->redelivered && !redelivered && model_level(entry) == level) {
            return differs(comparison, "a message in", queue->name, "is marked redelivered");
        }
        redelivered = found->redelivered;
        level = model_level(entry);
    }
    for (; at != &queue->entries.head; at = at->next) {
        if (!may_be_missing(comparison, container_of(at, struct model_entry, queue_link))) {
            return differs(comparison, "a message at the end of", queue->name, "is missing");
        }
    }
    return true;
}

static struct model_queue *queue_at(const struct comparison *comparison,
                                    const struct model_vhost *vhost, struct slice name)
{
    list_each(node, &vhost->queues) {
        struct model_queue *queue = container_of(node, struct model_queue, link);
        if (queue->durable && is_there(comparison, &queue->life) && slice_eq(queue->name, name)) {
            return queue;
        }
    }
    return NULL;
}

static bool compare_queues(struct comparison *comparison, int index)
{
    const struct model_vhost *vhost = &comparison->model->vhosts[index];
    const struct found_vhost *there = &comparison->found->vhosts[index];
    list_each(node, &there->queues) {
        const struct found_queue *found = container_of(node, struct found_queue, link);
        const struct model_queue *due = queue_at(comparison, vhost, found->name);
        if (!due) {
            return differs(comparison, "queue", found->name, "should not be there");
        }
        if (!found->durable || due->auto_delete != found->auto_delete ||
            due->priority_max != found->priority_max) {
            return differs(comparison, "queue", found->name, "has changed");
        }
        if (!compare_messages(comparison, due, found)) {
            return false;
        }
    }
    list_each(node, &vhost->queues) {
        const struct model_queue *due = container_of(node, struct model_queue, link);
        if (due->durable && is_there(comparison, &due->life) &&
            !found_queue_named(there, due->name)) {
            return differs(comparison, "queue", due->name, "is missing");
        }
    }
    return true;
}

static bool compare(struct comparison *comparison)
{
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        if (!compare_exchanges(comparison, i) || !compare_queues(comparison, i) ||
            !compare_bindings(comparison, i)) {
            return false;
        }
    }
    return true;
}

/* Some first part of the facts must explain what is found. */
static void find_cut(struct model *model, const struct found *found, bool whole)
{
    struct comparison comparison = {.model = model, .found = found};
    uint64_t last = model->facts.count, floor = whole ? last : model_facts_floor(&model->facts);
    char newest[sizeof comparison.problem] = "";
    for (uint64_t cut = last + 1; cut-- > floor;) {
        comparison.cut = cut;
        if (model_facts_may_cut(&model->facts, cut) && compare(&comparison)) {
            return;
        }
        if (cut == last) {
            snprintf(newest, sizeof newest, "%s", comparison.problem);
        }
    }
    verdict_fail(model->verdict,
                 "after the restart: of %llu facts with %llu durable (%llu answered): if nothing "
                 "was lost, %s; if all that might be was, %s",
                 (unsigned long long)last, (unsigned long long)floor,
                 (unsigned long long)model->facts.answered, newest, comparison.problem);
}

/* From here on, what was found is what there is. */
static void adopt_messages(struct model *model, struct model_queue *queue,
                           const struct found_queue *found)
{
    list_each(node, &found->messages) {
        const struct found_message *there = container_of(node, struct found_message, link);
        struct model_message *message = arena_new(model->arena, sizeof *message);
        struct amqp_properties properties;
        CHECK(properties_decode(there->properties, &properties));
        *message = (struct model_message){
            .exchange = there->exchange,
            .routing_key = there->routing_key,
            .properties = there->properties,
            .body = there->body,
            .priority = properties.flags & PROPERTY_priority ? properties.priority : 0,
            .persistent = true};
        struct model_entry *entry = model_enqueue(model, queue, message);
        entry->life.from = 0;
        entry->redelivered = entry->shown = there->redelivered;
    }
}

static void adopt_binding(struct model *model, struct model_vhost *vhost,
                          const struct found_binding *found)
{
    struct model_binding binding = {.source = model_exchange_find(vhost, found->source),
                                    .key = found->key,
                                    .arguments = found->arguments};
    if (found->to_queue) {
        binding.queue = model_queue_find(vhost, found->destination);
    } else {
        binding.exchange = model_exchange_find(vhost, found->destination);
    }
    model_binding_add(model, vhost, &binding);
}

/* Alternates are not looked at; they belong to the names. */
static struct slice alternate_of(const struct model_vhost *before, struct slice name)
{
    list_each(node, &before->exchanges) {
        const struct model_exchange *exchange = container_of(node, struct model_exchange, link);
        if (slice_eq(exchange->name, name)) {
            return exchange->alternate;
        }
    }
    return SLICE("");
}

static void adopt_vhost(struct model *model, int index, const struct found_vhost *found)
{
    struct model_vhost *vhost = &model->vhosts[index];
    struct model_vhost before = {0};
    list_init(&before.exchanges);
    model_take_over(&vhost->exchanges, &before.exchanges);
    list_init(&vhost->queues);
    list_init(&vhost->bindings);
    list_init(&vhost->bound);
    list_each(node, &found->exchanges) {
        const struct found_exchange *there = container_of(node, struct found_exchange, link);
        struct model_exchange *exchange =
            model_exchange_add(model, vhost, there->name, there->type);
        exchange->durable = true;
        exchange->auto_delete = there->auto_delete;
        exchange->internal = there->internal;
        exchange->alternate = alternate_of(&before, there->name);
    }
    list_each(node, &found->queues) {
        const struct found_queue *there = container_of(node, struct found_queue, link);
        struct model_queue *queue = model_queue_add(model, vhost, there->name);
        queue->durable = true;
        queue->auto_delete = there->auto_delete;
        queue->priority_max = there->priority_max;
        adopt_messages(model, queue, there);
    }
    list_each(node, &found->bindings) {
        adopt_binding(model, vhost, container_of(node, struct found_binding, link));
    }
}

static void forget_conns(struct model *model)
{
    list_each(node, &model->conns) {
        struct model_conn *conn = container_of(node, struct model_conn, link);
        struct list_node *channel;
        while ((channel = list_first(&conn->channels))) {
            list_unlink(channel);
        }
        conn->phase = PHASE_GONE;
        model_owe_nothing(conn);
        list_unlink(node);
    }
}

void model_restart(struct model *model, const struct found *found, bool whole)
{
    find_cut(model, found, whole);
    if (model->verdict->failed) {
        return;
    }
    forget_conns(model);
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        adopt_vhost(model, i, &found->vhosts[i]);
    }
    model->published = model->delivered = model->settled = 0;
    model->alarm = false;
    model_facts_init(&model->facts, model->arena);
    list_init(&model->claims);
}
