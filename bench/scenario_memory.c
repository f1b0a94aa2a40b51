#include "bench/scenario.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "bench/conn.h"
#include "bench/drain.h"
#include "bench/flow.h"
#include "bench/memory.h"
#include "bench/meter.h"
#include "bench/proc.h"
#include "bench/topology.h"

/* The scenarios that look at the broker's memory: many connections, and a burst of messages. */

enum {
    CONNECTIONS_DEFAULT = 1000,
    CONNECTIONS_SETTLE = 1,
    BURST_MESSAGES = 1000000,
    BURST_SIZE = 1024,
    BURST_SETTLE = 5,
};

static void settle(const struct options *options, int64_t otherwise)
{
    clock_sleep_ns(option_or(options->settle, otherwise) * 1000000000);
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool open_all(struct conn **conns, size_t count, const struct options *options,
                     struct problem *problem)
{
    for (size_t i = 0; i < count; i++) {
        conns[i] = conn_open(&options->uri, problem);
        if (!conns[i]) {
            return false;
        }
    }
    return true;
}

/* Every connection has to answer: one that the broker lost would cost no memory. */
static bool all_alive(struct conn **conns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_qos(conn_out(conns[i]), 1);
        if (!conn_call(conns[i], BASIC_QOS_OK, NULL)) {
            return false;
        }
    }
    return true;
}

static void report_connections(const struct meter *meter, size_t count, struct result *result)
{
    double more_mib = proc_rss_mib(meter->pid) - meter->rss_mib;
    double kib_each = count > 0 ? more_mib * 1024 / (double)count : 0;
    meter_stop(meter, result, count);
    result_set(result, "connections", (double)count);
    if (meter->pid > 0) {
        result_set(result, "rss_more_mib", more_mib);
        result_set(result, "kib_per_connection", kib_each);
        result_note(result, "%zu connections, %.1f MiB more: %.1f KiB each", count, more_mib,
                    kib_each);
    }
}

void scenario_connections(const struct options *options, struct result *result)
{
    size_t count = (size_t)option_or(options->connections, CONNECTIONS_DEFAULT);
    struct conn **conns = memory_zeroed(count, sizeof *conns);
    struct meter meter;
    raise_descriptor_limit();
    meter_start(&meter, options->pid);
    if (open_all(conns, count, options, &result->problem)) {
        double seconds = (double)(clock_ns() - meter.start_ns) / 1e9;
        settle(options, CONNECTIONS_SETTLE);
        if (all_alive(conns, count)) {
            report_connections(&meter, count, result);
            result_set(result, "in_per_s", (double)count / seconds);
        }
    }
    for (size_t i = 0; i < count; i++) {
        conn_close(conns[i]);
    }
    free(conns);
}

/* Fills the queue and returns how many messages it holds, or 0. The figures of rates and CPU are of
 * this half. */
static uint64_t fill(const struct flow_plan *plan, struct topology *topology,
                     const struct options *options, struct result *result)
{
    struct flow *flow = flow_open(plan, options, result);
    uint64_t count = 0;
    if (flow && flow_run(flow) && topology_await_depth(topology, flow_published(flow)) &&
        flow_report(flow)) {
        count = flow_published(flow);
    }
    flow_free(flow);
    return count;
}

static void report_burst(const struct options *options, double before_mib, double peak_mib,
                         struct result *result)
{
    if (options->pid > 0) {
        double settled_mib = proc_rss_mib(options->pid);
        result_set(result, "rss_idle_mib", before_mib);
        result_set(result, "rss_settled_mib", settled_mib);
        result_set(result, "rss_kept_mib", settled_mib - before_mib);
        result_note(result, "RSS %.1f, full %.1f, drained %.1f MiB", before_mib, peak_mib,
                    settled_mib);
    }
}

void scenario_burst(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .size = BURST_SIZE};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    int64_t count = option_or(options->messages, BURST_MESSAGES);
    double before_mib = proc_rss_mib(options->pid);
    struct topology topology;
    plan.messages = count;
    plan.seconds = options->seconds;
    plan.consumers = 0;
    if (topology_open(&topology, &options->uri, 1, options->persistent, &result->problem)) {
        plan.exchange = "";
        plan.keys = plan.queues = topology.queues;
        plan.key_count = plan.queue_count = 1;
        uint64_t published = fill(&plan, &topology, options, result);
        double peak_mib = proc_peak_mib(options->pid);
        struct drain_plan rest = {
            .uri = &options->uri, .queue = topology.queues[0], .count = published};
        if (published > 0 && drain(&rest, &result->problem)) {
            settle(options, BURST_SETTLE);
            report_burst(options, before_mib, peak_mib, result);
        }
    }
    topology_close(&topology);
}
