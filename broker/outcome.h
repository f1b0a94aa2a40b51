#ifndef BROKER_OUTCOME_H
#define BROKER_OUTCOME_H

#include "base/bytes.h"
#include "base/wire.h"
#include "queue/msg.h"
#include "queue/stored.h"

struct effect;

/* What the journal knows: not what somebody asked for, but what came of it, so that a start only
 * has to write down again what the records say. The same forms make up the checkpoints.
 *
 * Numbers that are called varint are as wire_get_varint reads them; all others are big-endian. A
 * zigzag is a varint of a difference, 2d or -2d-1. A time is in milliseconds since 1970.
 *
 *     ENQUEUE    u16 count, count x place; u32 body_len, u32 properties_len, u16 route_len,
 *                u8 flags (1 persistent, 2 has an expiration), u8 priority; route, properties,
 *                body as in struct msg. A place is {varint queue, varint position, u8 flags
 *                (1 passed: a consumer was given it at once; 2 expires), u64 time if it expires}.
 *                The message has these places in queues, each with its content here: also a copy
 *                that compaction makes, with the places that are left.
 *     SETTLE     n x {varint queue, varint first, varint count}: these positions are done with. In
 *                a queue with priorities positions of one level are 256 apart.
 *     MARK       n x {varint queue, varint position}: up to there (in that level) messages may
 *                have been handed out.
 *     GROUP_END  the end of records that count only together: u64 position of the first of them in
 *                the journal, u32 how many there are before this one. (Written by whoever keeps the
 *                journal; of the effect it is empty.)
 *     TOPOLOGY   n x entry (broker/topology.h): a thing that lasts was made or removed.
 *     SPILL      as ENQUEUE; only there to be read back while the broker runs.
 *     ATTEMPTS   n x {varint queue, varint position, varint count}: the message came back, and has
 *                been handed out in vain so often. Also in checkpoints.
 *     RETRY      n x {varint queue, varint position, u64 time}: the message came back, and is not
 *                to be handed out before that. Also in checkpoints.
 *
 * In checkpoints only:
 *
 *     COUNTERS   varint queues_made, varint names_made, n x {varint queue, u8 level, varint
 *                position_next, varint mark}
 *     INDEX      varint queue, n x {zigzag position, zigzag at / 8, varint body_len, varint
 *                rest_len, u8 flags (1 persistent, 2 has an expiration, 4 expires, 8 other
 *                places had their content there, too), time if it expires}: ready or unsettled
 *                messages that have their content at `at`. The differences are to the message
 *                before; to 0 in the first one.
 *
 * To change a form, give the new one a new type: the old one must be read as long as somebody has
 * files with it. */
#define OUTCOMES(O)                                                                                \
    O(1, ENQUEUE, enqueue)                                                                         \
    O(2, SETTLE, settle)                                                                           \
    O(3, MARK, mark)                                                                               \
    O(4, GROUP_END, group_end)                                                                     \
    O(5, TOPOLOGY, topology)                                                                       \
    O(6, SPILL, spill)                                                                             \
    O(7, COUNTERS, counters)                                                                       \
    O(8, INDEX, index)                                                                             \
    O(9, ATTEMPTS, attempts)                                                                       \
    O(10, RETRY, retry)

enum outcome_type {
#define O(code, NAME, name) OUTCOME_##NAME = code,
    OUTCOMES(O)
#undef O
};

/* Flags of a place in an INDEX. */
enum {
    INDEX_PERSISTENT = 1,
    INDEX_EXPIRATION = 2,
    INDEX_EXPIRES = 4,
    INDEX_SHARED = 8,
    INDEX_FLAGS = 15,
};

const char *outcome_name(uint8_t type); // NULL of a type that there is not

/* One record, or one block of a checkpoint. */
struct outcome {
    uint8_t type; // enum outcome_type, if we know it
    struct slice payload;
    uint64_t at; // journal position of the record; 0 of a block
};

/* A place of an ENQUEUE. */
struct outcome_place {
    uint64_t queue;
    uint64_t position;
    uint64_t expires; // time; UINT64_MAX: it does not
    bool passed;
};

enum { OUTCOME_PLACES_MAX = UINT16_MAX, OUTCOME_COUNT_SIZE = 2, OUTCOME_CONTENT_SIZE = 12 };

void outcome_add_place(struct bytes *out, const struct outcome_place *place);

/* Takes the next place; r->bad if it is none. */
struct outcome_place outcome_get_place(struct wire_reader *r);

/* An ENQUEUE or SPILL is four pieces: the count (u16), the places, these 12 octets about the
 * message, and its content as it is in memory. msg is no stub. */
void outcome_write_content(const struct msg *msg, uint8_t *to); // OUTCOME_CONTENT_SIZE octets
struct slice outcome_content(const struct msg *msg);            // borrowed

/* An ENQUEUE or SPILL as it was read. Slices are borrowed from the payload. */
struct outcome_enqueue {
    struct slice places; // count of them, sound
    uint16_t count;
    uint16_t route_len;
    uint32_t body_len;
    uint32_t properties_len;
    bool persistent;
    bool has_expiration;
    uint8_t priority;
    struct slice content; // as long as the lengths say
};

/* False if the payload is none. */
bool outcome_read_enqueue(struct slice payload, struct outcome_enqueue *out);

/* The message of a sound ENQUEUE or SPILL, with stored_at; the caller owns the reference. NULL if
 * the content is not what can be in a message. */
struct msg *outcome_read_msg(const struct outcome *outcome);

/* A run of a SETTLE. */
struct outcome_run {
    uint64_t queue;
    struct run run;
};

/* True, and the run is longer by one, if the position is the next one. Begin with count 0. */
bool outcome_extend_run(struct outcome_run *run, const struct effect *settle);

void outcome_add_run(struct bytes *out, const struct outcome_run *run);
struct outcome_run outcome_get_run(struct wire_reader *r); // r->bad if it is none

/* An entry of an ATTEMPTS. */
struct outcome_attempt {
    uint64_t queue;
    uint64_t position;
    uint32_t failed;
};

void outcome_add_attempt(struct bytes *out, const struct outcome_attempt *attempt);
struct outcome_attempt outcome_get_attempt(struct wire_reader *r); // r->bad if it is none

/* An entry of a RETRY. */
struct outcome_wait {
    uint64_t queue;
    uint64_t position;
    uint64_t until; // time
};

void outcome_add_wait(struct bytes *out, const struct outcome_wait *wait);
struct outcome_wait outcome_get_wait(struct wire_reader *r); // r->bad if it is none

static inline uint64_t outcome_zigzag(uint64_t from, uint64_t to)
{
    uint64_t difference = to - from;
    return difference << 1 ^ (0 - (difference >> 63));
}

static inline uint64_t outcome_unzigzag(uint64_t from, uint64_t zigzag)
{
    return from + (zigzag >> 1 ^ (0 - (zigzag & 1)));
}

#endif
