#ifndef SERVER_STORE_H
#define SERVER_STORE_H

#include "base/text.h"
#include "persist/disk.h"
#include "persist/fault.h"
#include "persist/segment.h"

struct broker;
struct effects;
struct logger;
struct msg;
struct store;

/* What a broker has on the disk: a journal (persist/journal.h) of outcomes (broker/outcome.h),
 * checkpoints, and the way back from there. It carries out the core's effects STORE, SETTLE and
 * RECORD, reads contents back that are not in memory any more, and sees to it that the directory
 * does not grow for ever. It has no sockets and no clock, and works on any struct disk.
 *
 * What a record says is the core's business, with one exception: the payload of a GROUP_END is u64
 * position of the group's first record, u32 how many records it has without this one. They have
 * the flag STORE_MORE. Recovery applies a group when it comes to its end, and drops it if that is
 * not there. */
enum { STORE_MORE = 1 };

struct store_options {
    struct disk *disk;               // borrowed
    struct broker *broker;           // borrowed; new
    struct logger *log;              // borrowed; NULL: silent
    const char *dir;                 // borrowed; the directory above it exists
    const char *holder;              // who we are, for the lock file
    uint8_t store_id[STORE_ID_SIZE]; // of a new store
    uint64_t first_position;         // likewise; a multiple of 8, best a random one
    size_t segment_size;             // 32 MiB if 0
    uint64_t resident_max;           // octets of ready messages in memory; 64 MiB if 0
    uint64_t spill_above;            // the same of those that are not in the journal; 0: no limit
    size_t checkpoint_slice;         // octets of a checkpoint made in one tick; 256 KiB if 0
    size_t compaction_slice;         // octets of a segment looked through in one; 1 MiB if 0
    uint64_t now_ms;                 // as in store_end_tick
    bool no_sync;                    // confirms do not wait for the disk
    bool threadless;                 // store_flush does what the threads would
    bool salvage;                    // leaves out what is damaged
    bool read_only;                  // only looks at the directory, and at all of it; goes on
                                     // behind damage, and can be abandoned, nothing else
    bool unchanged;                  // queues keep what is too old or too much, to be looked at
};

/* What was found in opening. */
struct store_report {
    uint64_t checkpoint; // its position; 0: there is none
    uint64_t checkpoint_blocks;
    uint64_t checkpoint_size;
    uint64_t records;    // in the journal, as far as it was read
    uint64_t last;       // position of the last record
    bool torn;           // the journal ended in a record that was not complete
    uint64_t hole_count; // places that are damaged or missing,
    uint64_t hole_size;  // and their octets
    uint64_t unsound;    // records that are whole and make no sense
};

/* Opens the directory and brings the broker to where it was. What the core wants done then is in
 * fx. NULL, with the reason, if the directory is in use, is damaged, or cannot be read. */
struct store *store_open(const struct store_options *options, struct effects *fx,
                         struct text *error);

const struct store_report *store_report(const struct store *store); // borrowed

/* Whether there was nothing: the broker is as new. */
bool store_is_new(const struct store *store);

/* Carries out those effects of fx->items[from...] that are for the store, in order, and passes by
 * the others. What carries them out next may have them released. */
void store_run(struct store *store, const struct effects *fx, uint32_t from);

/* What store_run gets between these is one group, whatever it says of itself: all of it is there
 * after a crash, or nothing. */
void store_begin_group(struct store *store);
void store_end_group(struct store *store);

/* Hears how far the disk is: when store_event_fd is readable, and at least once a tick. */
void store_poll(struct store *store, uint64_t now_ms);

/* Collects what has come for the disk, and does a slice of what else there is to do. Afterwards the
 * sockets may be written. */
void store_end_tick(struct store *store, uint64_t now_ms);

/* Lets the disk have it. */
void store_submit(struct store *store);

/* Octets that it has not got yet. */
size_t store_waiting(const struct store *store);

/* Instead of that: waits for the disk to have it, if that is the quickest way; false if it is not.
 * Then store_poll knows of it. */
bool store_write_now(struct store *store);

/* When store_end_tick must be called next though nothing has happened; UINT64_MAX: never. */
uint64_t store_deadline(const struct store *store);

/* The journal records up to this number of the core's are durable. As of the last store_poll. */
uint64_t store_stored(const struct store *store);

/* The message whose content the stub stands for: a reference. NULL if it cannot be read, which is
 * a fault. */
struct msg *store_load(struct store *store, const struct msg *stub);

/* Positions in the journal: of the last record, of that up to which records can be read, and
 * survive, and of the checkpoint that counts; 0: there is none yet. */
struct store_positions {
    uint64_t last;
    uint64_t written;
    uint64_t durable;
    uint64_t checkpoint;
};

struct store_positions store_positions(const struct store *store);

/* What spill_above should be if publishers are held back above so many octets of memory; and
 * another one while the broker runs. */
uint64_t store_spill_above_of(uint64_t memory_limit);
void store_set_spill_above(struct store *store, uint64_t octets);

/* More should not be taken in until the disk has caught up. */
bool store_full(struct store *store);

/* The disk has failed; nothing that is not durable will ever be. NULL: it has not. */
const struct fault *store_fault(const struct store *store);

/* Position of the last record that was given to the disk: it grows with every one. */
uint64_t store_written(const struct store *store);

/* Messages that have been written to the journal, and that have been read from it because their
 * content was not in memory, since the start. */
struct store_traffic {
    uint64_t written;
    uint64_t read;
};

struct store_traffic store_traffic(const struct store *store);

/* What is free on the disk, in octets, or a negative errno. */
int64_t store_free_space(const struct store *store);

/* True if the disk was too full to keep room in reserve. */
bool store_lacks_space(const struct store *store);

int store_event_fd(const struct store *store); // readable when store_poll should be called; or -1

/* Without threads: writes and syncs what was given. 0 or a negative errno; -ENOSPC may be tried
 * again. */
int store_flush(struct store *store, uint64_t now_ms);

/* Writes a checkpoint, so that the next start is quick, and lets go of the directory. The store is
 * freed whatever happens; a negative errno if something did not reach the disk. */
int store_close(struct store *store);

/* Lets go of it as a crash would. */
void store_abandon(struct store *store);

#endif
