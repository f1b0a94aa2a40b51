#ifndef BENCH_STAMP_H
#define BENCH_STAMP_H

#include "bench/wire.h"

/* The first 16 octets of a body, when order, loss or latency are looked at: which producer sent
 * it, as its how-manyth message, and when. */
enum { STAMP_SIZE = 16, STAMP_NUMBER_BITS = 48 };

struct stamp {
    uint16_t producer;
    uint64_t number; // 0 for a producer's first message
    int64_t sent_ns;
};

static inline void stamp_write(uint8_t *body, struct stamp stamp)
{
    wire_store_u64(body, (uint64_t)stamp.producer << STAMP_NUMBER_BITS | stamp.number);
    wire_store_u64(body + 8, (uint64_t)stamp.sent_ns);
}

static inline struct stamp stamp_read(const uint8_t *body)
{
    uint64_t first = wire_load_u64(body);
    return (struct stamp){(uint16_t)(first >> STAMP_NUMBER_BITS),
                          first & ((UINT64_C(1) << STAMP_NUMBER_BITS) - 1),
                          (int64_t)wire_load_u64(body + 8)};
}

#endif
