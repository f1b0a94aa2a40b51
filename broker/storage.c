#include "broker/storage.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/taken.h"

struct ledger *broker_ledger(struct broker *broker)
{
    return &broker->ledger;
}

uint64_t broker_evict(struct broker *broker, uint64_t target, uint64_t written)
{
    uint64_t places = residency_evict(&broker->residency, target, written);
    broker->counters.resident_bytes = broker->residency.bytes;
    return places;
}

size_t broker_unstored(struct broker *broker, struct msg **out, size_t count)
{
    return residency_unstored(&broker->residency, out, count);
}

void broker_places_finish(struct broker_places *places)
{
    free(places->items);
    *places = (struct broker_places){0};
}

static void add(struct broker_places *places, const struct broker_place *place)
{
    if (places->count == places->cap) {
        places->cap = places->cap ? places->cap * 2 : 64;
        places->items = memory_grow(places->items, places->cap * sizeof *places->items);
    }
    places->items[places->count++] = *place;
}

static bool is_before(const struct broker_place *a, const struct broker_place *b)
{
    if (a->place.at != b->place.at) {
        return a->place.at < b->place.at;
    }
    return a->queue != b->queue ? a->queue < b->queue : a->place.position < b->place.position;
}

/* Merges the sorted halves of `from` into `to`. */
static void merge(struct broker_place *to, const struct broker_place *from, size_t middle,
                  size_t count)
{
    size_t left = 0, right = middle;
    for (size_t i = 0; i < count; i++) {
        bool take_right = left == middle || (right < count && is_before(&from[right], &from[left]));
        to[i] = from[take_right ? right++ : left++];
    }
}

static void sort(struct broker_places *places)
{
    struct broker_place *from = places->items;
    struct broker_place *to = memory_array(places->count, sizeof *to);
    for (size_t width = 1; width < places->count; width *= 2) {
        for (size_t i = 0; i < places->count; i += 2 * width) {
            size_t left = places->count - i;
            size_t count = left < 2 * width ? left : 2 * width;
            merge(to + i, from + i, width < count ? width : count, count);
        }
        struct broker_place *done = to;
        to = from;
        from = done;
    }
    free(to);
    places->items = from;
    places->cap = places->count;
}

/* What broker_collect looks for. */
struct range {
    uint64_t from;
    uint64_t end;
    struct broker_places *out;
};

static void collect_taken(void *context, struct broker_queue *queue,
                          const struct delivery *delivery)
{
    const struct range *range = context;
    uint64_t at = delivery->msg->stored_at;
    if (at >= range->from && at < range->end && queue_counts(queue->messages, delivery->msg)) {
        struct broker_place place = {
            .queue = queue->id,
            .place = {.position = delivery->position,
                      .at = at,
                      .journaled = queue_journals(queue->messages, delivery->msg)}};
        add(range->out, &place);
    }
}

static void collect_ready(const struct broker_queue *queue, const struct range *range,
                          struct places *places)
{
    places->count = 0;
    queue_collect(queue->messages, range->from, range->end, places);
    for (size_t i = 0; i < places->count; i++) {
        add(range->out, &(struct broker_place){queue->id, places->items[i]});
    }
}

void broker_collect(struct broker *broker, uint64_t from, uint64_t end, struct broker_places *out)
{
    struct range range = {from, end, out};
    struct places places = {0};
    list_each(vhost_node, &broker->vhosts) {
        struct vhost *vhost = container_of(vhost_node, struct vhost, link);
        struct list *lists[] = {&vhost->queues, &vhost->stores};
        for (int i = 0; i < 2; i++) {
            list_each(node, lists[i]) {
                collect_ready(container_of(node, struct broker_queue, link), &range, &places);
            }
        }
    }
    taken_each(broker, collect_taken, &range);
    places_finish(&places);
    if (out->count > 1) {
        sort(out);
    }
}

/* What broker_relocate has done. */
struct relocation {
    struct moves moves;
    uint64_t moved;
};

static void relocate_taken(void *context, struct broker_queue *queue,
                           const struct delivery *delivery)
{
    struct relocation *relocation = context;
    bool counted = queue_counts(queue->messages, delivery->msg);
    relocation->moved += moves_apply(&relocation->moves, delivery->msg, counted);
}

uint64_t broker_relocate(struct broker *broker, const struct move *moves, size_t count)
{
    struct relocation relocation = {.moves = {moves, count, &broker->ledger}};
    list_each(vhost_node, &broker->vhosts) {
        struct vhost *vhost = container_of(vhost_node, struct vhost, link);
        struct list *lists[] = {&vhost->queues, &vhost->stores};
        for (int i = 0; i < 2; i++) {
            list_each(node, lists[i]) {
                struct broker_queue *queue = container_of(node, struct broker_queue, link);
                relocation.moved += queue_relocate(queue->messages, &relocation.moves);
            }
        }
    }
    taken_each(broker, relocate_taken, &relocation);
    return relocation.moved;
}
