#ifndef TESTS_CRASH_LOSSY_LOG_H
#define TESTS_CRASH_LOSSY_LOG_H

#include <stdint.h>

/* What the preloaded library (lossy.c) keeps for a simulated power cut (power_cut.c), in a
 * directory on the file system of the data:
 *
 *     SIDE/log      an entry for every change that the broker made, written before the change
 *     SIDE/<inode>  a link to every file it opened, so that none is ever really gone
 *
 * An entry is this struct and its payload, as they are in memory: both programs run on one machine.
 * An incomplete one at the end belongs to a change that was not made. */
enum lossy_kind {
    LOSSY_WRITE = 1, // payload: what was there before, as far as the file went
    LOSSY_SIZE,      // payload: what was cut off
    LOSSY_CREATE,    // payload of these four: one path or two, each with its NUL
    LOSSY_RENAME,
    LOSSY_UNLINK,
    LOSSY_MKDIR,
    LOSSY_SYNC, // of a file or directory; what was logged before `offset` is durable
};

struct lossy_entry {
    uint32_t magic;
    uint8_t kind;
    uint8_t zeroes; // the payload would have been zeroes, and is left out
    uint16_t reserved;
    uint64_t inode;     // of the file; of what was synced
    uint64_t directory; // the inode of the one that names change in
    uint64_t victim;    // inode of the file that a rename replaces, or 0
    uint64_t offset;    // of a write in the file; of a sync in the log
    uint64_t size;      // of a write; the new size of the file
    uint64_t old_size;  // of the file
    uint64_t payload_size;
};

enum { LOSSY_MAGIC = 0x1055e5ed };

/* Environment of the library: the data directory (absolute), SIDE, and which call is to fail:
 * "pwrite:N", "fdatasync:N" or "fallocate:N". The first two fail with EIO, a write maybe half done,
 * the third with ENOSPC, once. After a failed fdatasync the others of the file report success and
 * do nothing, as Linux does it. */
#define LOSSY_DIRECTORY "LOSSY_DIRECTORY"
#define LOSSY_SIDE "LOSSY_SIDE"
#define LOSSY_FAIL "LOSSY_FAIL"

/* How the line begins that the library puts into the broker's log when it makes a call fail; what
 * call of which file comes after it. */
#define LOSSY_FAILS "lossy: failing "

#endif
