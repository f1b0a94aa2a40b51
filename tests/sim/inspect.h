#ifndef TESTS_SIM_INSPECT_H
#define TESTS_SIM_INSPECT_H

#include "tests/sim/found.h"
#include "tests/sim/node.h"
#include "tests/sim/verdict.h"

struct broker_queue;

/* Looks at all that a broker has: at exchanges, queues and bindings through the core, at messages
 * as a client that gets them all, except
 * from quorum queues. The queues are empty then. */
struct found *inspect(struct node *node, struct arena *arena, struct verdict *verdict,
                      uint64_t now_ms);

/* Takes what a quorum queue has: not as a client, which could not get it in every case
 * (inspect_quorum.c). */
void inspect_quorum(const struct node *node, struct arena *arena, struct broker_queue *queue,
                    struct found_queue *out);

#endif
