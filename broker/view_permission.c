#include "broker/view.h"

#include "broker/broker_internal.h"
#include "broker/topology.h"
#include "broker/user_internal.h"

/* Entries of topology as they would be told to the journal: all permissions there are. */
static size_t encode_grants(const struct broker *broker, struct bytes *out)
{
    size_t count = 0;
    list_each(node, &broker->users) {
        grants_encode(container_of(node, struct account, link), out);
    }
    struct wire_reader r = wire_reader_of(bytes_slice(out));
    struct topology entry;
    while (wire_left(&r) > 0 && topology_decode(&r, &entry)) {
        count++;
    }
    return count;
}

static bool in_scope(const struct view_scope *scope, struct slice vhost)
{
    return !scope->vhost.ptr || slice_eq(scope->vhost, vhost);
}

struct permission_view *view_permissions(const struct broker *broker,
                                         const struct view_scope *scope, size_t *count)
{
    struct arena *arena = scope->arena;
    struct bytes entries = {0};
    struct topology entry;
    struct permission_view *views =
        arena_array(arena, encode_grants(broker, &entries), sizeof *views);
    struct wire_reader r = wire_reader_of(bytes_slice(&entries));
    *count = 0;
    while (wire_left(&r) > 0 && topology_decode(&r, &entry)) {
        const struct topology_permission_put *put = &entry.permission_put;
        if (entry.kind == TOPOLOGY_permission_put && in_scope(scope, put->vhost)) {
            views[(*count)++] = (struct permission_view){
                arena_copy(arena, put->user), arena_copy(arena, put->vhost),
                arena_copy(arena, put->configure), arena_copy(arena, put->write),
                arena_copy(arena, put->read)};
        }
    }
    bytes_finish(&entries);
    return views;
}

struct topic_permission_view *view_topic_permissions(const struct broker *broker,
                                                     const struct view_scope *scope, size_t *count)
{
    struct arena *arena = scope->arena;
    struct bytes entries = {0};
    struct topology entry;
    struct topic_permission_view *views =
        arena_array(arena, encode_grants(broker, &entries), sizeof *views);
    struct wire_reader r = wire_reader_of(bytes_slice(&entries));
    *count = 0;
    while (wire_left(&r) > 0 && topology_decode(&r, &entry)) {
        const struct topology_topic_permission_put *put = &entry.topic_permission_put;
        if (entry.kind == TOPOLOGY_topic_permission_put && in_scope(scope, put->vhost)) {
            views[(*count)++] = (struct topic_permission_view){
                arena_copy(arena, put->user), arena_copy(arena, put->vhost),
                arena_copy(arena, put->exchange), arena_copy(arena, put->write),
                arena_copy(arena, put->read)};
        }
    }
    bytes_finish(&entries);
    return views;
}
