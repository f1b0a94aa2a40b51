#include "exchange/random_pick.h"

/* x-local-random: every message goes to one of the queues that are on the publisher's node, which
 * here are all. It is for queues only, and their bindings have no key. */
static enum amqp_reply local_random_check(const struct binding_identity *wanted, struct text *error)
{
    if (wanted->key.len > 0) {
        text_format(error, "Non empty binding '%s' key not permitted", wanted->key);
        return AMQP_PRECONDITION_FAILED;
    }
    if (wanted->destination->kind != DESTINATION_QUEUE) {
        text_add(error, SLICE("Destination not found"));
        return AMQP_PRECONDITION_FAILED;
    }
    return AMQP_OK;
}

const struct exchange_type exchange_type_local_random = {
    .name = {(const uint8_t *)"x-local-random", sizeof "x-local-random" - 1},
    .state_new = random_pick_new,
    .state_free = random_pick_free,
    .check_binding = local_random_check,
    .bind = random_pick_change,
    .unbind = random_pick_change,
    .route = random_pick_route,
};
