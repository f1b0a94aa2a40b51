#include "queue/purged.h"

#include <stdlib.h>

#include "base/memory.h"
#include "queue/msg.h"

/* Continues the last run if this is the next position, else begins one if the journal knows it. */
static void add_run(struct purged *purged, uint64_t position, bool known)
{
    if (purged->run_count > purged->run_begin) {
        struct run *last = &purged->runs[purged->run_count - 1];
        if (last->first + last->count == position) {
            last->count++;
            return;
        }
    }
    if (!known) {
        return;
    }
    if (purged->run_count == purged->run_cap) {
        purged->run_cap = purged->run_cap ? purged->run_cap * 2 : 16;
        purged->runs = memory_grow(purged->runs, purged->run_cap * sizeof *purged->runs);
    }
    purged->runs[purged->run_count++] = (struct run){position, 1};
}

static void add_unstored(struct purged *purged, uint64_t position, struct msg *msg)
{
    if (purged->unstored_count == purged->unstored_cap) {
        purged->unstored_cap = purged->unstored_cap ? purged->unstored_cap * 2 : 16;
        purged->unstored =
            memory_grow(purged->unstored, purged->unstored_cap * sizeof *purged->unstored);
    }
    purged->unstored[purged->unstored_count++] = (struct purged_item){msg_ref(msg), position};
}

void purged_add(struct purged *purged, uint64_t position, struct msg *unstored, bool journaled)
{
    if (journaled && unstored) {
        add_unstored(purged, position, unstored);
    } else {
        add_run(purged, position, journaled);
    }
}

void purged_finish(struct purged *purged)
{
    for (size_t i = 0; i < purged->unstored_count; i++) {
        msg_unref(purged->unstored[i].msg);
    }
    free(purged->unstored);
    free(purged->runs);
    *purged = (struct purged){0};
}
