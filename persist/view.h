#ifndef PERSIST_VIEW_H
#define PERSIST_VIEW_H

#include "base/bytes.h"
#include "persist/disk.h"

/* A file that is read from the front to the back, in large pieces: at any time a stretch of it is
 * in memory, which is as long as what was asked for at once, or VIEW_STRETCH. */
enum { VIEW_STRETCH = 1 << 20 };

struct view {
    struct disk *disk;  // borrowed
    int fd;             // borrowed
    uint64_t len;       // of what is to be seen: nothing behind it is
    struct bytes bytes; // owned: the stretch,
    uint64_t from;      // and its offset in the file
    int error;          // negative errno once a read has failed; there is nothing to be seen then
};

/* Can be called again for another file; the memory stays. `view` is zero-initialised at first. */
void view_start(struct view *view, struct disk *disk, int fd, uint64_t len);
void view_finish(struct view *view);

/* Reads so that the stretch starts at the offset and has `want` octets, or all up to the end. */
void view_load(struct view *view, uint64_t offset, size_t want);

/* What is at the offset: at least `want` octets, unless the file ends before. Borrowed until the
 * next call. */
static inline struct slice view_at(struct view *view, uint64_t offset, size_t want)
{
    uint64_t end = view->from + view->bytes.len;
    if (offset < view->from || offset > end || end - offset < want) {
        view_load(view, offset, want);
    }
    size_t skipped = view->bytes.len ? offset - view->from : 0;
    return (struct slice){view->bytes.ptr + skipped, view->bytes.len - skipped};
}

#endif
