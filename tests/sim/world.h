#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "tests/sim/trace.h"
#include "tests/sim/verdict.h"

/* One history: a broker with its engine under a clock that only moves when it is told to, clients
 * that come and go, and the model beside it. All of it follows from the seed. */
void world_run(uint64_t seed, struct trace *trace, struct verdict *verdict);

#endif
