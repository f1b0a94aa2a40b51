#include "exchange/exchange_internal.h"

#include <stdlib.h>

#include "base/memory.h"

/* direct: a message goes where a binding's key is one of its keys. The bindings of one key form a
 * group, and the groups are found by hash, so that a message costs what it reaches. */
struct direct {
    struct map groups; // struct direct_group.node; owned
};

struct direct_group {
    struct map_node node; // direct.groups
    struct list bindings; // struct binding.group_link, in order of binding; never empty for long
    uint8_t key[];
};

static void *direct_new(const struct exchange *exchange, struct hash_key key)
{
    (void)exchange;
    struct direct *direct = memory_new(sizeof *direct);
    map_init(&direct->groups, key);
    return direct;
}

static void direct_free(void *state)
{
    struct direct *direct = state;
    CHECK(direct->groups.count == 0);
    map_finish(&direct->groups);
    free(direct);
}

static struct direct_group *group_find(const struct direct *direct, struct slice key)
{
    struct map_node *node = map_get(&direct->groups, key);
    return node ? container_of(node, struct direct_group, node) : NULL;
}

static struct direct_group *group_new(struct direct *direct, struct slice key)
{
    struct direct_group *group = memory_new(sizeof *group + key.len);
    list_init(&group->bindings);
    slice_copy(group->key, key);
    map_put(&direct->groups, &group->node, (struct slice){group->key, key.len});
    return group;
}

static void direct_bind(void *state, struct binding *binding)
{
    struct direct_group *group = group_find(state, binding->key);
    if (!group) {
        group = group_new(state, binding->key);
    }
    binding->group = group;
    list_push(&group->bindings, &binding->group_link);
}

static void direct_unbind(void *state, struct binding *binding)
{
    struct direct *direct = state;
    struct direct_group *group = binding->group;
    list_unlink(&binding->group_link);
    binding->group = NULL;
    if (list_empty(&group->bindings)) {
        map_remove(&direct->groups, &group->node);
        map_release_if_empty(&direct->groups);
        free(group);
    }
}

static void direct_route(const struct exchange *exchange, const struct routing *routing,
                         struct route *route)
{
    for (uint32_t i = 0; i < routing->key_count; i++) {
        struct direct_group *group = group_find(exchange->state, routing->keys[i]);
        if (!group) {
            continue;
        }
        list_each(node, &group->bindings) {
            route_reach(route, container_of(node, struct binding, group_link)->destination);
        }
    }
}

const struct exchange_type exchange_type_direct = {
    .name = {(const uint8_t *)"direct", sizeof "direct" - 1},
    .state_new = direct_new,
    .state_free = direct_free,
    .bind = direct_bind,
    .unbind = direct_unbind,
    .route = direct_route,
};
