#ifndef PERSIST_JOURNAL_H
#define PERSIST_JOURNAL_H

#include "persist/bell.h"
#include "persist/disk.h"
#include "persist/fault.h"
#include "persist/record.h"
#include "persist/segment.h"

/* The journal: opaque records, appended in order, that are there again after a crash. One thread,
 * the loop, calls all of this; the journal's own thread writes and syncs (writer.h), unless it was
 * opened without one.
 *
 *     DIR/lock                    who uses the directory (lock.h)
 *     DIR/journal/X.seg           segments (segment.h) of records (record.h)
 *     DIR/journal/N.spare, N.tmp  segments to be
 *     DIR/checkpoint/X.ckpt       checkpoint.h
 *     DIR/salvage/                what was dropped by a start with `salvage`
 *
 * A record has a position. It is durable when journal_progress says a position that is not below
 * its own. Until journal_recover has returned 0, nothing may be appended.
 *
 * Which records are live, the owner knows. It also decides which segments go (journal_retire). */
struct journal;

/* What segment_size may be set to. (Nothing here needs that: tests use smaller ones.) */
enum { JOURNAL_SEGMENT_MIN = 8 << 20, JOURNAL_SEGMENT_MAX = 256 << 20 };

struct journal_options {
    struct disk *disk;               // borrowed
    const char *dir;                 // borrowed; created if need be
    const char *holder;              // a line for the lock file: who we are
    uint8_t store_id[STORE_ID_SIZE]; // of a new store; an old one keeps its own
    // Of a new store, too: where positions start, a multiple of 8. With a random one no peer can
    // put octets into a message that look like a record of that place, should recovery meet them.
    uint64_t first_position;
    size_t segment_size;    // of new segments, a multiple of 8; 32 MiB if 0
    size_t staging_limit;   // 16 MiB if 0
    unsigned sync_delay_ms; // for records that do not want a sync; 50 if 0
    unsigned quick_us;      // journal_write_now waits for a disk that syncs in less; 500 if 0
    bool no_sync;           // written is as good as durable
    bool threadless;        // journal_flush does what the thread would
    bool salvage;           // recovery drops what is damaged and goes on
    bool read_only;         // for looking at it: no lock is taken, nothing is made, changed, synced
};

/* Opens the directory and locks it. Other errors than of the disk: -EWOULDBLOCK, another process
 * holds it; -ENOTSUP, a newer version wrote it; -EUCLEAN, a segment is damaged. */
int journal_open(struct journal **out, const struct journal_options *options, struct fault *fault);

/* Called for each record in order; the record is borrowed. Not 0: recovery ends with that. */
typedef int (*journal_apply)(void *arg, const struct record *record);

/* A stretch of a segment's file that holds nothing sound. */
struct journal_hole {
    const char *file; // borrowed
    uint64_t offset;
    uint64_t size; // 0: the file is missing
};

typedef void (*journal_on_hole)(void *arg, const struct journal_hole *hole);

struct journal_recovery {
    uint64_t after; // the checkpoint's position: only records behind it are handed out,
    bool all;       // or those before it as well, as far as they are there
    journal_apply apply;
    // Told what salvage drops, and what read_only passes over; but not of headers that salvage has
    // mended when the journal was opened: these are only counted. May be NULL.
    journal_on_hole on_hole;
    void *arg;
};

struct journal_report {
    uint64_t records; // handed out
    uint64_t last;    // position of the last record there is
    bool torn;        // the tail held records that were not complete, and has been cut:
    uint64_t torn_position;
    uint64_t torn_size;
    uint64_t hole_count;    // damaged places that were dropped or passed over,
    uint64_t hole_size;     // and their octets
    uint64_t missing_count; // places where segments are missing
};

/* Reads what there is, cuts a torn tail, and makes sure that all that was handed out is durable.
 * -EUCLEAN: records that were durable are damaged, or a segment is missing; the fault says where.
 * Recovering is repeatable at any point: the same records come again.
 *
 * With `salvage`, what is damaged or missing is left out, and the owner writes a checkpoint soon:
 * until there is one, a start without salvage is refused if a segment is missing. With `read_only`,
 * everything is left as it is, nothing can be appended after this, and damage is passed over. */
int journal_recover(struct journal *journal, const struct journal_recovery *recovery,
                    struct journal_report *report, struct fault *fault);

struct journal_entry {
    const struct slice *pieces; // the payload, one after another; copied
    size_t piece_count;
    uint32_t term;
    uint16_t group;
    uint8_t type; // up to RECORD_OWNER_LAST
    uint8_t flags;
    bool wants_sync; // false: durable within sync_delay_ms, or along with one that does
};

/* Returns the record's position, or 0 if the journal has failed. */
uint64_t journal_append(struct journal *journal, const struct journal_entry *entry);

/* Lets the writer have what was appended: once per tick. */
void journal_submit(struct journal *journal);

/* Octets that were appended and that the writer has not got yet. */
size_t journal_waiting(const struct journal *journal);

/* Instead of that: writes and syncs it before it returns, if that is the quickest way (writer.h).
 * False, and nothing is done, if it is not. */
bool journal_write_now(struct journal *journal);

/* Wants all that was appended on the disk, even if nothing in it wants a sync, and with no_sync as
 * well: a checkpoint relies on it. journal_progress says `synced` when it is. */
void journal_sync(struct journal *journal);

/* Without a thread: writes and syncs what was appended. -ENOSPC: nothing is lost, call it again
 * when there is space; all other errors are final. */
int journal_flush(struct journal *journal);

struct journal_progress {
    uint64_t written;   // records up to this position can be read
    uint64_t durable;   // records up to this position survive
    uint64_t synced;    // the same, but for no_sync: records up to this position are on the disk
    struct fault fault; // .error is not 0: the journal has failed for good; nothing after `durable`
                        // may be confirmed, and only a new start helps
    int alarm;          // why there is no spare segment in reserve (-ENOSPC), or 0
};

/* A descriptor that is readable when there is progress; -1 without a thread. journal_progress makes
 * it unreadable again. */
int journal_event_fd(const struct journal *journal);

/* The same for others who have news for the loop. Borrowed. */
struct bell *journal_bell(struct journal *journal);

struct journal_progress journal_progress(struct journal *journal);

/* More should not be taken in until the disk has caught up. */
bool journal_full(struct journal *journal);

/* Reads a record back; it is borrowed until the next call. Records that are read in the order of
 * their positions, at several places in turns, too, come out of memory mostly. -EAGAIN: it is not
 * written yet; -ENOENT: its segment is no more; -EUCLEAN: it is damaged. */
int journal_read(struct journal *journal, uint64_t position, struct record *record);

struct journal_segment {
    uint64_t first; // position of its first octet
    uint64_t size;  // its positions are below first + size
};

/* Recycles or removes the segment that starts at `first`. The owner says that it holds no live
 * records, and that this will hold after a crash as well: `checkpoint` is the position of one that
 * is durable, and what has become of the segment's records is in it or in records that are
 * durable. False, and the segment stays: it does not end before the checkpoint, it is the newest,
 * or there is none. */
bool journal_retire(struct journal *journal, uint64_t first, uint64_t checkpoint);

/* The segments in order; borrowed until the next call. */
const struct journal_segment *journal_segments(const struct journal *journal, size_t *count);

/* Writes all that was appended, ends the segment and gives up the lock. The journal is freed
 * whatever is returned; after an error, records that were not durable may be missing. */
int journal_close(struct journal *journal);

#endif
