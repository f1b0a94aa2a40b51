#ifndef PERSIST_RECOVERING_H
#define PERSIST_RECOVERING_H

#include "persist/journal_internal.h"
#include "persist/scan.h"

/* The recovery of a journal, and its segment that is being read. */
struct recovering {
    struct journal *journal;
    const struct journal_recovery *recovery;
    struct journal_report *report;
    struct fault *fault;
    const struct journal_segment *segment;
    bool newest; // the segment is the last one
    char path[DISK_PATH_MAX];
    int fd;
    struct view view; // owned; the segment's file
    struct scan scan;
};

/* Hands out the segment's records. After this the segment is closed, and what was handed out of it
 * is durable. */
int recovering_segment(struct recovering *r);

/* Octets of the file r->path that are lost, from this position on; 0: the file is missing. Tells
 * and counts them, and salvage keeps them aside. */
int recovering_lose(struct recovering *r, uint64_t position, uint64_t size);

#endif
