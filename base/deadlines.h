#ifndef BASE_DEADLINES_H
#define BASE_DEADLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When something is due: a heap of intrusive entries, the earliest first, equal ones in the order
 * in which they were set. Setting and clearing cost O(log n); the first is at hand. Times are
 * whatever the owner counts in. */
struct deadline {
    uint64_t at;
    uint64_t order; // of setting; decides between equals
    size_t index;   // in deadlines.items, from 1; 0 = not set
};

struct deadlines {
    struct deadline **items; // owned array of borrowed entries
    size_t count;
    size_t cap;
    uint64_t set_count;
};

static inline bool deadline_is_set(const struct deadline *deadline)
{
    return deadline->index > 0;
}

void deadlines_set(struct deadlines *all, struct deadline *deadline, uint64_t at); // or moves it
void deadlines_clear(struct deadlines *all, struct deadline *deadline); // any number of times

/* The earliest, or NULL if none is set. */
static inline struct deadline *deadlines_first(const struct deadlines *all)
{
    return all->count > 0 ? all->items[0] : NULL;
}

void deadlines_finish(struct deadlines *all); // the entries are not touched

#endif
