#include "admin/walk.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "admin/binding_key.h"
#include "base/memory.h"
#include "server/conn_view.h"

struct walk {
    struct view_walk *views; // owned
    struct arena arena;      // for what is below
    struct binding_filter filter;
    struct slice *visible; // virtual hosts; NULL: all are
    size_t visible_count;
    const struct engine *engine; // borrowed
    struct slice owner;          // of queues; NULL as its ptr: anybody
};

bool binding_fits(const struct binding_view *view, const struct binding_filter *filter)
{
    return (!filter->source.ptr || slice_eq(view->source, filter->source)) &&
           (!filter->destination.ptr || slice_eq(view->destination, filter->destination)) &&
           (filter->any_kind || view->to_exchange == filter->to_exchange) &&
           (!filter->key.ptr || binding_key_fits(filter->key, view->key, view->arguments));
}

static bool is_visible(const struct walk *walk, struct slice vhost)
{
    bool visible = !walk->visible;
    for (size_t i = 0; i < walk->visible_count && !visible; i++) {
        visible = slice_eq(walk->visible[i], vhost);
    }
    return visible;
}

/* Whether the queue belongs to a connection of the user whose queues are asked for. */
static bool is_owned(const struct walk *walk, const struct queue_view *view)
{
    struct conn_view conn;
    return !walk->owner.ptr ||
           (view->exclusive && engine_view_conn(walk->engine, view->owner, &conn) &&
            slice_eq(conn.user, walk->owner));
}

static enum listing_step next_queue(void *state, struct arena *arena, void *item)
{
    struct walk *walk = state;
    struct queue_view *view = item;
    if (!view_walk_queue(walk->views, arena, view)) {
        return LISTING_END;
    }
    bool wanted = is_visible(walk, view->vhost) && is_owned(walk, view);
    return wanted ? LISTING_ITEM : LISTING_PASSED;
}

static enum listing_step next_exchange(void *state, struct arena *arena, void *item)
{
    struct walk *walk = state;
    struct exchange_view *view = item;
    if (!view_walk_exchange(walk->views, arena, view)) {
        return LISTING_END;
    }
    return is_visible(walk, view->vhost) ? LISTING_ITEM : LISTING_PASSED;
}

static enum listing_step next_binding(void *state, struct arena *arena, void *item)
{
    struct walk *walk = state;
    struct binding_view *view = item;
    if (!view_walk_binding(walk->views, view)) {
        return LISTING_END;
    }
    if (!is_visible(walk, view->vhost) || !binding_fits(view, &walk->filter)) {
        return LISTING_PASSED;
    }
    view_keep_binding(arena, view);
    return LISTING_ITEM;
}

static enum listing_step next_consumer(void *state, struct arena *arena, void *item)
{
    struct walk *walk = state;
    struct consumer_view *view = item;
    if (!view_walk_consumer(walk->views, view)) {
        return LISTING_END;
    }
    if (!is_visible(walk, view->vhost)) {
        return LISTING_PASSED;
    }
    view_keep_consumer(arena, view);
    return LISTING_ITEM;
}

static void walk_free(void *state)
{
    struct walk *walk = state;
    view_walk_free(walk->views);
    arena_finish(&walk->arena);
    free(walk);
}

/* Administrators see all of them. */
static void look_at_visible(struct walk *walk, struct call *call)
{
    size_t count;
    if (call_may(call, RIGHT_ADMINISTRATOR)) {
        return;
    }
    const struct vhost_view *vhosts = view_vhosts(call_broker(call), &walk->arena, &count);
    walk->visible = arena_array(&walk->arena, count + 1, sizeof *walk->visible);
    for (size_t i = 0; i < count; i++) {
        if (call_enters(call, vhosts[i].name)) {
            walk->visible[walk->visible_count++] = vhosts[i].name;
        }
    }
}

static struct walk *walk_new(struct call *call, bool implicit)
{
    struct walk *walk = memory_new(sizeof *walk);
    struct view_scope scope = call_scope(call);
    scope.implicit = implicit;
    walk->views = view_walk_new(call_broker(call), &scope);
    look_at_visible(walk, call);
    return walk;
}

static struct slice keep(struct walk *walk, struct slice value)
{
    return value.ptr ? arena_copy(&walk->arena, value) : value;
}

struct listing_walk walk_queues(struct call *call, struct slice owner)
{
    struct walk *walk = walk_new(call, false);
    walk->engine = call->api->options.engine;
    walk->owner = keep(walk, owner);
    return (struct listing_walk){.next = next_queue, .free = walk_free, .state = walk};
}

struct listing_walk walk_exchanges(struct call *call)
{
    struct walk *walk = walk_new(call, false);
    return (struct listing_walk){.next = next_exchange, .free = walk_free, .state = walk};
}

struct listing_walk walk_bindings(struct call *call, const struct binding_filter *filter)
{
    struct walk *walk = walk_new(call, true);
    walk->filter = *filter;
    walk->filter.source = keep(walk, filter->source);
    walk->filter.destination = keep(walk, filter->destination);
    walk->filter.key = keep(walk, filter->key);
    return (struct listing_walk){.next = next_binding, .free = walk_free, .state = walk};
}

struct listing_walk walk_consumers(struct call *call)
{
    struct walk *walk = walk_new(call, false);
    return (struct listing_walk){.next = next_consumer, .free = walk_free, .state = walk};
}
