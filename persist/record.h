#ifndef PERSIST_RECORD_H
#define PERSIST_RECORD_H

#include "base/slice.h"

/* One record of the journal. On disk it is a header of 24 octets, the payload, and zeroes up to a
 * multiple of 8; numbers are big-endian:
 *
 *      0  u32  crc32c    over all that follows, padding included
 *      4  u32  length    of the payload
 *      8  u64  position
 *     16  u8   type      up to RECORD_OWNER_LAST: the owner's; above: the journal's own, below
 *     17  u8   flags     the owner's
 *     18  u16  group     the owner's: for replication
 *     20  u32  term      the owner's: for replication
 *     24       payload
 *
 * A position is where the record starts: the first position of its segment plus the offset in the
 * segment's file. Positions grow and are never used twice, so whatever an earlier use of the file
 * left behind does not match the place where it is found. No record has position 0. */
enum {
    RECORD_HEADER = 24,
    RECORD_ALIGN = 8,
    RECORD_PAYLOAD_MAX = 1 << 30,
};

enum record_type {
    RECORD_OWNER_LAST = 0xef,
    RECORD_BATCH_END = 0xf0,      // {u64 durable}: records up to this position are on the disk
    RECORD_SEGMENT_END = 0xf1,    // {u64 durable}: the segment's last record
    RECORD_HOLE = 0xf2,           // zeroes in place of what salvage dropped
    RECORD_CHECKPOINT_END = 0xf3, // {u64 blocks}: the last one of a checkpoint (checkpoint.h)
};

/* The size of BATCH_END, SEGMENT_END and CHECKPOINT_END. */
enum { RECORD_MARK = RECORD_HEADER + 8 };

struct record {
    uint64_t position;
    struct slice payload; // borrowed from where it was read
    uint32_t term;
    uint16_t group;
    uint8_t type;
    uint8_t flags;
};

/* Whether a record or a segment may start at this position, as far as that can be told. There are
 * more positions than disks last for. */
static inline bool record_may_be_at(uint64_t position)
{
    return position % RECORD_ALIGN == 0 && position <= INT64_MAX;
}

/* What a record takes on disk. */
static inline size_t record_size(size_t payload_len)
{
    return (RECORD_HEADER + payload_len + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1);
}

/* Writes the record, whose payload is the pieces one after another (record->payload is not looked
 * at), to `to`, which has record_size of it. */
void record_encode(uint8_t *to, const struct record *record, const struct slice *pieces,
                   size_t piece_count);

/* A record with one number, RECORD_MARK octets. */
void record_encode_mark(uint8_t *to, enum record_type type, uint64_t position, uint64_t number);

/* The size that the record claims whose header (RECORD_HEADER octets) this is; 0 if it cannot be
 * one with that position. Nothing is checked beyond that. */
size_t record_claims(const uint8_t *header, uint64_t position);

/* Whether `from` starts with a sound record that has this position. Its payload is borrowed. */
bool record_decode(struct slice from, uint64_t position, struct record *record);

/* What a BATCH_END or SEGMENT_END says; 0 of all others. */
uint64_t record_durable(const struct record *record);

#endif
