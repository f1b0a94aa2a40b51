#ifndef PERSIST_SEGMENT_H
#define PERSIST_SEGMENT_H

#include "persist/disk.h"
#include "persist/fault.h"

/* A segment is one file of the journal, `<first position, 16 hex>.seg`: a header of 64 octets, then
 * records one behind the other (record.h). Numbers are big-endian:
 *
 *      0  u8[8]   magic     "LVRTSEG\n"
 *      8  u32     version   of the format; a newer one is refused
 *     12  u32     zero
 *     16  u8[16]  store     the id of the store that it belongs to
 *     32  u64     first     position of the file's first octet; the next segment starts at first +
 *     40  u64     size      size or later, even if this one was cut shorter
 *     48  u64     origin    position of the store's first octet ever; never changes
 *     56  u32     zero
 *     60  u32     crc32c    over all before
 *
 * A file becomes a segment like this:
 *
 *     N.tmp     fallocate, fdatasync
 *     N.spare   rename, fsync of the directory; recycled segments come in here. Then header,
 *     X.seg     fdatasync, rename, fsync of the directory
 *
 * so that a .seg has a whole header, whatever happens. A segment whose successor exists was closed:
 * it ends with a SEGMENT_END and was synced before the successor got its name. */
enum {
    SEGMENT_HEADER = 64,
    SEGMENT_VERSION = 3, // 3: quorum queues have priorities
    SEGMENT_NAME_MAX = 32,
    STORE_ID_SIZE = 16,
};

struct segment_header {
    uint8_t store_id[STORE_ID_SIZE];
    uint64_t first;
    uint64_t size;
    uint64_t origin;
    uint32_t version; // as it was read; SEGMENT_VERSION is written
};

void segment_encode(uint8_t to[SEGMENT_HEADER], const struct segment_header *header);

/* 0, -ENOTSUP if another version wrote it, of which nothing is known but that; -EUCLEAN if it is no
 * header. */
int segment_decode(struct slice from, struct segment_header *header);

/* "<16 hex><suffix>", and back: false if name is not like that. */
void segment_name(char name[SEGMENT_NAME_MAX], uint64_t number, const char *suffix);
bool segment_parse_name(const char *name, const char *suffix, uint64_t *number);

/* Makes `number`.spare in dir, as above. -ENOSPC leaves nothing behind. */
int segment_make_spare(struct disk *disk, const char *dir, uint64_t number, uint64_t size);

/* Turns `number`.spare into the segment that the header says and gives back a descriptor for
 * writing to it. */
int segment_activate(struct disk *disk, const char *dir, uint64_t number,
                     const struct segment_header *header);

/* Ends the open segment at this offset: SEGMENT_END, which says that all up to `durable` is on
 * disk, and nothing behind it; synced. */
int segment_close(struct disk *disk, int fd, uint64_t position, uint64_t offset, uint64_t durable);

#endif
