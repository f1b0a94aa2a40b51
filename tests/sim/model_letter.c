#include "tests/sim/model_internal.h"

#include "amqp/properties.h"
#include "base/check.h"

void model_die(struct model *model, struct model_queue *queue, struct model_message *message,
               struct model_entry *entry, enum model_reason reason)
{
    if (!queue->terms.dead_letters) {
        if (entry) {
            model_count_settled(model, entry);
        }
        return;
    }
    struct model_letter *letter = arena_new(model->arena, sizeof *letter);
    letter->queue = queue;
    letter->message = message;
    letter->entry = entry;
    letter->reason = reason;
    letter->time_s = model->now_ms / 1000;
    letter->absent = absences_next_letter(model->absences);
    if (letter->absent) {
        model_fetch(model, &letter->absent);
    }
    list_push(&model->letters, &letter->link);
}

/* What has gone in a circle, and nobody was it that rejected it, is dropped. */
static void give(struct model *model, const struct model_letter *letter, struct model_queue *queue,
                 struct model_message *message)
{
    if (!queue->exchange && model_is_cycle(message, letter->reason, queue->name)) {
        model->cycles++;
    } else {
        model_enqueue(model, queue, message, NULL);
    }
}

static void find_targets(struct model *model, const struct model_letter *letter,
                         const struct model_message *message, struct list *targets)
{
    struct amqp_properties properties;
    CHECK(properties_decode(message->properties, &properties));
    struct model_route route = {
        .vhost = letter->queue->vhost,
        .exchange = model_exchange_find(letter->queue->vhost, letter->queue->terms.exchange),
        .routing_key = message->routing_key,
        .headers = properties.headers,
        .keys_from = properties.headers};
    if (route.exchange) {
        model_route(model, &route, targets);
    }
}

/* It comes into the queues where it goes and leaves the one where it died at once: at no time it is
 * in both, or in none. */
static void send(struct model *model, struct model_letter *letter)
{
    struct list targets;
    struct model_message *message = model_dead_message(model, letter);
    list_init(&targets);
    model_group_begin(model);
    find_targets(model, letter, message, &targets);
    list_each(node, &targets) {
        give(model, letter, container_of(node, struct model_target, link)->queue, message);
    }
    if (letter->entry) {
        model_count_settled(model, letter->entry);
    }
    model_group_end(model, false);
}

void model_send_letters(struct model *model)
{
    struct list_node *node;
    while ((node = list_first(&model->letters)) && !model->verdict->failed) {
        struct model_letter *letter = container_of(node, struct model_letter, link);
        if (letter->absent) {
            break;
        }
        list_unlink(node);
        send(model, letter);
    }
}

void model_fetch(struct model *model, bool *absent)
{
    struct model_fetch *fetch = arena_new(model->arena, sizeof *fetch);
    fetch->absent = absent;
    list_push(&model->fetches, &fetch->link);
}

bool model_fetched(struct model *model)
{
    struct list_node *node = list_first(&model->fetches);
    if (!node || model->verdict->failed) {
        return false;
    }
    list_unlink(node);
    *container_of(node, struct model_fetch, link)->absent = false;
    model_send_dues(model);
    model_send_letters(model);
    return true;
}
