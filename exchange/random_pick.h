#ifndef EXCHANGE_RANDOM_PICK_H
#define EXCHANGE_RANDOM_PICK_H

#include "exchange/exchange_internal.h"

/* One of the bindings for every message, each as often as the others: what x-random and
 * x-local-random share. The core has no randomness of its own; the choice is a hash, under the key
 * that the exchange was given and its name, of how many messages came before. These are functions
 * of struct exchange_type. */
void *random_pick_new(const struct exchange *exchange, struct hash_key key);
void random_pick_free(void *state);
void random_pick_change(void *state, struct binding *binding); // comes or goes
void random_pick_route(const struct exchange *exchange, const struct routing *routing,
                       struct route *route);

#endif
