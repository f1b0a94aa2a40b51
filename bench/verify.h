#ifndef BENCH_VERIFY_H
#define BENCH_VERIFY_H

#include "bench/problem.h"
#include "bench/stamp.h"

/* Checks that every published message arrives once and in order.
 *
 * A group is a set of queues that together get each message exactly once: all queues of a work
 * load, or each single queue behind a fanout exchange. Per group and producer a bit set remembers
 * what arrived. Order is looked at where it is promised: per consumer and producer. */
struct verify;

struct verify *verify_new(size_t groups, size_t producers);
void verify_free(struct verify *verify);

/* last is the consumer's own row of 1 + the last number seen, one per producer. */
void verify_note(struct verify *verify, size_t group, uint64_t *last, struct stamp stamp);

/* published[i] messages were sent by producer i. Sets the problem if anything is wrong. */
bool verify_check(const struct verify *verify, const uint64_t *published, struct problem *problem);

#endif
