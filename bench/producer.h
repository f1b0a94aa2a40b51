#ifndef BENCH_PRODUCER_H
#define BENCH_PRODUCER_H

#include "bench/conn.h"
#include "bench/loop.h"
#include "bench/stats.h"

/* One publishing connection.
 *
 * Its messages are encoded once, into a block of some hundred KiB that is written to the socket
 * again and again. A message is *made* when it may be sent: its slot of the block is then stamped
 * with a number and the time (if wanted). The block is a ring: a slot is made again only after its
 * bytes went to the socket, so a broker that does not read stops the producer.
 *
 *      0 ......... sent ......... made ......... limit
 *                   `- at most one block -'
 *
 * After the limit it sends one basic.qos: the answer tells that the broker has read everything. */
struct producer;

struct producer_plan {
    const char *exchange; // borrowed
    char *const *keys;    // borrowed; messages take them in turn; all of the same length
    size_t key_count;
    size_t body_size;
    uint64_t limit;  // messages in all
    uint32_t window; // most unconfirmed messages; 0 = without confirms
    uint16_t number; // this producer's, for the stamps
    struct properties properties;
    int levels;                        // priorities from 0 to this in turn; below 0: none
    bool stamped;                      // see stamp.h; body_size must hold one
    bool paced;                        // made by producer_make alone, not as fast as possible
    struct histogram *confirm_latency; // borrowed; NULL = not measured
};

/* Takes conn. Returns NULL with the connection's problem set. */
struct producer *producer_new(struct conn *conn, struct loop *loop,
                              const struct producer_plan *plan);
void producer_free(struct producer *producer); // closes its connection

void producer_start(struct producer *producer);

/* Makes and sends what is due: due(n) nanoseconds on the clock is when message n should leave.
 * Messages are stamped with the present, unless the broker kept the block full: then with the time
 * they were due, so that a stall counts for every message it held back. */
void producer_pace(struct producer *producer, int64_t start_ns, int64_t interval_ns);

void producer_stop(struct producer *producer); // the limit is now what was made
bool producer_done(const struct producer *producer);
uint64_t producer_made(const struct producer *producer);
uint64_t producer_confirmed(const struct producer *producer); // 0 without confirms
uint64_t producer_progress(const struct producer *producer);  // grows with everything that happens
const char *producer_blocked(const struct producer *producer);

#endif
