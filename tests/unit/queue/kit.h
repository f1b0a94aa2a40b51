#ifndef TESTS_UNIT_QUEUE_KIT_H
#define TESTS_UNIT_QUEUE_KIT_H

#include <stdlib.h>

#include <criterion/criterion.h>

#include "queue/msg.h"
#include "queue/queue.h"

/* A message whose body is a number; the caller owns the reference. */
static inline struct msg *numbered(uint64_t number)
{
    struct msg_parts parts = {.routing_key = SLICE("k"), .body_len = sizeof number};
    struct msg *msg = msg_new(&parts);
    memcpy(msg_body_room(msg), &number, sizeof number);
    return msg;
}

static inline uint64_t number_of(const struct msg *msg)
{
    uint64_t number;
    cr_assert_eq(msg_body(msg).len, sizeof number);
    memcpy(&number, msg_body(msg).ptr, sizeof number);
    return number;
}

/* The same numbers for the same seed, on any machine (xorshift64*). */
static inline uint64_t dice(uint64_t *state, uint64_t sides)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 0x2545f4914f6cdd1dull >> 33) % sides;
}

#endif
