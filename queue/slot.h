#ifndef QUEUE_SLOT_H
#define QUEUE_SLOT_H

#include "queue/msg.h"

/* One place of a queue in 16 octets, as its offset from a position and one of:
 *
 *     a message that is in the journal    first:  at / 8 (56 bits), body_len >> 24 (6), flags (2)
 *                                         second: offset (16), rest_len (24), body_len (24)
 *     a message in memory (or a stub)     first:  the pointer, which owns one reference
 *                                         second: offset (16), SLOT_MESSAGE (24), 0
 *     nothing any more                    first:  0
 */
struct slot {
    uint64_t first;
    uint64_t second;
};

enum {
    SLOT_OFFSET_MAX = 0xffff,
    SLOT_MESSAGE = 0xffffff,
    SLOT_PERSISTENT = 1,
    SLOT_HAS_EXPIRATION = 2,
};

/* Whether a message that is in the journal can be put in a slot without its content. Only enormous
 * properties stand against it. */
static inline bool slot_fits(uint64_t at, uint32_t body_len, uint32_t rest_len)
{
    return at != 0 && at % STORED_ALIGN == 0 && at < STORED_AT_MAX &&
           body_len < UINT32_C(1) << 30 && rest_len < SLOT_MESSAGE;
}

static inline uint64_t slot_offset(struct slot slot)
{
    return slot.second >> 48;
}

static inline bool slot_is_gone(struct slot slot)
{
    return slot.first == 0;
}

/* The message in memory; NULL if there is none. Borrowed. */
static inline struct msg *slot_msg(struct slot slot)
{
    bool here = (slot.second >> 24 & SLOT_MESSAGE) == SLOT_MESSAGE;
    return here ? (struct msg *)(uintptr_t)slot.first : NULL; // NOLINT(performance-no-int-to-ptr)
}

static inline struct slot slot_of_msg(struct msg *msg, uint64_t offset) // takes the reference
{
    return (struct slot){(uint64_t)(uintptr_t)msg, offset << 48 | (uint64_t)SLOT_MESSAGE << 24};
}

/* For what slot_fits; stored->position does not count. */
static inline struct slot slot_of_stored(const struct stored *stored, uint64_t offset)
{
    uint64_t flags = (stored->persistent ? SLOT_PERSISTENT : 0) |
                     (stored->has_expiration ? SLOT_HAS_EXPIRATION : 0);
    uint64_t high = stored->body_len >> 24;
    return (struct slot){stored->at / STORED_ALIGN << 8 | high << 2 | flags,
                         offset << 48 | (uint64_t)stored->rest_len << 24 |
                             (stored->body_len & 0xffffff)};
}

static inline uint64_t slot_at(struct slot slot) // of what is stored
{
    return (slot.first >> 8) * STORED_ALIGN;
}

static inline struct slot slot_moved(struct slot slot, uint64_t at) // the same, stored elsewhere
{
    return (struct slot){at / STORED_ALIGN << 8 | (slot.first & 0xff), slot.second};
}

static inline struct slot slot_shifted(struct slot slot, uint64_t by) // its offset grows
{
    return (struct slot){slot.first, slot.second + (by << 48)};
}

/* All but position and expires, of what is stored. */
static inline struct stored slot_stored(struct slot slot)
{
    return (struct stored){
        .at = slot_at(slot),
        .body_len = (uint32_t)(slot.second & 0xffffff) | (uint32_t)(slot.first >> 2 & 0x3f) << 24,
        .rest_len = (uint32_t)(slot.second >> 24 & 0xffffff),
        .persistent = slot.first & SLOT_PERSISTENT,
        .has_expiration = slot.first & SLOT_HAS_EXPIRATION,
    };
}

#endif
