#ifndef TESTS_CRASH_CENSUS_H
#define TESTS_CRASH_CENSUS_H

#include "tests/crash/history.h"

/* Compares all that is in the queues with what must be there, while no consumer is around. */

/* Declares what all rounds use, and compares the numbers of messages. */
bool census_count(struct history *history, int port);

enum census_kind {
    CENSUS_LOOK,  // reads every message of every queue, and lets go of it again
    CENSUS_EMPTY, // and acknowledges it, so that nothing remains
    CENSUS_TAKE,  // the same, but there are publishers, and messages on their way
};

bool census_read(struct history *history, int port, enum census_kind kind);

#endif
