#include "base/deadlines.h"

#include <stdlib.h>

#include "base/memory.h"

static bool before(const struct deadline *a, const struct deadline *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void place(struct deadlines *all, size_t at, struct deadline *deadline)
{
    all->items[at] = deadline;
    deadline->index = at + 1;
}

static void rise(struct deadlines *all, size_t at, struct deadline *deadline)
{
    while (at > 0 && before(deadline, all->items[(at - 1) / 2])) {
        place(all, at, all->items[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(all, at, deadline);
}

static void sink(struct deadlines *all, size_t at, struct deadline *deadline)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= all->count) {
            break;
        }
        if (child + 1 < all->count && before(all->items[child + 1], all->items[child])) {
            child++;
        }
        if (before(deadline, all->items[child])) {
            break;
        }
        place(all, at, all->items[child]);
        at = child;
    }
    place(all, at, deadline);
}

void deadlines_clear(struct deadlines *all, struct deadline *deadline)
{
    if (!deadline_is_set(deadline)) {
        return;
    }
    size_t at = deadline->index - 1;
    deadline->index = 0;
    struct deadline *last = all->items[--all->count];
    if (last == deadline) {
        return;
    }
    if (at > 0 && before(last, all->items[(at - 1) / 2])) {
        rise(all, at, last);
    } else {
        sink(all, at, last);
    }
}

void deadlines_set(struct deadlines *all, struct deadline *deadline, uint64_t at)
{
    deadlines_clear(all, deadline);
    if (all->count == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 16;
        all->items = memory_grow(all->items, all->cap * sizeof(struct deadline *));
    }
    deadline->at = at;
    deadline->order = all->set_count++;
    rise(all, all->count++, deadline);
}

void deadlines_finish(struct deadlines *all)
{
    free(all->items);
    *all = (struct deadlines){0};
}
