#include "tests/sim/model_internal.h"

#include <stdio.h>

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

static bool is_message(const struct comparison *comparison, const struct model_entry *entry,
                       const struct found_message *found)
{
    struct model_shown shown = {.exchange = found->exchange,
                                .routing_key = found->routing_key,
                                .properties = found->properties,
                                .body = found->body,
                                .failed = found->failed};
    return model_message_is(comparison->model, entry->message, &shown);
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
        if (may_be_there(comparison, entry) && is_message(comparison, entry, found)) {
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

static uint32_t failed_at(const struct model_entry *entry, uint64_t cut)
{
    uint32_t failed = 0;
    list_each(node, &entry->attempts) {
        const struct model_attempt *attempt = container_of(node, struct model_attempt, link);
        failed = attempt->fact <= cut ? attempt->failed : failed;
    }
    return failed;
}

/* As records tell, of which some may be left out when the time is over. */
static bool is_held_right(const struct comparison *comparison, const struct model_entry *entry,
                          const struct found_message *found)
{
    uint64_t until = 0;
    list_each(node, &entry->attempts) {
        const struct model_attempt *attempt = container_of(node, struct model_attempt, link);
        until = attempt->fact <= comparison->cut ? attempt->until : until;
    }
    return found->until == until || (found->until == 0 && until <= comparison->model->clock_ms);
}

/* What is known of the message besides that it is there. */
static bool compare_message(struct comparison *comparison, const struct model_entry *entry,
                            const struct found_message *found)
{
    struct slice name = entry->queue->name;
    if (entry->shown && !found->redelivered) {
        return differs(comparison, "a message in", name, "is not marked redelivered");
    }
    if (entry->expires != found->expires) {
        return differs(comparison, "a message in", name, "expires at another time");
    }
    if (!is_held_right(comparison, entry, found)) {
        return differs(comparison, "a message in", name, "is held back until another time");
    }
    return failed_at(entry, comparison->cut) == found->failed ||
           differs(comparison, "a message in", name, "came back more or less often");
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
        if (!entry || !compare_message(comparison, entry, found)) {
            return false;
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
            !slice_eq(due->arguments, found->arguments)) {
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

/* What exchanges hold back. */
static bool compare_stores(struct comparison *comparison, int index)
{
    const struct model_vhost *vhost = &comparison->model->vhosts[index];
    list_each(node, &comparison->found->vhosts[index].stores) {
        const struct found_queue *there = container_of(node, struct found_queue, link);
        const struct model_exchange *exchange = exchange_at(comparison, vhost, there->name);
        if (!exchange || !exchange->store) {
            return differs(comparison, "a store of", there->name, "should not be there");
        }
        bool made = is_there(comparison, &exchange->store->life);
        if (!made && !list_empty(&there->messages)) {
            return differs(comparison, "a store of", there->name, "should be empty");
        }
        if (made && !compare_messages(comparison, exchange->store, there)) {
            return false;
        }
    }
    return true;
}

static bool compare(struct comparison *comparison)
{
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        if (!compare_exchanges(comparison, i) || !compare_queues(comparison, i) ||
            !compare_stores(comparison, i) || !compare_bindings(comparison, i)) {
            return false;
        }
    }
    return true;
}

/* Some first part of the facts must explain what is found. */
void model_find_cut(struct model *model, const struct found *found, bool whole)
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
