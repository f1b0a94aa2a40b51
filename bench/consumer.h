#ifndef BENCH_CONSUMER_H
#define BENCH_CONSUMER_H

#include "bench/conn.h"
#include "bench/loop.h"
#include "bench/stats.h"
#include "bench/verify.h"

/* One consuming connection with one consumer. It counts deliveries and looks into them no further
 * than it is asked to. */
struct consumer;

struct consumer_plan {
    const char *queue;         // borrowed
    uint16_t prefetch;         // 0 = none
    uint32_t ack_every;        // 0 = auto-ack
    size_t producers;          // whose stamps may come; counts only with verify
    size_t group;              // of the queue, for verify
    struct verify *verify;     // borrowed; NULL = bodies are not looked at
    struct histogram *latency; // borrowed; NULL = not measured
    int64_t latency_from_ns;   // deliveries before this are warm-up
};

/* Takes conn. Returns NULL with the connection's problem set; otherwise the broker has answered
 * consume-ok. */
struct consumer *consumer_new(struct conn *conn, struct loop *loop,
                              const struct consumer_plan *plan);
void consumer_free(struct consumer *consumer); // closes its connection

void consumer_set_latency_from(struct consumer *consumer, int64_t latency_from_ns);
uint64_t consumer_delivered(const struct consumer *consumer);

#endif
