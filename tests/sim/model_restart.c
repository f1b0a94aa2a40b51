#include "amqp/properties.h"
#include "base/check.h"
#include "tests/sim/content.h"
#include "tests/sim/model_internal.h"
#include "tests/sim/model_retry.h"

static void adopt_attempts(struct model *model, struct model_entry *entry,
                           const struct found_message *there)
{
    struct model_attempt *attempt = arena_new(model->arena, sizeof *attempt);
    entry->failed = attempt->failed = there->failed;
    entry->until = attempt->until = there->until;
    list_push(&entry->attempts, &attempt->link);
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
            .properties =
                content_without(model->arena, there->properties, SLICE("x-delivery-count")),
            .body = there->body,
            .ttl_ms = model_ttl_of(&properties),
            .rewritten = true,
            .priority = properties.flags & PROPERTY_priority ? properties.priority : 0,
            .prioritised = properties.flags & PROPERTY_priority,
            .persistent = properties.delivery_mode == 2};
        struct model_entry *entry = model_entry_add(model, queue, message, there->expires);
        model_entry_put(entry);
        entry->life.from = 0;
        entry->redelivered = entry->shown = there->redelivered;
        adopt_attempts(model, entry, there);
    }
}

/* A store has been scheduled for what comes first, as queues will be. */
static void adopt_store(struct model *model, struct model_vhost *vhost,
                        const struct found_queue *found)
{
    struct model_exchange *exchange = model_exchange_find(vhost, found->name);
    model_store_add(model, vhost, exchange);
    adopt_messages(model, exchange->store, found);
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
    list_init(&vhost->stores);
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
        queue->arguments = there->arguments;
        queue->terms = terms_read(there->arguments);
        adopt_messages(model, queue, there);
    }
    list_each(at, &found->stores) {
        adopt_store(model, vhost, container_of(at, struct found_queue, link));
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
    model_find_cut(model, found, whole);
    if (model->verdict->failed) {
        return;
    }
    forget_conns(model);
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        adopt_vhost(model, i, &found->vhosts[i]);
    }
    model->published = model->delivered = model->settled = model->cycles = 0;
    model->alarm = false;
    list_init(&model->letters);
    list_init(&model->dues);
    list_init(&model->fetches);
    absences_forget(model->absences);
    list_init(&model->touched);
    model_facts_init(&model->facts, model->arena);
    list_init(&model->claims);
}

void model_resume(struct model *model)
{
    model->facts.instant = model->instant;
    model->now_ms = model->clock_ms;
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        list_each(node, &model->vhosts[i].queues) {
            struct model_queue *queue = container_of(node, struct model_queue, link);
            model_retries_resume(model, queue);
            model_touch_unused(model, queue);
        }
        list_each(it, &model->vhosts[i].stores) {
            model_schedule(model, container_of(it, struct model_queue, link));
        }
    }
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        list_each(node, &model->vhosts[i].queues) {
            model_trim(model, container_of(node, struct model_queue, link));
        }
    }
    model_finish(model);
}
