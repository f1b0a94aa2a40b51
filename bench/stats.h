#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stdint.h>

/* Durations in nanoseconds, counted in buckets that are 1.6% wide: adding one costs a shift and an
 * increment, and no duration below an hour is lost or clamped. */
enum { HISTOGRAM_STEPS = 64, HISTOGRAM_BUCKETS = 37 * HISTOGRAM_STEPS };

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t max_ns;
};

int64_t clock_ns(void); // monotonic
void clock_sleep_ns(int64_t duration_ns);

void histogram_add(struct histogram *histogram, int64_t duration_ns);

/* The duration that `share` (0 to 1) of all additions do not exceed, to the bucket's upper end. */
uint64_t histogram_percentile(const struct histogram *histogram, double share);

#endif
