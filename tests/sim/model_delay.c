#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"
#include "tests/sim/content.h"
#include "tests/sim/model_internal.h"

/* Exchanges of the type x-delayed-message: each has a store, a queue that nobody sees. */
void model_store_add(struct model *model, struct model_vhost *vhost,
                     struct model_exchange *exchange)
{
    struct model_queue *store = model_queue_add(model, vhost, exchange->name);
    list_unlink(&store->link);
    list_push(&vhost->stores, &store->link);
    store->exchange = exchange;
    store->durable = exchange->durable;
    store->terms = terms_read(SLICE(""));
    exchange->store = store;
    exchange->inner = SLICE("direct"); // as all of them in this world
}

uint64_t model_delay_of(struct slice headers)
{
    struct field_value value;
    return table_get(headers, SLICE("x-delay"), &value) && value.integer > 0
               ? (uint64_t)value.integer
               : 0;
}

void model_hold(struct model *model, struct model_queue *store, struct model_message *message,
                struct list *claims)
{
    struct amqp_properties properties;
    CHECK(properties_decode(message->properties, &properties));
    uint64_t due = model->now_ms + model_delay_of(properties.headers);
    struct model_entry *entry = model_entry_add(model, store, message, due);
    model_entry_put(entry);
    model->group_stores += entry->survives;
    if (claims) {
        model_claim_entry(model, claims, entry);
    }
    model_schedule(model, store);
}

void model_schedule(struct model *model, struct model_queue *store)
{
    struct list_node *node = list_first(&store->ready);
    const struct model_entry *first = node ? container_of(node, struct model_entry, link) : NULL;
    if (!first) {
        store->head_due.set = false;
    } else if (!store->head_due.set || store->head_due.at != first->expires) {
        model_due_set(model, &store->head_due, first->expires);
    }
}

/* The delay is negative from now on, so that nobody holds it back again; and nobody is told who
 * else got a blind copy. */
static struct model_message *undelayed(struct model *model, const struct model_message *message)
{
    struct model_message *copy = arena_new(model->arena, sizeof *copy);
    struct amqp_properties properties;
    uint8_t raw[5] = {'I'};
    CHECK(properties_decode(message->properties, &properties));
    wire_store_u32(raw + 1, (uint32_t)(0 - model_delay_of(properties.headers)));
    struct slice negative = {raw, sizeof raw};
    *copy = *message;
    copy->properties = content_without(model->arena, message->properties, SLICE("BCC"));
    copy->properties = content_with(model->arena, copy->properties, SLICE("x-delay"), negative);
    copy->rewritten = true;
    return copy;
}

static void release(struct model *model, struct model_entry *entry)
{
    struct model_queue *store = entry->queue;
    struct amqp_properties properties;
    struct list targets;
    list_init(&targets);
    CHECK(properties_decode(entry->message->properties, &properties));
    model_group_begin(model);
    if (!store->deleted) {
        struct model_message *message = undelayed(model, entry->message);
        struct amqp_properties rewritten;
        CHECK(properties_decode(message->properties, &rewritten));
        struct model_route route = {.vhost = store->vhost,
                                    .exchange = store->exchange,
                                    .routing_key = message->routing_key,
                                    .headers = rewritten.headers,
                                    .keys_from = properties.headers,
                                    .blind = true};
        model_route(model, &route, &targets);
        list_each(node, &targets) {
            struct model_queue *queue = container_of(node, struct model_target, link)->queue;
            model_enqueue(model, queue, message, NULL);
        }
    }
    model_count_settled(model, entry);
    model_group_end(model, false);
}

static struct model_queue *first_due(struct model *model)
{
    struct model_queue *first = NULL;
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        list_each(node, &model->vhosts[i].stores) {
            struct model_queue *store = container_of(node, struct model_queue, link);
            const struct model_due *due = &store->head_due;
            bool now = !store->deleted && due->set && due->at <= model->now_ms;
            if (now && (!first || due->at < first->head_due.at ||
                        (due->at == first->head_due.at && due->order < first->head_due.order))) {
                first = store;
            }
        }
    }
    return first;
}

void model_release(struct model *model)
{
    struct model_queue *store;
    while ((store = first_due(model))) {
        struct model_entry *entry = model_take(store);
        list_push(&model->dues, &entry->link);
        entry->absent = absences_next_due(model->absences);
        if (entry->absent) {
            model_fetch(model, &entry->absent);
        }
        model_schedule(model, store);
    }
    model_send_dues(model);
}

void model_send_dues(struct model *model)
{
    struct list_node *node;
    while ((node = list_first(&model->dues)) && !model->verdict->failed) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (entry->absent) {
            break;
        }
        list_unlink(node);
        release(model, entry);
    }
}
