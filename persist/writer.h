#ifndef PERSIST_WRITER_H
#define PERSIST_WRITER_H

#include "persist/bell.h"
#include "persist/spares.h"
#include "persist/staging.h"

/* Writes what is staged to the segments and syncs it, on a thread of its own or when it is told
 * to. The next sync starts when the last one ends and takes all that has come in the
 * meantime: batches grow with the load, and nobody waits for a timer.
 *
 * A write or sync that fails is never tried again: after a failed sync the system may have dropped
 * the data and report success the next time. The journal has failed then, and says where. The one
 * error that is waited out is a full disk when a new segment is needed: nothing has been lost by
 * it. */
struct writer;

struct writer_options {
    struct disk *disk;       // borrowed
    const char *dir;         // borrowed; where the segments are
    struct staging *staging; // borrowed
    struct spares *spares;   // borrowed
    uint8_t store_id[STORE_ID_SIZE];
    uint64_t origin;        // of the store
    unsigned sync_delay_ms; // what does not want a sync waits no longer
    unsigned quick_us;      // writer_write_now waits for a disk that syncs in less
};

struct writer *writer_new(const struct writer_options *options);

/* Stops the thread, if there is one, when all is written. */
void writer_free(struct writer *writer);

/* Starts the thread, which rings the bell whenever there is progress, a fault or a change of the
 * alarm. The bell is borrowed. */
int writer_start(struct writer *writer, struct bell *bell);

/* Stops the thread when all is written that can be. Returns what writer_flush does. */
int writer_stop(struct writer *writer);

/* Writes and syncs what is staged on the thread that calls, which is quicker than to wake the other
 * one up if that sleeps anyway. False, and nothing is done, if it does not sleep, if that is much,
 * if none of it wants a sync, or if the disk has been slow lately. */
bool writer_write_now(struct writer *writer);

/* Without a thread: writes and syncs all that is staged and tends the spares. -ENOSPC: no segment
 * could be had, nothing is lost, call it again; any other error is the journal's end. */
int writer_flush(struct writer *writer);

/* Ends the segment that was written to, so that the next start knows that it is whole. Only after
 * writer_stop or writer_flush returned 0. */
int writer_close_segment(struct writer *writer);

#endif
