#ifndef QUEUE_STORED_H
#define QUEUE_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One message of a queue that is in the journal: everything about it but its content. Its priority
 * is not here: a queue that goes by it has it in the position. */
struct stored {
    uint64_t position;       // in its queue, as in struct delivery
    uint64_t at;             // journal position of the record with its content: a multiple of 8
    uint64_t expires;        // in the time of the queue; QUEUE_NEVER
    uint32_t body_len;       // octets
    uint32_t rest_len;       // octets of route and properties
    bool persistent : 1;     // as in struct msg
    bool has_expiration : 1; // as in struct msg
};

/* What a record has besides route, properties and body: header, lengths, and one place in a queue,
 * about. */
enum { STORED_OVERHEAD = 52, STORED_ALIGN = 8 };

/* Journal positions are below this. */
#define STORED_AT_MAX (UINT64_C(1) << 59)

/* What the record of a message takes in the journal, in octets, as every ledger counts it. */
static inline uint64_t stored_octets(uint32_t body_len, uint32_t rest_len)
{
    uint64_t octets = STORED_OVERHEAD + (uint64_t)body_len + rest_len + STORED_ALIGN - 1;
    return octets & ~(uint64_t)(STORED_ALIGN - 1);
}

/* `count` positions of a queue from `first` on. Those of a queue with priorities are all of one
 * level, whose positions are 256 apart. */
struct run {
    uint64_t first;
    uint64_t count;
};

#endif
