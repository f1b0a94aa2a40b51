#ifndef PERSIST_CHECKPOINT_H
#define PERSIST_CHECKPOINT_H

#include "base/bytes.h"
#include "persist/disk.h"
#include "persist/fault.h"

/* A checkpoint says in one blob, the owner's, what the journal's records up to a position amount
 * to, so that recovery needs only what follows. It is `DIR/checkpoint/<position, 16 hex>.ckpt`;
 * numbers are big-endian:
 *
 *      0  u8[8]  magic     "LVRTCKP\n"
 *      8  u32    version   of the format; another one is refused
 *     12  u32    zero
 *     16  u64    position
 *     24  u64    length    of the blob
 *     32  u8[28] zero
 *     60  u32    crc32c    over all before, and the blob
 *     64         blob
 *
 * A new one is written to checkpoint.tmp, synced, renamed, and the directory synced; only then are
 * the older ones removed. So there is always a whole one, and the newest counts. */
enum { CHECKPOINT_HEADER = 64, CHECKPOINT_VERSION = 1 };

/* Everything up to `position` must be durable in the journal. */
int checkpoint_write(struct disk *disk, const char *dir, uint64_t position, struct slice blob,
                     struct fault *fault);

/* Reads the newest, which is durable after that: returns 1, or 0 if there is none (*position is 0
 * then). -EUCLEAN: it is damaged; -ENOTSUP: another version wrote it. */
int checkpoint_read(struct disk *disk, const char *dir, struct bytes *blob, uint64_t *position,
                    struct fault *fault);

#endif
