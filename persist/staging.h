#ifndef PERSIST_STAGING_H
#define PERSIST_STAGING_H

#include "persist/fault.h"
#include "persist/record.h"

/* Where records wait for the disk, and all that the loop and the writer thread share. There are two
 * halves: the loop appends to the open one while the writer writes the other. Here a record gets
 * its position, and here it is decided in which segment it goes.
 *
 * Bounded by its user: staging_full tells when to stop taking in what would be appended; appending
 * itself never fails for that reason. The memory grows with use and shrinks again. */
struct staging;

struct staging_options {
    size_t segment_size;
    size_t limit; // of octets in both halves, for staging_full
    bool synced;  // marks may say what is durable
};

/* A part of a batch that goes to one segment. `size` is the size that this segment must have. */
struct staging_run {
    uint64_t first;
    uint64_t size;
    uint64_t offset; // in the segment's file
    size_t len;
};

/* What the writer writes at once: the runs' octets lie one behind the other. All borrowed until
 * staging_done. */
struct staging_batch {
    const uint8_t *ptr;
    const struct staging_run *runs;
    size_t run_count;
    uint64_t last; // position of the last record
    bool sync;     // it is to be synced
};

/* How far the disk is; positions of records, inclusive. */
struct staging_progress {
    uint64_t written; // can be read from the files
    uint64_t durable; // survives a crash, or counts as if
    uint64_t synced;  // is on the disk, with or without syncs
    struct fault fault;
};

struct staging_record {
    struct record head; // position and payload are not looked at
    const struct slice *pieces;
    size_t piece_count;
    bool wants_sync;
};

struct staging *staging_new(const struct staging_options *options);
void staging_free(struct staging *staging);

/* --- The loop's side. --- */

/* The first record goes to a new segment that starts at `first`; everything up to `durable` is on
 * the disk. */
void staging_start(struct staging *staging, uint64_t first, uint64_t durable);

/* Copies the record and returns its position, or 0 if the journal has failed. */
uint64_t staging_append(struct staging *staging, const struct staging_record *record);

/* Lets the writer begin, if a record is there that wants a sync; called once per tick. */
void staging_submit(struct staging *staging);

/* Takes the writer's place, if it sleeps and there are records to be synced, but no more than `max`
 * octets: true. Then the functions of the writer's side may be called until it is given back. With
 * `waking` it gets to work. */
bool staging_borrow(struct staging *staging, size_t max);
void staging_give_back(struct staging *staging, bool waking);

/* Wants all that was appended to be synced, even if nothing else does. */
void staging_sync(struct staging *staging);

/* Octets that were appended and not taken by the writer. */
size_t staging_waiting(struct staging *staging);

bool staging_full(struct staging *staging);
bool staging_empty(struct staging *staging); // nothing waits to be taken
struct staging_progress staging_progress(struct staging *staging);

/* The segment that the last record went to. */
void staging_tail(const struct staging *staging, uint64_t *first, uint64_t *size);

/* Makes staging_wait return, with or without a batch; `stop`: false from now on, once all is
 * written. */
void staging_poke(struct staging *staging);
void staging_stop(struct staging *staging);

/* --- The writer's side. --- */

/* Blocks until there is something to do: submitted records that want a sync, many records, records
 * that have waited for delay_ms, a poke; or until idle_ms have passed, if that is not 0. False:
 * stop. */
bool staging_wait(struct staging *staging, unsigned delay_ms, unsigned idle_ms);

/* Sleeps, but wakes up for a stop: false then. */
bool staging_pause(struct staging *staging, unsigned ms);

/* Takes all records there are and ends them with a mark; false if there are none. The batch before
 * must be done. */
bool staging_take(struct staging *staging, struct staging_batch *batch);

/* When there is no batch to take: the position up to which the segment that was written last is to
 * be synced; 0: it need not be. */
uint64_t staging_take_sync(struct staging *staging);
void staging_synced(struct staging *staging, uint64_t last);

void staging_written(struct staging *staging, uint64_t last);
void staging_done(struct staging *staging, const struct staging_batch *batch);

/* The journal has failed for good. */
void staging_fail(struct staging *staging, const struct fault *fault);

#endif
