#ifndef PERSIST_WINDOWS_H
#define PERSIST_WINDOWS_H

#include "persist/reader.h"
#include "persist/record.h"

/* Stretches of segments that were read not long ago. Who reads records in the order of their
 * positions gets them out of a window, which grows while that goes on; several may do so in turns,
 * each has a window then. Whoever jumps about reads little in vain. */
struct windows;

enum { WINDOWS = 8, WINDOW_MIN = 16 << 10, WINDOW_MAX = 256 << 10 };

/* Where a record is. */
struct windows_place {
    uint64_t position;
    uint64_t first; // of its segment
    uint64_t end;   // of what was written of the segment: position behind it
};

struct windows *windows_new(struct disk *disk, struct reader *reader); // borrows both
void windows_free(struct windows *windows);

/* The record, if it is in a window: returns 1 then, and 0 if not. -EUCLEAN: there is none. A record
 * that is handed out here or below is borrowed until the next call. */
int windows_find(struct windows *windows, uint64_t position, struct record *record);

/* Reads a record that is in no window: 0 or a negative errno. */
int windows_read(struct windows *windows, const struct windows_place *place, struct record *record);

/* The positions from `first` to `end` will be no more. */
void windows_forget(struct windows *windows, uint64_t first, uint64_t end);

#endif
