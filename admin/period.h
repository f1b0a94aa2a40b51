#ifndef ADMIN_PERIOD_H
#define ADMIN_PERIOD_H

#include "admin/reply.h"
#include "admin/target.h"

/* The times that samples are asked for: from first_ms to last_ms, every step_ms. */
struct period {
    uint64_t first_ms; // since 1970
    uint64_t last_ms;
    uint64_t step_ms; // 0: none are asked for
};

/* How a request names its length and step, in seconds: "lengths_age", "lengths_incr". */
struct period_names {
    struct slice age;
    struct slice step;
};

/* The period that ends with the whole step before now. Unless both parameters are numbers none is
 * asked for. False, and answered, if they
 * make no sense or too many samples: more than 500. */
bool period_parse(const struct target *target, const struct period_names *names, uint64_t now_ms,
                  struct period *out, struct reply *reply);

/* The same period with the step after it. */
struct period period_reaching(struct period period, uint64_t now_ms);

#endif
