#ifndef BENCH_DIAL_H
#define BENCH_DIAL_H

#include "bench/problem.h"
#include "bench/uri.h"

/* Connects to the URI's address. Returns a non-blocking socket with TCP_NODELAY, or -1 with the
 * problem set. */
int dial(const struct uri *uri, struct problem *problem);

#endif
