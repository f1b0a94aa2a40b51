#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>

#include "base/slice.h"

struct arena_block; // defined in arena.c

/* Memory for many things that go at the same time: given out piece by piece, taken back whole.
 * Zero-initialise it. */
struct arena {
    struct arena_block *last; // owned, with those before it
    size_t used;              // octets of the last one
    size_t room;
};

void *arena_new(struct arena *arena, size_t size); // zeroed, aligned for anything; never NULL
void *arena_array(struct arena *arena, size_t count, size_t size); // checked for overflow
struct slice arena_copy(struct arena *arena, struct slice value);
void arena_finish(struct arena *arena);

/* Takes back about so many octets, of what was given out last: nothing in the arena may be used any
 * more. False when there is nothing left to take back. */
bool arena_release(struct arena *arena, size_t octets);

#endif
