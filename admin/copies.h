#ifndef ADMIN_COPIES_H
#define ADMIN_COPIES_H

#include "base/arena.h"

enum { COPIES_RUN = 32 }; // how many lie behind each other

/* Very many objects of a size, copied one by one; they stay where they are. To begin with all but
 * `size` is 0. */
struct copies {
    uint8_t **runs; // owned array of runs in an arena, COPIES_RUN objects each
    size_t run_count;
    size_t size; // of an object
    size_t count;
};

/* Room for one more in this arena, the same each time. */
void *copies_add(struct copies *copies, struct arena *arena);

/* The last one is not wanted after all. */
static inline void copies_drop(struct copies *copies)
{
    copies->count--;
}

static inline const void *copies_at(const struct copies *copies, size_t index)
{
    return copies->runs[index / COPIES_RUN] + index % COPIES_RUN * copies->size;
}

/* The arena is somebody else's. */
void copies_finish(struct copies *copies);

#endif
