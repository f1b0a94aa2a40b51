#include "exchange/exchange_internal.h"
#include "exchange/topic_trie.h"

/* topic: a message goes where a binding's pattern matches one of its keys. binding.group is the
 * node of the trie where the pattern ends. */
static void *topic_new(const struct exchange *exchange, struct hash_key key)
{
    (void)exchange;
    return topic_trie_new(key);
}

static void topic_free(void *state)
{
    topic_trie_free(state);
}

static void topic_bind(void *state, struct binding *binding)
{
    binding->group = topic_trie_insert(state, binding->key);
    list_push(topic_node_list(binding->group), &binding->group_link);
}

static void topic_unbind(void *state, struct binding *binding)
{
    list_unlink(&binding->group_link);
    topic_trie_prune(state, binding->group);
    binding->group = NULL;
}

static void topic_route(const struct exchange *exchange, const struct routing *routing,
                        struct route *route)
{
    struct topic_trie *trie = exchange->state;
    for (uint32_t i = 0; i < routing->key_count; i++) {
        uint32_t count = topic_trie_match(trie, routing->keys[i]);
        for (uint32_t at = 0; at < count; at++) {
            list_each(node, topic_trie_matched(trie, at)) {
                route_reach(route, container_of(node, struct binding, group_link)->destination);
            }
        }
    }
}

const struct exchange_type exchange_type_topic = {
    .name = {(const uint8_t *)"topic", sizeof "topic" - 1},
    .state_new = topic_new,
    .state_free = topic_free,
    .bind = topic_bind,
    .unbind = topic_unbind,
    .route = topic_route,
};
