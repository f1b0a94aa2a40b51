#include "broker/view_walk.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "broker/retry.h"
#include "broker/tally.h"
#include "broker/view_internal.h"
#include "exchange/exchanges.h"

/* A virtual host as it was when the walk was made. */
struct place {
    struct slice name;
    uint64_t serial;
    uint64_t last_exchange; // serial of its youngest exchange
};

/* The virtual hosts are gone through by the names that they had when the walk was made: there are
 * few of them, and one that is gone is not found again. */
struct view_walk {
    struct broker *broker; // borrowed
    struct arena arena;    // names
    struct place *places;
    size_t place_count;
    size_t place_at;     // the next one
    uint64_t last_queue; // id of the youngest queue when the walk was made
    struct slice vhost;  // where the walk is
    struct bytes source; // owned: likewise, of bindings
    struct slice wanted; // virtual host; NULL as its ptr: all
    struct cursor cursor;
    struct cursor exchanges; // of the virtual host
    bool implicit;
    bool in_queues; // the cursor is among queues
    bool begun;     // it is in a list of the broker
};

struct view_walk *view_walk_new(struct broker *broker, const struct view_scope *scope)
{
    struct view_walk *walk = memory_new(sizeof *walk);
    size_t count = 0;
    walk->broker = broker;
    walk->implicit = scope->implicit;
    walk->last_queue = broker->queues_made;
    walk->wanted = scope->vhost.ptr ? arena_copy(&walk->arena, scope->vhost) : scope->vhost;
    list_each(node, &broker->vhosts) {
        count++;
    }
    walk->places = arena_array(&walk->arena, count, sizeof *walk->places);
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        if (!scope->vhost.ptr || slice_eq(scope->vhost, vhost->name)) {
            walk->places[walk->place_count++] =
                (struct place){.name = arena_copy(&walk->arena, vhost->name),
                               .serial = vhost->serial,
                               .last_exchange = exchanges_last_serial(vhost->exchanges)};
        }
    }
    return walk;
}

void view_walk_free(struct view_walk *walk)
{
    if (walk) {
        cursor_end(&walk->cursor);
        cursor_end(&walk->exchanges);
        bytes_finish(&walk->source);
        arena_finish(&walk->arena);
        free(walk);
    }
}

/* The virtual host of this place; NULL if it is gone, also if there is another of its name. */
static struct vhost *vhost_at(const struct view_walk *walk, const struct place *place)
{
    struct vhost *vhost = broker_find_vhost(walk->broker, place->name);
    return vhost && vhost->serial == place->serial ? vhost : NULL;
}

/* Where the walk is: the place that was taken last. */
static const struct place *here(const struct view_walk *walk)
{
    return &walk->places[walk->place_at - 1];
}

static bool is_old_exchange(const struct view_walk *walk, const struct exchange *exchange)
{
    return exchange_serial(exchange) <= here(walk)->last_exchange;
}

static bool is_old_queue(const struct view_walk *walk, const struct broker_queue *queue)
{
    return queue->id <= walk->last_queue;
}

/* Goes on to the queues of the next virtual host that is still there; false if there is none. */
static bool next_vhost(struct view_walk *walk)
{
    while (walk->place_at < walk->place_count) {
        const struct place *place = &walk->places[walk->place_at++];
        struct vhost *vhost = vhost_at(walk, place);
        if (vhost) {
            walk->vhost = place->name;
            cursor_begin(&walk->cursor, &vhost->queue_cursors, &vhost->queues);
            walk->in_queues = true;
            cursor_end(&walk->exchanges);
            exchanges_begin(vhost->exchanges, &walk->exchanges);
            return true;
        }
    }
    return false;
}

/* The next exchange of the virtual host where the walk is. */
static struct exchange *next_exchange_here(struct view_walk *walk)
{
    struct exchange *exchange = walk->place_at > 0 ? exchanges_next_of(&walk->exchanges) : NULL;
    return exchange && is_old_exchange(walk, exchange) ? exchange : NULL; // new ones are the last
}

/* Goes on to the bindings of the next exchange that has any. */
static bool next_exchange(struct view_walk *walk)
{
    struct exchange *exchange;
    while ((exchange = next_exchange_here(walk))) {
        if (exchange_binding_count(exchange) > 0) {
            walk->source.len = 0;
            bytes_add(&walk->source, exchange_name(exchange));
            exchange_begin(exchange, &walk->cursor);
            walk->in_queues = false;
            return true;
        }
    }
    return false;
}

/* The same of the virtual hosts that are left. */
static struct exchange *next_exchange_anywhere(struct view_walk *walk)
{
    struct exchange *exchange;
    while (!(exchange = next_exchange_here(walk))) {
        cursor_end(&walk->cursor);
        if (!next_vhost(walk)) {
            return NULL;
        }
    }
    return exchange;
}

bool view_walk_exchange(struct view_walk *walk, struct arena *arena, struct exchange_view *out)
{
    struct exchange *exchange = next_exchange_anywhere(walk);
    if (exchange) {
        *out = view_of_exchange(vhost_at(walk, here(walk)), walk->vhost, exchange, arena);
    }
    return exchange;
}

bool view_walk_exchange_numbers(struct view_walk *walk, struct exchange_numbers *out)
{
    struct exchange *exchange = next_exchange_anywhere(walk);
    if (exchange) {
        *out = (struct exchange_numbers){.vhost_serial = here(walk)->serial,
                                         .serial = exchange_serial(exchange),
                                         .counts = *exchange_counts(exchange)};
    }
    return exchange;
}

/* Among the queues of the virtual host where the walk is. */
static const struct broker_queue *next_queue_here(struct view_walk *walk)
{
    const struct list_node *node;
    while ((node = cursor_next(&walk->cursor))) {
        const struct broker_queue *queue = container_of(node, struct broker_queue, link);
        if (is_old_queue(walk, queue)) {
            return queue;
        }
    }
    return NULL;
}

static const struct broker_queue *next_queue(struct view_walk *walk)
{
    const struct broker_queue *queue;
    while (!(queue = next_queue_here(walk))) {
        if (!next_vhost(walk)) {
            return NULL;
        }
    }
    return queue;
}

bool view_walk_queue(struct view_walk *walk, struct arena *arena, struct queue_view *out)
{
    const struct broker_queue *queue = next_queue(walk);
    if (queue) {
        *out = view_of_queue(queue, walk->vhost, arena);
    }
    return queue;
}

bool view_walk_queue_numbers(struct view_walk *walk, struct queue_numbers *out)
{
    const struct broker_queue *queue = next_queue(walk);
    if (queue) {
        *out = (struct queue_numbers){
            .id = queue->id,
            .ready = queue_ready_count(queue->messages),
            .unsettled = queue->unsettled_count,
            .delayed = retry_count(queue),
            .counts = queue->counts,
        };
    }
    return queue;
}

/* A member of one of the broker's own lists, which a walk goes through as it is. */
static const struct list_node *next_of(struct view_walk *walk, const struct list *list,
                                       struct list *cursors)
{
    if (!walk->begun) {
        walk->begun = true;
        cursor_begin(&walk->cursor, cursors, list);
    }
    return cursor_next(&walk->cursor);
}

static const struct channel *next_channel(struct view_walk *walk)
{
    struct broker *broker = walk->broker;
    const struct list_node *node = next_of(walk, &broker->channels, &broker->channel_cursors);
    return node ? container_of(node, struct channel, all_link) : NULL;
}

static bool is_in_scope(const struct view_walk *walk, const struct channel *channel)
{
    return !walk->wanted.ptr || slice_eq(walk->wanted, vhost_name_of(channel));
}

bool view_walk_channel(struct view_walk *walk, struct channel_view *out)
{
    const struct channel *channel;
    do {
        channel = next_channel(walk);
    } while (channel && !is_in_scope(walk, channel));
    if (channel) {
        *out = view_of_channel(channel);
    }
    return channel;
}

bool view_walk_channel_numbers(struct view_walk *walk, struct channel_numbers *out)
{
    const struct channel *channel = next_channel(walk);
    if (channel) {
        *out = (struct channel_numbers){channel->serial, tally_channel(channel)};
    }
    return channel;
}

const struct list_node *view_walk_pair_node(struct view_walk *walk)
{
    return next_of(walk, &walk->broker->pairs, &walk->broker->pair_cursors);
}

bool view_walk_consumer(struct view_walk *walk, struct consumer_view *out)
{
    struct broker *broker = walk->broker;
    const struct list_node *node;
    while ((node = next_of(walk, &broker->consumers, &broker->consumer_cursors))) {
        const struct consumer *consumer = container_of(node, struct consumer, all_link);
        if (is_in_scope(walk, consumer->channel)) {
            *out = view_of_consumer(consumer);
            return true;
        }
    }
    return false;
}

static const struct binding *next_binding(struct view_walk *walk)
{
    const struct list_node *node;
    while ((node = cursor_next(&walk->cursor))) {
        const struct binding *binding = container_of(node, struct binding, out_link);
        struct destination *to = binding->destination;
        if (to->kind == DESTINATION_EXCHANGE ? is_old_exchange(walk, exchange_of(to))
                                             : is_old_queue(walk, queue_of(to))) {
            return binding;
        }
    }
    return NULL;
}

/* The next one in the list that the cursor is in. */
static bool view_next(struct view_walk *walk, struct binding_view *out)
{
    if (walk->in_queues) {
        const struct broker_queue *queue = walk->implicit ? next_queue_here(walk) : NULL;
        *out = queue ? view_of_implicit(queue, walk->vhost) : *out;
        return queue;
    }
    const struct binding *binding = next_binding(walk);
    *out = binding ? view_of_binding(binding, walk->vhost, bytes_slice(&walk->source)) : *out;
    return binding;
}

bool view_walk_binding(struct view_walk *walk, struct binding_view *out)
{
    while (!view_next(walk, out)) {
        cursor_end(&walk->cursor);
        walk->in_queues = false;
        if (!next_exchange(walk) && !next_vhost(walk)) {
            return false;
        }
    }
    return true;
}

void view_keep_binding(struct arena *arena, struct binding_view *view)
{
    bool implicit = view->key.ptr == view->destination.ptr;
    view->source = arena_copy(arena, view->source);
    view->destination = arena_copy(arena, view->destination);
    view->key = implicit ? view->destination : arena_copy(arena, view->key);
    view->arguments = arena_copy(arena, view->arguments);
}

void view_keep_channel(struct arena *arena, struct channel_view *view)
{
    view->vhost = arena_copy(arena, view->vhost);
    view->user = arena_copy(arena, view->user);
}

void view_keep_consumer(struct arena *arena, struct consumer_view *view)
{
    view->vhost = arena_copy(arena, view->vhost);
    view->queue = arena_copy(arena, view->queue);
    view->tag = arena_copy(arena, view->tag);
    view->arguments = arena_copy(arena, view->arguments);
}
