#ifndef BENCH_PROC_H
#define BENCH_PROC_H

#include <stdint.h>
#include <sys/types.h>

/* What /proc tells of another process. A pid of 0 stands for "unknown"; every figure of an unknown
 * or vanished process is 0. */
pid_t proc_find_listener(uint16_t port); // who listens on the TCP port, or 0

/* User and system time of all threads. The scheduler's nanosecond counts are used where they
 * exist; they forget threads that ended, which /proc/PID/stat (10 ms steps) remembers. */
int64_t proc_cpu_ns(pid_t pid);

double proc_rss_mib(pid_t pid);
double proc_peak_mib(pid_t pid); // the highest RSS since proc_reset_peak
void proc_reset_peak(pid_t pid); // needs to be the process's owner or root
int64_t proc_own_cpu_ns(void);   // of this process, by getrusage

#endif
