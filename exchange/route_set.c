#include "exchange/route_set.h"

#include <stdlib.h>

#include "base/memory.h"

void route_set_begin(struct route_set *set)
{
    set->number++;
    set->count = 0;
    set->keeper_count = 0;
}

bool route_set_add(struct route_set *set, struct destination *destination)
{
    ASSERT(set->number > 0);
    if (destination->routed == set->number) {
        return false;
    }
    if (set->count == set->cap) {
        set->cap = set->cap ? set->cap * 2 : 8;
        set->items = memory_grow(set->items, set->cap * sizeof(struct destination *));
    }
    destination->routed = set->number;
    set->items[set->count++] = destination;
    return true;
}

void route_set_keep(struct route_set *set, const struct exchange *exchange)
{
    if (set->keeper_count == set->keeper_cap) {
        set->keeper_cap = set->keeper_cap ? set->keeper_cap * 2 : 2;
        set->keepers = memory_grow(set->keepers, set->keeper_cap * sizeof *set->keepers);
    }
    set->keepers[set->keeper_count++] = exchange;
}

void route_set_free(struct route_set *set)
{
    free(set->items);
    set->items = NULL;
    set->count = set->cap = 0;
    free(set->keepers);
    set->keepers = NULL;
    set->keeper_count = set->keeper_cap = 0;
}
