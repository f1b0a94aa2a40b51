#ifndef PERSIST_SCAN_H
#define PERSIST_SCAN_H

#include "persist/record.h"

/* Goes through the records of a segment whose whole content is in memory. It reads nothing itself.
 * Marks are understood here, but given out like all others. */
struct scan {
    uint64_t first;     // position of the segment's first octet
    struct slice bytes; // borrowed: the segment's file, header included
    size_t offset;      // of the next record, or of the first octets that are none
    uint64_t last;      // position of the last sound record, or 0
    uint64_t durable;   // the highest position that a mark called durable
    bool closed;        // by a SEGMENT_END: there is nothing behind it
};

void scan_start(struct scan *scan, uint64_t first, struct slice bytes);

/* The next record, borrowed from the segment. False at the end and at anything that is not a sound
 * record; then scan_skip looks for a sound one behind it, and stops in front of it. */
bool scan_next(struct scan *scan, struct record *record);
bool scan_skip(struct scan *scan);

/* Where scan_next stopped: was there a record? */
struct scan_tail {
    bool damaged;    // a mark behind it says that it was durable
    bool torn;       // a record was begun there, or others follow it
    size_t torn_end; // offset of the end of what follows
};

struct scan_tail scan_tail(const struct scan *scan);

#endif
