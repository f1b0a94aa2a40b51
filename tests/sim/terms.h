#ifndef TESTS_SIM_TERMS_H
#define TESTS_SIM_TERMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* What a queue's arguments ask for. */
#define TERMS_NONE UINT64_MAX

enum terms_overflow { OVERFLOW_DROP, OVERFLOW_REFUSE, OVERFLOW_REFUSE_AND_DIE };

struct terms {
    uint64_t ttl_ms, expires_ms;    // TERMS_NONE, as the rest
    uint64_t length_max, bytes_max; // of what is ready
    uint64_t delivery_limit;
    struct slice exchange, key; // of dead letters
    uint8_t priority_max;
    enum terms_overflow overflow;
    bool single_active;
    bool dead_letters; // there is an exchange for them
    bool keyed;        // and a key
};

/* Of well-formed arguments; borrows from them. */
struct terms terms_read(struct slice arguments);

/* Looks at each message that comes: it has a time to live, or a limit. */
bool terms_bound(const struct terms *terms);

#endif
