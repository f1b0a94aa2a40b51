#include "exchange/exchange_internal.h"

#include <stdlib.h>

#include "base/memory.h"
#include "exchange/lineup.h"
#include "exchange/stable_hash.h"

/* x-modulus-hash: the hash of a message's keys modulo the number of bindings is the number of the
 * one that it goes along; they are numbered by destination and key. The keys of bindings mean
 * nothing else. */
static void *modulus_hash_new(const struct exchange *exchange, struct hash_key key)
{
    (void)exchange;
    (void)key;
    return memory_new(sizeof(struct lineup));
}

static void modulus_hash_free(void *state)
{
    lineup_forget(state);
    free(state);
}

static void modulus_hash_change(void *state, struct binding *binding)
{
    (void)binding;
    lineup_forget(state);
}

static void modulus_hash_route(const struct exchange *exchange, const struct routing *routing,
                               struct route *route)
{
    struct lineup *lineup = exchange->state;
    if (lineup_make(lineup, exchange)) {
        lineup_sort(lineup, lineup_by_identity);
    }
    uint64_t hash = 0;
    for (uint32_t i = 0; i < routing->key_count; i++) {
        hash = stable_hash_mix(hash ^ stable_hash(routing->keys[i]));
    }
    if (lineup->count > 0) {
        route_reach(route, lineup->items[hash % lineup->count]->destination);
    }
}

const struct exchange_type exchange_type_modulus_hash = {
    .name = {(const uint8_t *)"x-modulus-hash", sizeof "x-modulus-hash" - 1},
    .state_new = modulus_hash_new,
    .state_free = modulus_hash_free,
    .bind = modulus_hash_change,
    .unbind = modulus_hash_change,
    .route = modulus_hash_route,
};
