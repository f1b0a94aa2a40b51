#include "broker/view_walk.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "broker/view_internal.h"
#include "exchange/exchanges.h"

/* The virtual hosts, and the exchanges of each, are gone through by the names that they had when
 * the walk came to them: there are few of them, and one that is gone is not found again. */
struct view_walk {
    struct broker *broker; // borrowed
    struct arena arena;    // names
    struct slice *vhosts;
    size_t vhost_count;
    size_t vhost_at; // the next one
    struct slice *exchanges;
    size_t exchange_count;
    size_t exchange_at; // the next one
    struct slice vhost; // where the walk is
    struct slice source;
    struct cursor cursor;
    bool implicit;
    bool in_queues; // the cursor is among queues
};

struct view_walk *view_walk_new(struct broker *broker, const struct view_scope *scope)
{
    struct view_walk *walk = memory_new(sizeof *walk);
    size_t count = 0;
    walk->broker = broker;
    walk->implicit = scope->implicit;
    list_each(node, &broker->vhosts) {
        count++;
    }
    walk->vhosts = arena_array(&walk->arena, count, sizeof *walk->vhosts);
    list_each(node, &broker->vhosts) {
        struct slice name = container_of(node, struct vhost, link)->name;
        if (!scope->vhost.ptr || slice_eq(scope->vhost, name)) {
            walk->vhosts[walk->vhost_count++] = arena_copy(&walk->arena, name);
        }
    }
    return walk;
}

void view_walk_free(struct view_walk *walk)
{
    if (walk) {
        cursor_end(&walk->cursor);
        arena_finish(&walk->arena);
        free(walk);
    }
}

static void take_exchanges(struct view_walk *walk, const struct vhost *vhost)
{
    walk->exchanges =
        arena_array(&walk->arena, exchanges_count(vhost->exchanges), sizeof *walk->exchanges);
    walk->exchange_count = walk->exchange_at = 0;
    for (const struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
         exchange = exchanges_next(vhost->exchanges, exchange)) {
        if (exchange_binding_count(exchange) > 0) {
            walk->exchanges[walk->exchange_count++] =
                arena_copy(&walk->arena, exchange_name(exchange));
        }
    }
}

static const struct vhost *vhost_of(const struct view_walk *walk)
{
    return broker_find_vhost(walk->broker, walk->vhost);
}

/* Goes on to the queues of the next virtual host that is still there; false if there is none. */
static bool next_vhost(struct view_walk *walk)
{
    while (walk->vhost_at < walk->vhost_count) {
        walk->vhost = walk->vhosts[walk->vhost_at++];
        struct vhost *vhost = broker_find_vhost(walk->broker, walk->vhost);
        if (vhost) {
            cursor_begin(&walk->cursor, &vhost->queue_cursors, &vhost->queues);
            walk->in_queues = true;
            take_exchanges(walk, vhost);
            return true;
        }
    }
    return false;
}

/* The same for the exchanges of a virtual host. */
static bool next_exchange(struct view_walk *walk)
{
    const struct vhost *vhost = vhost_of(walk);
    while (vhost && walk->exchange_at < walk->exchange_count) {
        walk->source = walk->exchanges[walk->exchange_at++];
        struct exchange *exchange = exchanges_find(vhost->exchanges, walk->source);
        if (exchange) {
            exchange_begin(exchange, &walk->cursor);
            walk->in_queues = false;
            return true;
        }
    }
    return false;
}

bool view_walk_queue(struct view_walk *walk, struct arena *arena, struct queue_view *out)
{
    const struct list_node *node;
    while (!(node = cursor_next(&walk->cursor))) {
        if (!next_vhost(walk)) {
            return false;
        }
    }
    *out = view_of_queue(container_of(node, struct broker_queue, link), walk->vhost, arena);
    return true;
}

bool view_walk_binding(struct view_walk *walk, struct binding_view *out)
{
    const struct list_node *node;
    for (;;) {
        bool skips = walk->in_queues && !walk->implicit;
        node = skips ? NULL : cursor_next(&walk->cursor);
        if (node) {
            break;
        }
        cursor_end(&walk->cursor);
        walk->in_queues = false;
        if (!next_exchange(walk) && !next_vhost(walk)) {
            return false;
        }
    }
    if (walk->in_queues) {
        *out = view_of_implicit(container_of(node, struct broker_queue, link), walk->vhost);
    } else {
        *out = view_of_binding(container_of(node, struct binding, out_link), walk->vhost,
                               walk->source);
    }
    return true;
}

void view_walk_keep(struct arena *arena, struct binding_view *view)
{
    bool implicit = view->key.ptr == view->destination.ptr;
    view->destination = arena_copy(arena, view->destination);
    view->key = implicit ? view->destination : arena_copy(arena, view->key);
    view->arguments = arena_copy(arena, view->arguments);
}
