#ifndef TESTS_SIM_ARENA_H
#define TESTS_SIM_ARENA_H

#include "base/list.h"
#include "base/slice.h"

/* Everything that a history remembers lives until the history is over: nobody in the simulator has
 * to think about who frees what, and whatever a failure wants to tell is still there. Each block is
 * an allocation of its own, so that the sanitizer sees a step over its end. */
struct arena {
    struct list blocks; // struct arena_block.link
};

void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);
void *arena_new(struct arena *arena, size_t size); // zeroed
struct slice arena_copy(struct arena *arena, struct slice octets);

#endif
