#ifndef BENCH_DISK_H
#define BENCH_DISK_H

#include <stddef.h>
#include <stdint.h>

#include "bench/problem.h"

/* How often a second the disk itself can be made to keep a block: blocks one behind the other are
 * written into a file that has its full length, with an fdatasync after each, for so long. The
 * file is in the directory, and gone afterwards. Returns 0 with the problem set. */
double disk_syncs_per_s(const char *directory, size_t block_size, int64_t duration_ns,
                        struct problem *problem);

#endif
