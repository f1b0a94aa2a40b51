#ifndef PERSIST_SPARES_H
#define PERSIST_SPARES_H

#include "persist/fault.h"
#include "persist/segment.h"

/* Files that are ready to become segments: one for the next, one in reserve for when the disk is
 * full, and segments that nobody needs any more, of which at most SPARES_MAX are kept to be
 * recycled. Writing over blocks that were written before is faster than writing to new ones.
 *
 * The writer takes spares and tends them; the loop hands over what is retired and asks for the
 * alarm. */
struct spares;

enum { SPARES_MIN = 2, SPARES_MAX = 4 };

struct spares *spares_new(struct disk *disk, const char *dir, uint64_t segment_size); // borrows
void spares_free(struct spares *spares);

/* A spare of an earlier run, and one that was not finished. */
void spares_found(struct spares *spares, uint64_t number);
void spares_leftover(struct spares *spares, uint64_t number);

/* Any thread. The segment that starts there has no live records any more. */
void spares_retire(struct spares *spares, uint64_t first);
int spares_alarm(struct spares *spares); // why the reserve could not be filled up, or 0

/* The writer: makes a spare the segment that the header says; a new file if there is no spare, or
 * none that is large enough. Returns a descriptor; *recycled: a segment was written to it before,
 * so its blocks are there. -ENOSPC changes nothing and may be retried. */
int spares_activate(struct spares *spares, const struct segment_header *header, bool *recycled);

/* The writer, between batches: renames or removes what was retired, makes new spares. A want of
 * space, or of descriptors, raises the alarm, and is tried again the next time. Anything else is an
 * error: it is returned, and *fault says of which file. */
int spares_tend(struct spares *spares, struct fault *fault);

#endif
