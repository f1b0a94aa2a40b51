#ifndef BENCH_SCENARIO_H
#define BENCH_SCENARIO_H

#include "bench/options.h"
#include "bench/result.h"

/* Every scenario, as it is called on the command line. A scenario writes its figures to the result,
 * or the result's problem, and leaves the broker as it was. */
#define SCENARIOS(S)                                                                               \
    S(throughput, "as fast as possible from producers to consumers")                               \
    S(publish, "into a queue that nobody reads (at most 2,000,000 messages)")                      \
    S(unroutable, "to a routing key without a queue")                                              \
    S(latency, "at a fixed rate (10000/s): time from publish to delivery")                         \
    S(confirms, "time from publish to confirm (window 1)")                                         \
    S(fanout, "one producer to all of --queues (10) through a fanout exchange")                    \
    S(topic, "through a topic exchange with --bindings (10) wildcard bindings")                    \
    S(churn_connections, "open and close connections, one at a time")                              \
    S(churn_channels, "open and close channels of one connection")                                 \
    S(churn_queues, "declare and delete queues")                                                   \
    S(connections, "--connections (1000) idle ones with a channel each: memory")                   \
    S(burst, "1,000,000 messages of 1 KiB queued, then drained: memory")                           \
    S(backlog, "10,000,000 persistent messages of 100 B queued, then drained: rates, memory")      \
    S(fill, "1,000,000 persistent messages of 100 B into a queue that stays")                      \
    S(drain, "what `fill` left, and how fast it comes")                                            \
    S(expire, "1,000,000 messages that expire into another queue: how fast they come")             \
    S(delayed, "1,000,000 messages held back by an x-delayed-message exchange: memory, rate")

#define S(name, help) void scenario_##name(const struct options *options, struct result *result);
SCENARIOS(S)
#undef S

/* Takes a command line instead of a broker: process start to first accepted connection. */
void scenario_startup(const struct options *options, struct result *result);

#endif
