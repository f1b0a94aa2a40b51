#include "admin/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Rows of a time, which ends an interval, and the numbers then; the oldest give way. */
struct ring {
    uint64_t *rows; // owned
    uint32_t room;
    uint32_t count;
    uint32_t next; // where the next row goes
    bool forgot;   // rows have been given up
};

enum {
    LEVELS_MAX = 4,
    TOLERANCE = 50, // an interval that is by so small a part of it too long or short is a whole one
};

struct trail {
    struct ring recent; // two rows
    struct ring history[LEVELS_MAX];
    const struct trail_level *levels; // borrowed; NULL: there is no history
    size_t level_count;
    uint64_t added_ms[2]; // when the rows of `recent` were added really, the newest first
    uint8_t width;
};

static size_t row_size(const struct trail *trail)
{
    return (1 + (size_t)trail->width) * sizeof(uint64_t);
}

static void ring_init(struct ring *ring, uint32_t room, size_t row_size)
{
    *ring = (struct ring){.room = room, .rows = memory_array(room, row_size)};
}

/* Counted from the newest, which is 0. */
static const uint64_t *ring_row(const struct ring *ring, uint8_t width, uint32_t age)
{
    uint32_t index = (ring->next + ring->room - 1 - age) % ring->room;
    return ring->rows + (size_t)index * (1 + (size_t)width);
}

static void ring_push(struct ring *ring, uint8_t width, uint64_t end_ms, const uint64_t *values)
{
    uint64_t *row = ring->rows + (size_t)ring->next * (1 + (size_t)width);
    ring->forgot |= ring->count == ring->room;
    row[0] = end_ms;
    memcpy(row + 1, values, width * sizeof *values);
    ring->next = (ring->next + 1) % ring->room;
    ring->count += ring->count < ring->room;
}

/* The newest row that is no later; NULL if there is none. */
static const uint64_t *ring_find(const struct ring *ring, uint8_t width, uint64_t end_ms)
{
    uint32_t low = 0, high = ring->count; // rows younger than `low` are too late
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ring_row(ring, width, middle)[0] > end_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < ring->count ? ring_row(ring, width, low) : NULL;
}

struct trail *trail_new(uint8_t width)
{
    struct trail *trail = memory_new(sizeof *trail);
    trail->width = width;
    ring_init(&trail->recent, 2, row_size(trail));
    return trail;
}

void trail_keep_no_more(struct trail *trail)
{
    for (size_t i = 0; i < trail->level_count; i++) {
        free(trail->history[i].rows);
    }
    trail->level_count = 0;
    trail->levels = NULL;
}

void trail_free(struct trail *trail)
{
    if (trail) {
        trail_keep_no_more(trail);
        free(trail->recent.rows);
        free(trail);
    }
}

void trail_keep(struct trail *trail, const struct trail_level *levels, size_t count)
{
    if (trail->levels) {
        return;
    }
    trail->levels = levels;
    trail->level_count = count;
    for (size_t i = 0; i < count; i++) {
        ring_init(&trail->history[i], levels[i].room, row_size(trail));
        trail->history[i].forgot = trail->recent.forgot;
    }
    for (uint32_t age = trail->recent.count; count > 0 && age-- > 0;) {
        const uint64_t *row = ring_row(&trail->recent, trail->width, age);
        ring_push(&trail->history[0], trail->width, row[0], row + 1);
    }
}

static uint64_t floor_to(uint64_t ms, uint64_t step)
{
    return ms - ms % step;
}

/* A coarser level has what was so when its last step ended: the new row, if it ends at that very
 * time, or what was known before. */
static void add_to_level(struct trail *trail, size_t level, uint64_t end_ms, const uint64_t *values)
{
    struct ring *ring = &trail->history[level];
    uint64_t end = floor_to(end_ms, trail->levels[level].step_ms);
    if (level == 0 || end == end_ms) {
        ring_push(ring, trail->width, end_ms, values);
        return;
    }
    uint64_t known = ring->count > 0 ? ring_row(ring, trail->width, 0)[0] : 0;
    const uint64_t *before = ring_find(&trail->recent, trail->width, end);
    if (known < end && before) {
        ring_push(ring, trail->width, end, before + 1);
    }
}

bool trail_add(struct trail *trail, uint64_t now_ms, uint64_t step_ms, const uint64_t *values)
{
    static const uint64_t none[UINT8_MAX];
    const struct ring *recent = &trail->recent;
    const uint64_t *last = recent->count > 0 ? ring_row(recent, trail->width, 0) + 1 : none;
    uint64_t end_ms = floor_to(now_ms, step_ms);
    if (memcmp(last, values, trail->width * sizeof *values) == 0) {
        return false;
    }
    for (size_t i = trail->level_count; i-- > 0;) {
        add_to_level(trail, i, end_ms, values);
    }
    ring_push(&trail->recent, trail->width, end_ms, values);
    trail->added_ms[1] = trail->added_ms[0];
    trail->added_ms[0] = now_ms;
    return true;
}

uint64_t trail_at(const struct trail *trail, uint8_t which, uint64_t end_ms)
{
    const struct ring *oldest = &trail->recent; // of those that know anything
    const uint64_t *row = ring_find(&trail->recent, trail->width, end_ms);
    for (size_t i = 0; i < trail->level_count && !row; i++) {
        const struct ring *ring = &trail->history[i];
        oldest = ring->count > 0 ? ring : oldest;
        row = ring_find(ring, trail->width, end_ms);
    }
    if (!row && oldest->forgot) {
        row = ring_row(oldest, trail->width, oldest->count - 1);
    }
    return row ? row[1 + which] : 0;
}

double trail_rate(const struct trail *trail, uint8_t which, uint64_t now_ms, uint64_t step_ms)
{
    const struct ring *recent = &trail->recent;
    uint64_t end = floor_to(now_ms, step_ms);
    const uint64_t *last = recent->count > 0 ? ring_row(recent, trail->width, 0) : NULL;
    if (!last || last[0] < end) {
        return 0; // nothing has changed in the last interval
    }
    const uint64_t *before = recent->count > 1 ? ring_row(recent, trail->width, 1) : NULL;
    uint64_t was = before ? before[1 + which] : 0;
    uint64_t from =
        before && before[0] + step_ms == last[0] ? trail->added_ms[1] : last[0] - step_ms;
    double change = (double)last[1 + which] - (double)was;
    uint64_t took = trail->added_ms[0] - from;
    bool usual = took < step_ms + step_ms / TOLERANCE && took > step_ms - step_ms / TOLERANCE;
    return change * 1000 / (double)(usual ? step_ms : took);
}
