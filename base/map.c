#include "base/map.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

void map_init(struct map *map, struct hash_key key)
{
    *map = (struct map){.hash_key = key};
}

void map_finish(struct map *map)
{
    free(map->buckets);
    *map = (struct map){0};
}

static struct map_node **bucket_of(const struct map *map, uint64_t hash)
{
    return &map->buckets[hash & (map->bucket_count - 1)];
}

struct map_node *map_get(const struct map *map, struct slice key)
{
    if (map->count == 0) {
        return NULL;
    }
    uint64_t hash = hash_bytes(map->hash_key, key);
    for (struct map_node *node = *bucket_of(map, hash); node; node = node->next) {
        if (node->hash == hash && slice_eq(node->key, key)) {
            return node;
        }
    }
    return NULL;
}

static void push(struct map *map, struct map_node *node)
{
    struct map_node **bucket = bucket_of(map, node->hash);
    node->next = *bucket;
    *bucket = node;
}

static void grow(struct map *map)
{
    struct map old = *map;
    map->bucket_count = old.bucket_count ? old.bucket_count * 2 : 16;
    map->buckets = memory_array(map->bucket_count, sizeof *map->buckets);
    for (size_t i = 0; i < old.bucket_count; i++) {
        struct map_node *node = old.buckets[i];
        while (node) {
            struct map_node *next = node->next;
            push(map, node);
            node = next;
        }
    }
    free(old.buckets);
}

void map_put(struct map *map, struct map_node *node, struct slice key)
{
    ASSERT(!map_get(map, key));
    if (map->count == map->bucket_count) {
        grow(map);
    }
    node->hash = hash_bytes(map->hash_key, key);
    node->key = key;
    push(map, node);
    map->count++;
}

void map_remove(struct map *map, struct map_node *node)
{
    struct map_node **at = bucket_of(map, node->hash);
    while (*at != node) {
        CHECK(*at);
        at = &(*at)->next;
    }
    *at = node->next;
    node->next = NULL;
    map->count--;
}
