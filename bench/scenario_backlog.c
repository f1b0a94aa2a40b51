#include "bench/scenario.h"

#include "bench/drain.h"
#include "bench/flow.h"
#include "bench/proc.h"
#include "bench/tempo.h"
#include "bench/topology.h"

/* The scenarios around a durable queue that grows long. `fill` leaves it there, for the broker to
 * be stopped and started; `drain` takes it over by its name. */

static const char KEPT_QUEUE[] = "leveret-bench-kept";

enum {
    BACKLOG_MESSAGES = 10000000,
    KEPT_MESSAGES = 1000000,
    BACKLOG_SIZE = 100,
    CONFIRM_WINDOW = 1000,
    PREFETCH = 1000,
    ACK_EVERY = 50,
};

/* How much slower the last tenth was than the first. */
static void report_tempo(struct result *result, const char *const names[3],
                         const struct tempo *tempo)
{
    double first = tempo_rate(tempo, 0);
    double last = tempo_rate(tempo, TEMPO_SLICES - 1);
    result_set(result, names[0], first);
    result_set(result, names[1], last);
    result_set(result, names[2], last > 0 ? first / last : 0);
}

/* Publishes into the topology's queue until the count is reached; true if all of it lies there. */
static bool fill(struct topology *topology, const struct options *options, int64_t count,
                 struct result *result)
{
    static const char *const names[] = {"fill_first_per_s", "fill_last_per_s", "fill_slowdown"};
    struct flow_plan defaults = {.producers = 1, .size = BACKLOG_SIZE, .confirm = CONFIRM_WINDOW};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    struct tempo tempo;
    plan.consumers = 0;
    plan.persistent = true;
    plan.messages = option_or(options->messages, count);
    plan.seconds = -1;
    plan.exchange = "";
    plan.keys = plan.queues = topology->queues;
    plan.key_count = plan.queue_count = 1;
    plan.tempo = &tempo;
    struct flow *flow = flow_open(&plan, options, result);
    bool good = flow && flow_run(flow) && topology_await_depth(topology, flow_published(flow)) &&
                flow_report(flow);
    flow_free(flow);
    if (good) {
        report_tempo(result, names, &tempo);
    }
    return good;
}

static bool empty(const struct topology *topology, const struct options *options, int64_t count,
                  struct result *result)
{
    static const char *const names[] = {"drain_first_per_s", "drain_last_per_s", "drain_slowdown"};
    struct tempo tempo;
    struct drain_plan plan = {
        .uri = &options->uri,
        .queue = topology->queues[0],
        .count = (uint64_t)option_or(options->messages, count),
        .prefetch = (uint16_t)option_or(options->prefetch, PREFETCH),
        .ack_every = (uint32_t)option_or(options->ack_every, ACK_EVERY),
        .verify = options->verify,
        .tempo = &tempo,
    };
    if (plan.prefetch > 0 && plan.ack_every > plan.prefetch) {
        return problem_set(&result->problem, "--ack-every above --prefetch would wait for ever");
    }
    int64_t cpu_ns = proc_cpu_ns(options->pid);
    if (!drain(&plan, &result->problem)) {
        return false;
    }
    int64_t spent_ns = tempo.passed_ns[TEMPO_SLICES - 1] - tempo.start_ns;
    cpu_ns = proc_cpu_ns(options->pid) - cpu_ns;
    result_set(result, "out_per_s", (double)plan.count * 1e9 / (double)spent_ns);
    result_set(result, "drain_cpu_s_per_m", (double)cpu_ns / 1e3 / (double)plan.count);
    report_tempo(result, names, &tempo);
    if (plan.verify) {
        result_note(result, "verified: nothing lost, twice or out of order");
    }
    return true;
}

void scenario_fill(const struct options *options, struct result *result)
{
    struct topology topology;
    if (topology_open_named(&topology, &options->uri, KEPT_QUEUE, &result->problem)) {
        fill(&topology, options, KEPT_MESSAGES, result);
    }
    topology_leave(&topology);
}

void scenario_drain(const struct options *options, struct result *result)
{
    struct topology topology;
    if (topology_open_named(&topology, &options->uri, KEPT_QUEUE, &result->problem)) {
        empty(&topology, options, KEPT_MESSAGES, result);
    }
    topology_close(&topology);
}

void scenario_backlog(const struct options *options, struct result *result)
{
    struct topology topology;
    if (topology_open(&topology, &options->uri, 1, true, &result->problem) &&
        fill(&topology, options, BACKLOG_MESSAGES, result) &&
        empty(&topology, options, BACKLOG_MESSAGES, result)) {
        result_set(result, "rss_peak_all_mib", proc_peak_mib(options->pid));
        result_note(result,
                    "peak %.1f MiB, last tenth of filling %.2f x slower, of draining %.2f x",
                    proc_peak_mib(options->pid), result_get(result, "fill_slowdown"),
                    result_get(result, "drain_slowdown"));
    }
    topology_close(&topology);
}
