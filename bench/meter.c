#include "bench/meter.h"

#include "bench/proc.h"

void meter_start(struct meter *meter, pid_t pid)
{
    proc_reset_peak(pid);
    *meter = (struct meter){.pid = pid,
                            .start_ns = clock_ns(),
                            .broker_cpu_ns = proc_cpu_ns(pid),
                            .own_cpu_ns = proc_own_cpu_ns(),
                            .rss_mib = proc_rss_mib(pid)};
}

static void set_cpu(struct result *result, const char *name, const char *name_per_m, int64_t cpu_ns,
                    uint64_t operations)
{
    result_set(result, name, (double)cpu_ns / 1e9);
    if (operations > 0) {
        result_set(result, name_per_m, (double)cpu_ns / 1e3 / (double)operations);
    }
}

void meter_stop(const struct meter *meter, struct result *result, uint64_t operations)
{
    int64_t own_ns = proc_own_cpu_ns() - meter->own_cpu_ns;
    set_cpu(result, "bench_cpu_s", "bench_cpu_s_per_m", own_ns, operations);
    if (meter->pid > 0) {
        int64_t broker_ns = proc_cpu_ns(meter->pid) - meter->broker_cpu_ns;
        set_cpu(result, "broker_cpu_s", "broker_cpu_s_per_m", broker_ns, operations);
        result_set(result, "rss_before_mib", meter->rss_mib);
        result_set(result, "rss_after_mib", proc_rss_mib(meter->pid));
        result_set(result, "rss_peak_mib", proc_peak_mib(meter->pid));
    }
}
