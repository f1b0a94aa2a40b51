#include "admin/copies.h"

#include <stdlib.h>

#include "base/memory.h"

void *copies_add(struct copies *copies, struct arena *arena)
{
    size_t run = copies->count / COPIES_RUN;
    if (run == copies->run_count) {
        copies->runs = memory_grow(copies->runs, (run + 1) * sizeof *copies->runs);
        copies->runs[copies->run_count++] = arena_array(arena, COPIES_RUN, copies->size);
    }
    return copies->runs[run] + copies->count++ % COPIES_RUN * copies->size;
}

void copies_finish(struct copies *copies)
{
    free(copies->runs);
    *copies = (struct copies){.size = copies->size};
}
