#include "persist/windows.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"

enum { LARGE_KEPT = 1 << 20 };

struct window {
    uint8_t *ptr; // owned; `cap` octets
    size_t cap;
    uint64_t from; // position of the first octet
    size_t len;
    uint64_t used; // when, in calls
};

struct windows {
    struct disk *disk;     // borrowed
    struct reader *reader; // borrowed
    uint64_t calls;
    size_t recent; // index of the window that was used last
    struct window rows[WINDOWS];
    struct bytes large; // owned; a record that is too large for a window
};

struct windows *windows_new(struct disk *disk, struct reader *reader)
{
    struct windows *windows = memory_new(sizeof *windows);
    windows->disk = disk;
    windows->reader = reader;
    return windows;
}

void windows_free(struct windows *windows)
{
    if (windows) {
        for (size_t i = 0; i < WINDOWS; i++) {
            free(windows->rows[i].ptr);
        }
        bytes_finish(&windows->large);
        free(windows);
    }
}

static bool covers(const struct window *window, uint64_t position)
{
    return position >= window->from && position - window->from < window->len;
}

static struct window *find(struct windows *windows, uint64_t position)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        size_t index = (windows->recent + i) % WINDOWS;
        if (covers(&windows->rows[index], position)) {
            windows->recent = index;
            return &windows->rows[index];
        }
    }
    return NULL;
}

/* 1, or 0 if not all of the record is in the window; *size is its size then, if that can be told.
 */
static int decode(const struct window *window, uint64_t position, struct record *record,
                  size_t *size)
{
    size_t skipped = position - window->from;
    struct slice rest = {window->ptr + skipped, window->len - skipped};
    *size = 0;
    if (rest.len < RECORD_HEADER) {
        return 0;
    }
    *size = record_claims(rest.ptr, position);
    if (*size > rest.len) {
        return 0;
    }
    return *size > 0 && record_decode(rest, position, record) ? 1 : -EUCLEAN;
}

int windows_find(struct windows *windows, uint64_t position, struct record *record)
{
    size_t size;
    struct window *window = find(windows, position);
    windows->calls++;
    if (!window) {
        return 0;
    }
    window->used = windows->calls;
    return decode(window, position, record, &size);
}

/* The window to be filled from this position on: the one that ends there or a little before, or
 * else the one that has not been used for longest. */
static struct window *choose(struct windows *windows, uint64_t position)
{
    struct window *oldest = &windows->rows[0];
    for (size_t i = 0; i < WINDOWS; i++) {
        struct window *window = &windows->rows[i];
        if (window->len > 0 && position >= window->from &&
            position - window->from < window->len + WINDOW_MIN) {
            return window;
        }
        oldest = window->used < oldest->used ? window : oldest;
    }
    oldest->len = 0;
    return oldest;
}

/* One that is read on becomes larger. */
static void resize(struct window *window)
{
    size_t cap = window->len == 0 ? WINDOW_MIN : 2 * window->cap;
    cap = cap < WINDOW_MAX ? cap : WINDOW_MAX;
    if (cap != window->cap) {
        free(window->ptr);
        window->ptr = memory_raw(cap);
        window->cap = cap;
    }
    window->len = 0;
}

static int fill(struct windows *windows, struct window *window, const struct windows_place *place)
{
    int fd = reader_open(windows->reader, place->first);
    if (fd < 0) {
        return fd;
    }
    resize(window);
    uint64_t left = place->end - place->position;
    size_t len = left < window->cap ? left : window->cap;
    uint64_t offset = place->position - place->first;
    int64_t got = windows->disk->pread(windows->disk, fd, window->ptr, len, offset);
    if (got < 0) {
        return (int)got;
    }
    window->from = place->position;
    window->len = (size_t)got;
    return 0;
}

/* A record that does not fit in the window that starts with it. */
static int read_large(struct windows *windows, const struct windows_place *place, size_t size,
                      struct record *record)
{
    if (size == 0 || size > place->end - place->position) {
        return -EUCLEAN;
    }
    int fd = reader_open(windows->reader, place->first);
    if (fd < 0) {
        return fd;
    }
    windows->large.len = 0;
    uint8_t *room = bytes_reserve(&windows->large, size);
    uint64_t offset = place->position - place->first;
    int rc = disk_read(windows->disk, fd, room, size, offset);
    if (rc < 0) {
        return rc;
    }
    return record_decode((struct slice){room, size}, place->position, record) ? 0 : -EUCLEAN;
}

int windows_read(struct windows *windows, const struct windows_place *place, struct record *record)
{
    size_t size;
    if (windows->large.cap > LARGE_KEPT) {
        bytes_finish(&windows->large);
    }
    struct window *window = choose(windows, place->position);
    int rc = fill(windows, window, place);
    if (rc < 0) {
        return rc;
    }
    window->used = windows->calls;
    windows->recent = (size_t)(window - windows->rows);
    rc = decode(window, place->position, record, &size);
    if (rc == 0) {
        return read_large(windows, place, size, record);
    }
    return rc < 0 ? rc : 0;
}

void windows_forget(struct windows *windows, uint64_t first, uint64_t end)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        struct window *window = &windows->rows[i];
        if (window->from >= first && window->from < end) {
            window->len = 0;
        }
    }
}
