#ifndef TESTS_SIM_TERMS_H
#define TESTS_SIM_TERMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* What a queue's arguments ask for. */
#define TERMS_NONE UINT64_MAX

enum terms_overflow { OVERFLOW_DROP, OVERFLOW_REFUSE, OVERFLOW_REFUSE_AND_DIE };

/* Which of those that come back are held back for a while. */
enum terms_retry { RETRY_NONE, RETRY_ALL, RETRY_FAILED, RETRY_RETURNED };

struct terms {
    uint64_t ttl_ms, expires_ms;    // TERMS_NONE, as the rest
    uint64_t length_max, bytes_max; // of what is ready
    uint64_t delivery_limit;        // of a queue that counts
    struct slice exchange, key;     // of dead letters
    uint64_t retry_min_ms, retry_max_ms;
    enum terms_retry retry;
    uint8_t priority_max;
    uint8_t priority_default; // of messages that say nothing of theirs
    enum terms_overflow overflow;
    bool single_active;
    bool quorum;
    bool counts;       // how often each message came back
    bool dead_letters; // there is an exchange for them
    bool keyed;        // and a key
};

/* Of well-formed arguments; borrows from them. */
struct terms terms_read(struct slice arguments);

/* Looks at each message that comes: it has a time to live, or a limit. */
bool terms_bound(const struct terms *terms);

#endif
