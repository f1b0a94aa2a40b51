#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/hash.h"

/* An intrusive hash table from byte strings to their owners. The node lives inside its owner and
 * its key is borrowed from it, so inserting cannot fail and costs no allocation but the table's
 * own growth. There is no way to walk it on purpose: hash order must not reach the outside world;
 * owners that are to be listed are on a list as well. */
struct map_node {
    struct map_node *next;
    uint64_t hash;
    struct slice key; // borrowed from the owner, for as long as the node is in the map
};

struct map {
    struct map_node **buckets; // owned
    size_t bucket_count;       // a power of two, or 0 before the first put
    size_t count;
    struct hash_key hash_key;
};

void map_init(struct map *map, struct hash_key key);
void map_finish(struct map *map); // the nodes' owners are not touched

struct map_node *map_get(const struct map *map, struct slice key);      // NULL if there is none
void map_put(struct map *map, struct map_node *node, struct slice key); // key must not be in it
void map_remove(struct map *map, struct map_node *node);                // node must be in it

#endif
