#include "queue/attempts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "queue/stored.h"

/* Open addressing: an entry is where its hash says, or behind it with no gap in between. At most
 * three quarters are in use. */
enum { CAP_FIRST = 16 };

static size_t slot_of(const struct attempts *attempts, uint64_t position)
{
    return (position * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (attempts->cap - 1);
}

/* Where the position is, or where the gap is that ends the search. */
static struct attempt *search(const struct attempts *attempts, uint64_t position)
{
    size_t at = slot_of(attempts, position);
    while (attempts->items[at].position != 0 && attempts->items[at].position != position) {
        at = (at + 1) & (attempts->cap - 1);
    }
    return &attempts->items[at];
}

struct attempt *attempts_find(const struct attempts *attempts, uint64_t position)
{
    if (attempts->count == 0) {
        return NULL;
    }
    struct attempt *found = search(attempts, position);
    return found->position == position ? found : NULL;
}

/* Puts all that is in the table, and to be kept, into one with this capacity. */
static void rebuild(struct attempts *attempts, size_t cap, bool ready_too)
{
    struct attempts old = *attempts;
    *attempts = (struct attempts){.items = memory_array(cap, sizeof *old.items), .cap = cap};
    for (size_t i = 0; i < old.cap; i++) {
        if (old.items[i].position != 0 && (ready_too || old.items[i].out)) {
            *search(attempts, old.items[i].position) = old.items[i];
            attempts->count++;
        }
    }
    free(old.items);
}

struct attempt *attempts_obtain(struct attempts *attempts, uint64_t position)
{
    struct attempt *found = attempts_find(attempts, position);
    if (found) {
        return found;
    }
    if ((attempts->count + 1) * 4 > attempts->cap * 3) {
        rebuild(attempts, attempts->cap ? attempts->cap * 2 : CAP_FIRST, true);
    }
    found = search(attempts, position);
    found->position = position;
    attempts->count++;
    return found;
}

/* Closes the gap at `at`: entries that are found only by passing it move up. */
static void close_gap(struct attempts *attempts, size_t at)
{
    size_t mask = attempts->cap - 1;
    for (size_t next = (at + 1) & mask; attempts->items[next].position != 0;
         next = (next + 1) & mask) {
        size_t home = slot_of(attempts, attempts->items[next].position);
        if (((next - home) & mask) >= ((next - at) & mask)) {
            attempts->items[at] = attempts->items[next];
            at = next;
        }
    }
    attempts->items[at] = (struct attempt){0};
}

void attempts_drop(struct attempts *attempts, uint64_t position)
{
    struct attempt *found = attempts_find(attempts, position);
    if (!found) {
        return;
    }
    if (--attempts->count == 0) {
        attempts_finish(attempts);
    } else {
        close_gap(attempts, (size_t)(found - attempts->items));
    }
}

static bool in_run(uint64_t position, const struct run *run, uint64_t step)
{
    uint64_t distance = position - run->first;
    return position >= run->first && distance % step == 0 && distance / step < run->count;
}

/* Looks at whatever is less: the run or the table. What moves up into a gap is looked at again. */
void attempts_drop_run(struct attempts *attempts, const struct run *run, uint64_t step)
{
    if (run->count <= attempts->cap) {
        for (uint64_t i = 0; i < run->count; i++) {
            attempts_drop(attempts, run->first + i * step);
        }
        return;
    }
    for (size_t i = 0; i < attempts->cap;) {
        uint64_t position = attempts->items[i].position;
        if (position != 0 && in_run(position, run, step)) {
            attempts_drop(attempts, position);
        } else {
            i++;
        }
    }
}

void attempts_drop_ready(struct attempts *attempts)
{
    if (attempts->count > 0) {
        rebuild(attempts, attempts->cap, false);
    }
    if (attempts->count == 0) {
        attempts_finish(attempts);
    }
}

void attempts_finish(struct attempts *attempts)
{
    free(attempts->items);
    *attempts = (struct attempts){0};
}
