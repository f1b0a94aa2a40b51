#ifndef PERSIST_SCAN_H
#define PERSIST_SCAN_H

#include "persist/record.h"
#include "persist/view.h"

/* Goes through the records of a file: a segment, or a checkpoint. Marks are understood here, but
 * given out like all others. Once a read has failed (view->error) there are no more records. */
struct scan {
    uint64_t first;    // position of the file's first octet
    struct view *view; // borrowed: the file, header included
    uint64_t offset;   // of the next record, or of the first octets that are none
    size_t size_max;   // what claims to be larger is no record; no limit from scan_start
    uint64_t last;     // position of the last sound record, or 0
    uint64_t durable;  // the highest position that a mark called durable
    bool closed;       // by a SEGMENT_END: there is nothing behind it
};

void scan_start(struct scan *scan, uint64_t first, struct view *view);

/* The next record, borrowed from the view until the next call. False at the end and at anything
 * that is not a sound record; then scan_skip looks for a sound one behind it, and stops in front of
 * it. */
bool scan_next(struct scan *scan, struct record *record);
bool scan_skip(struct scan *scan);

/* Where scan_next stopped: was there a record? */
struct scan_tail {
    bool damaged;      // a mark behind it says that it was durable
    bool torn;         // a record was begun there, or others follow it
    uint64_t torn_end; // offset of the end of what follows
};

struct scan_tail scan_tail(const struct scan *scan);

#endif
