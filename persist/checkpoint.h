#ifndef PERSIST_CHECKPOINT_H
#define PERSIST_CHECKPOINT_H

#include "persist/bell.h"
#include "persist/disk.h"
#include "persist/fault.h"

/* A checkpoint says in the owner's blocks what the journal's records up to a position amount to, so
 * that recovery needs only what follows. It is `DIR/checkpoint/<position, 16 hex>.ckpt`; numbers
 * are big-endian:
 *
 *      0  u8[8]  magic     "LVRTCKP\n"
 *      8  u32    version   of the format; another one is refused
 *     12  u32    zero
 *     16  u64    position
 *     24  u8[36] zero
 *     60  u32    crc32c    over all before
 *     64         blocks, one behind the other
 *
 * A block has the form of a record (record.h) whose position is that of the checkpoint plus the
 * block's offset in the file: each has a checksum of its own, and none is mistaken for that of
 * another checkpoint or place. The last one is a RECORD_CHECKPOINT_END with the number of all
 * blocks before it; nothing is behind it.
 *
 * A new one is written to checkpoint.tmp, synced, renamed, and the directory synced; only then are
 * the older ones removed. So there is always a whole one, and the newest counts. It can be large:
 * neither who writes it nor who reads it has more than a part of it in memory. */
enum {
    CHECKPOINT_HEADER = 64,
    CHECKPOINT_VERSION = 3,            // as SEGMENT_VERSION
    CHECKPOINT_PAYLOAD_MAX = 16 << 20, // of a block
};

/* --- Writing: one that is on its way. --- */

struct checkpoint;

struct checkpoint_options {
    struct disk *disk; // borrowed
    const char *dir;   // borrowed; the data directory
    uint64_t position; // of the last record that it knows of; not 0
    struct bell *bell; // borrowed; rung when there is something to poll for; NULL: none
    bool threadless;   // all is done by the calls below; else a thread of its own does it
};

/* Begins one. Nothing is written by the caller's thread, unless it is threadless. Fails only if
 * the thread cannot be had or the directory's name is too long. */
int checkpoint_begin(struct checkpoint **out, const struct checkpoint_options *options,
                     struct fault *fault);

/* Adds a block, whose payload is the pieces one after another; copied. Types as of the owner's
 * records, up to RECORD_OWNER_LAST. */
void checkpoint_add(struct checkpoint *checkpoint, uint8_t type, const struct slice *pieces,
                    size_t piece_count);

/* The disk is behind: nothing should be added until there was something to poll for. */
bool checkpoint_full(struct checkpoint *checkpoint);

/* All blocks are there: makes it durable, and the one that counts. Everything up to its position
 * must be on the disk in the journal by now (`synced` in journal_progress). */
void checkpoint_finish(struct checkpoint *checkpoint);

/* 0: on its way; 1: it is durable, and the older ones are gone. Negative: it has failed, at any
 * stage; the fault says how; the one before it still counts. */
int checkpoint_poll(struct checkpoint *checkpoint, struct fault *fault);

/* Frees it, and abandons it if it is not durable yet; one that was to be finished may just have
 * become so. Waits for what its thread is doing. */
void checkpoint_free(struct checkpoint *checkpoint);

/* --- Reading the newest. --- */

struct checkpoint_reading {
    struct disk *disk; // borrowed
    const char *dir;   // borrowed; the data directory
    // Called for each block in order; the payload is borrowed. Not 0: reading ends with that.
    int (*apply)(void *arg, uint8_t type, struct slice payload);
    void *arg;
    bool salvage;   // what is damaged is put aside and dropped
    bool read_only; // changes and syncs nothing; goes on behind damage, like salvage
};

struct checkpoint_report {
    uint64_t position;   // set before the first block is handed out; 0: there is no checkpoint
    uint64_t blocks;     // handed out
    uint64_t size;       // of the file
    uint64_t hole_count; // damaged places that were left out, also a missing end,
    uint64_t hole_size;  // and their octets
};

/* Hands out the blocks. Returns 1, or 0 if there is no checkpoint. -EUCLEAN: it is damaged, which
 * may be found out after blocks have been handed out; -ENOTSUP: another version wrote it. */
int checkpoint_read(const struct checkpoint_reading *reading, struct checkpoint_report *report,
                    struct fault *fault);

#endif
