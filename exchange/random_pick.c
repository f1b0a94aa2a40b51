#include "exchange/random_pick.h"

#include <stdlib.h>

#include "base/memory.h"
#include "exchange/lineup.h"

struct random_pick {
    struct lineup lineup; // in order of binding
    struct hash_key key;  // the exchange's own
    uint64_t picked;      // how many messages so far
};

void *random_pick_new(const struct exchange *exchange, struct hash_key key)
{
    struct random_pick *pick = memory_new(sizeof *pick);
    pick->key = (struct hash_key){hash_bytes(key, exchange->name), ~key.k1};
    return pick;
}

void random_pick_free(void *state)
{
    struct random_pick *pick = state;
    lineup_forget(&pick->lineup);
    free(pick);
}

void random_pick_change(void *state, struct binding *binding)
{
    (void)binding;
    struct random_pick *pick = state;
    lineup_forget(&pick->lineup);
}

static uint32_t random_below(struct random_pick *pick, uint32_t bound)
{
    uint64_t number = ++pick->picked;
    uint64_t hash = hash_bytes(pick->key, (struct slice){(const uint8_t *)&number, sizeof number});
    return (uint32_t)((hash >> 32) * bound >> 32);
}

void random_pick_route(const struct exchange *exchange, const struct routing *routing,
                       struct route *route)
{
    (void)routing;
    struct random_pick *pick = exchange->state;
    lineup_make(&pick->lineup, exchange);
    route->varies = true;
    if (pick->lineup.count > 0) {
        uint32_t index = random_below(pick, pick->lineup.count);
        route_reach(route, pick->lineup.items[index]->destination);
    }
}
