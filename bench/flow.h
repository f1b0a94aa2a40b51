#ifndef BENCH_FLOW_H
#define BENCH_FLOW_H

#include "bench/meter.h"
#include "bench/options.h"
#include "bench/result.h"
#include "bench/tempo.h"
#include "bench/wire.h"

/* Messages from producers through a broker to consumers: what most scenarios are made of.
 *
 * Flow_open connects everybody; flow_run publishes until the count or the time is reached, waits
 * until the broker has read all of it and the consumers have received all of it; flow_report
 * writes the figures. The stretch between is metered. A scenario may look at the broker itself
 * between flow_run and flow_report, which belongs to the metered stretch then. */
struct flow;

struct flow_plan {
    const char *exchange; // borrowed, as all pointers here, until flow_free
    char *const *keys;    // producer i publishes with key i modulo key_count
    size_t key_count;
    bool keys_in_turn;   // each producer goes through all keys instead
    char *const *queues; // consumer i consumes queue i modulo queue_count
    size_t queue_count;
    bool fanout; // every queue gets every message
    int64_t producers;
    int64_t consumers;
    int64_t size;
    int64_t confirm;
    int64_t ack_every;
    int64_t prefetch;
    int64_t messages;       // below 0 = no limit
    int64_t seconds;        // below 0 = no limit
    int64_t rate;           // messages per second in all; below 0 = as fast as possible
    int64_t levels;         // priorities from 0 to this in turn; below 0 = none
    const char *expiration; // of every message; NULL = none
    struct slice headers;   // likewise; empty = none
    bool persistent;
    bool verify;
    bool measure_confirms; // the latencies are of confirms, not of deliveries
    struct tempo *tempo;   // of the confirmed messages; NULL = not wanted
};

/* What the options say, with the given defaults for what they do not. Without a count and a time
 * the flow ends after 5 seconds. */
struct flow_plan flow_plan_of(const struct options *options, const struct flow_plan *defaults);

/* Returns NULL with result's problem set. */
struct flow *flow_open(const struct flow_plan *plan, const struct options *options,
                       struct result *result);
void flow_free(struct flow *flow);

bool flow_run(struct flow *flow);
bool flow_report(struct flow *flow);
uint64_t flow_published(const struct flow *flow);

#endif
