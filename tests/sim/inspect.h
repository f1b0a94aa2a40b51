#ifndef TESTS_SIM_INSPECT_H
#define TESTS_SIM_INSPECT_H

#include "tests/sim/found.h"
#include "tests/sim/node.h"
#include "tests/sim/verdict.h"

/* Looks at all that a broker has: at exchanges, queues and bindings through the core, at messages
 * as a client that gets them all. The queues are empty then. */
struct found *inspect(struct node *node, struct arena *arena, struct verdict *verdict,
                      uint64_t now_ms);

#endif
