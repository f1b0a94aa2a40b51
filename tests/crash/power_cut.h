#ifndef TESTS_CRASH_POWER_CUT_H
#define TESTS_CRASH_POWER_CUT_H

#include "base/slice.h"
#include "tests/sim/prng.h"

/* After a broker that ran with the lossy library was killed: makes of its files what a power cut
 * could have left of them, which is all that was synced, and any part of what was not. A change of
 * a file is there, or is not, or only some of its sectors are; names come and go one by one, unless
 * they build on each other. What there is then is durable, and `side` is empty. */
struct power_cut_report {
    unsigned undone; // changes
    unsigned torn;
    unsigned left; // changes that were not synced and are there all the same
};

struct power_cut_report power_cut(const char *side, struct prng *prng);

/* The same, and nothing is left that was not synced. */
struct power_cut_report power_cut_all(const char *side);

#endif
