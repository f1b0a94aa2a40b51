#ifndef BENCH_CONFIRMS_H
#define BENCH_CONFIRMS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/stats.h"

/* Which of a channel's published messages are confirmed. Acks come one by one or for all up to a
 * tag, and in any order; the span from the oldest unconfirmed message to the newest is at most the
 * window, so a ring of that size remembers what was confirmed out of order. */
struct confirms {
    uint64_t below;            // every tag up to this one is confirmed
    uint64_t nacked;           // messages that the broker refused
    uint32_t window;           // size of the two rings
    uint8_t *settled;          // owned: ring by tag; confirmed although `below` is smaller
    int64_t *sent_ns;          // owned: ring by tag
    struct histogram *latency; // borrowed; may be NULL
};

void confirms_init(struct confirms *confirms, uint32_t window, struct histogram *latency);
void confirms_finish(struct confirms *confirms);

void confirms_sent(struct confirms *confirms, uint64_t tag, int64_t now_ns);

/* Notes an ack (or nack) of tag, or of all up to tag; tag 0 with multiple means all up to last,
 * the newest published. False if no such message can be unconfirmed. */
bool confirms_settle(struct confirms *confirms, uint64_t tag, bool multiple, uint64_t last);

#endif
