#ifndef TESTS_CRASH_CAMPAIGN_H
#define TESTS_CRASH_CAMPAIGN_H

#include "tests/crash/history.h"
#include "tests/crash/site.h"

/* Several lives of one broker: it starts, is inspected, gets busy clients, and is killed. In the
 * end everything that it has is read, and the next start must find nothing. */
struct campaign_options {
    uint64_t seed;
    unsigned rounds;
    bool power;   // with power cuts
    bool no_sync; // in the hope that something gets lost: power is cut after every life
};

/* Returns how many rounds went well: all, or those before the one that did not. */
unsigned campaign_run(const struct campaign_options *options);

/* --- What other scenarios use of it. --- */

struct fixtures;

/* Looks at what a broker has that has just started, and how much, but not at each message. */
bool campaign_inspect(const struct site *site, struct history *history, struct fixtures *fixtures);

/* Starts, reads and acknowledges everything, stops, starts again, and finds nothing. */
bool campaign_finish(struct site *site, struct history *history, struct fixtures *fixtures);

#endif
