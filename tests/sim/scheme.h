#ifndef TESTS_SIM_SCHEME_H
#define TESTS_SIM_SCHEME_H

#include "tests/sim/arena.h"
#include "tests/sim/prng.h"

/* What queues are declared with in a history: each name has its arguments, so that declaring a
 * queue again mostly fits. In half of the histories there is nothing about time, limits and dead
 * letters in them. */
enum { SCHEME_QUEUES = 4 };

/* Kinds of arguments that a history keeps to. */
enum scheme_part {
    SCHEME_TIMES = 1,    // x-message-ttl and expiration
    SCHEME_LIMITS = 2,   // x-max-length, x-max-length-bytes
    SCHEME_LETTERS = 4,  // dead letters
    SCHEME_DELAYS = 8,   // e4 is of the type x-delayed-message
    SCHEME_EXPIRES = 16, // x-expires
    SCHEME_ORDER = 32,   // x-max-priority, x-single-active-consumer, x-delivery-limit
    SCHEME_ALL = 63,
    SCHEME_QUORUM = 64, // some are quorum queues; drawn apart from all of these
};

struct scheme {
    uint32_t parts;                        // bits of enum scheme_part; 0: none
    struct slice arguments[SCHEME_QUEUES]; // of "q0" to "q3"
    bool single_active[SCHEME_QUEUES];
    bool quorum[SCHEME_QUEUES];
};

/* Draws it; from these parts, if there is one. */
void scheme_draw(struct scheme *scheme, struct arena *arena, struct prng *prng, uint32_t parts);

/* Makes quorum queues of some, at least of one (scheme_quorum.c). */
void scheme_draw_quorum(struct scheme *scheme, struct arena *arena, struct prng *prng);

/* "q2" is 2; -1: the name is not in the scheme. */
int scheme_number(struct slice queue);

#endif
