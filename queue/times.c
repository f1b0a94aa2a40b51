#include "queue/times.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

enum { CAP_FIRST = 32 };

static void grow(struct times *times)
{
    size_t cap = times->cap ? times->cap * 2 : CAP_FIRST;
    uint64_t *items = memory_array(cap, sizeof *items);
    for (size_t i = 0; i < times->count; i++) {
        items[i] = times->items[(times->begin + i) & (times->cap - 1)];
    }
    free(times->items);
    times->items = items;
    times->cap = cap;
    times->begin = 0;
}

void times_push(struct times *times, uint64_t time)
{
    if (times->count == times->cap) {
        grow(times);
    }
    times->items[(times->begin + times->count) & (times->cap - 1)] = time;
    times->count++;
}

void times_begin(struct times *times, size_t count, uint64_t time)
{
    grow(times);
    for (size_t i = 0; i < count; i++) {
        times_push(times, time);
    }
}

uint64_t times_first(const struct times *times)
{
    CHECK(times->count > 0);
    return times->items[times->begin];
}

uint64_t times_take(struct times *times)
{
    uint64_t time = times_first(times);
    times->begin = (times->begin + 1) & (times->cap - 1);
    if (--times->count == 0) {
        times_clear(times);
    }
    return time;
}

void times_clear(struct times *times)
{
    free(times->items);
    *times = (struct times){0};
}
