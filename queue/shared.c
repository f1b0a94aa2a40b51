#include "queue/shared.h"

#include <stdlib.h>

#include "base/memory.h"

enum { CAP_FIRST = 16 };

/* Positions are multiples of 8 that begin at a random one, so nobody can choose them; they are
 * mixed because a table wants all of their bits (the finaliser of SplitMix64). */
static size_t home_of(const struct shared *shared, uint64_t at)
{
    at = (at ^ at >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    at = (at ^ at >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)(at ^ at >> 31) & (shared->cap - 1);
}

static size_t next_of(const struct shared *shared, size_t index)
{
    return (index + 1) & (shared->cap - 1);
}

/* Where it is, or the empty entry where it would be. */
static size_t place_of(const struct shared *shared, uint64_t at)
{
    size_t index = home_of(shared, at);
    while (shared->records[index].at != 0 && shared->records[index].at != at) {
        index = next_of(shared, index);
    }
    return index;
}

static void resize(struct shared *shared, size_t cap)
{
    struct shared before = *shared;
    *shared = (struct shared){.records = memory_array(cap, sizeof *shared->records), .cap = cap};
    for (size_t i = 0; i < before.cap; i++) {
        if (before.records[i].at != 0) {
            shared->records[place_of(shared, before.records[i].at)] = before.records[i];
            shared->count++;
        }
    }
    free(before.records);
}

struct shared_record *shared_find(const struct shared *shared, uint64_t at)
{
    struct shared_record *record =
        shared->count > 0 ? &shared->records[place_of(shared, at)] : NULL;
    return record && record->at == at ? record : NULL;
}

struct shared_record *shared_put(struct shared *shared, uint64_t at)
{
    struct shared_record *found = shared_find(shared, at);
    if (found) {
        return found;
    }
    if (shared->count >= shared->cap / 4 * 3) {
        resize(shared, shared->cap ? 2 * shared->cap : CAP_FIRST);
    }
    struct shared_record *record = &shared->records[place_of(shared, at)];
    *record = (struct shared_record){.at = at};
    shared->count++;
    return record;
}

/* Those behind it that would not be found over a gap move up. */
static void close_gap(struct shared *shared, size_t gap)
{
    for (size_t i = next_of(shared, gap); shared->records[i].at != 0; i = next_of(shared, i)) {
        size_t home = home_of(shared, shared->records[i].at);
        size_t mask = shared->cap - 1;
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            shared->records[gap] = shared->records[i];
            gap = i;
        }
    }
    shared->records[gap] = (struct shared_record){.at = 0};
}

void shared_remove(struct shared *shared, struct shared_record *record)
{
    close_gap(shared, (size_t)(record - shared->records));
    shared->count--;
    if (shared->cap > CAP_FIRST && shared->count < shared->cap / 8) {
        resize(shared, shared->cap / 2);
    }
}

void shared_remove_empty(struct shared *shared)
{
    for (size_t i = 0; i < shared->cap; i++) {
        if (shared->records[i].at != 0 && shared->records[i].count == 0) {
            shared->records[i].at = 0;
        }
    }
    if (shared->cap > 0) {
        resize(shared, shared->cap);
    }
}

void shared_finish(struct shared *shared)
{
    free(shared->records);
    *shared = (struct shared){.cap = 0};
}
