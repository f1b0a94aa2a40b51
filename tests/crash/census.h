#ifndef TESTS_CRASH_CENSUS_H
#define TESTS_CRASH_CENSUS_H

#include "tests/crash/history.h"

/* Compares all that is in the queues with what must be there, while no other client is around. */

/* Declares what all rounds use, and compares the numbers of messages. */
bool census_count(struct history *history, int port);

/* Reads every message of every queue. `settle`: and acknowledges it, so that nothing remains. */
bool census_read(struct history *history, int port, bool settle);

#endif
