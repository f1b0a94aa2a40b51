#ifndef BENCH_METER_H
#define BENCH_METER_H

#include "bench/result.h"

#include <sys/types.h>

/* What a stretch of time costs the broker and this tool: CPU of both, and the broker's memory.
 * With an unknown broker (pid 0) only the tool's figures are set. */
struct meter {
    pid_t pid;
    int64_t start_ns;
    int64_t broker_cpu_ns;
    int64_t own_cpu_ns;
    double rss_mib;
};

void meter_start(struct meter *meter, pid_t pid);

/* Sets CPU in seconds and per million operations, and RSS before, after and at its highest. */
void meter_stop(const struct meter *meter, struct result *result, uint64_t operations);

#endif
