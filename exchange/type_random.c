#include "exchange/random_pick.h"

/* x-random: every message goes along one of the bindings, whatever their keys. */
const struct exchange_type exchange_type_random = {
    .name = {(const uint8_t *)"x-random", sizeof "x-random" - 1},
    .state_new = random_pick_new,
    .state_free = random_pick_free,
    .bind = random_pick_change,
    .unbind = random_pick_change,
    .route = random_pick_route,
};
