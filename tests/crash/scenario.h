#ifndef TESTS_CRASH_SCENARIO_H
#define TESTS_CRASH_SCENARIO_H

#include <stdint.h>

/* Ways for a broker to come to grief. */
struct scenario_report {
    unsigned passed, failed, skipped;
};

typedef void (*scenario_run)(uint64_t seed, unsigned rounds, struct scenario_report *report);

struct scenario {
    const char *name;
    scenario_run run;
};

/* kill -9 and SIGTERM, in campaigns of some rounds with the seeds that follow. */
void scenario_kill(uint64_t seed, unsigned rounds, struct scenario_report *report);

/* The same, and what was not synced may be gone. A broker that does not sync must be found out. */
void scenario_power(uint64_t seed, unsigned rounds, struct scenario_report *report);

/* A write or a sync fails: nothing is confirmed after that, and nothing that was is lost. */
void scenario_broken(uint64_t seed, unsigned rounds, struct scenario_report *report);

/* The disk is full, and then it is not any more. Needs a mount, and is skipped where that is not
 * allowed. */
void scenario_full(uint64_t seed, unsigned rounds, struct scenario_report *report);

#endif
