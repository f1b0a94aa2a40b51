#include "bench/scenario.h"

#include <inttypes.h>

#include "bench/disk.h"
#include "bench/flow.h"
#include "bench/topology.h"

/* The scenarios that are a flow through queues of the default exchange. */

enum {
    PUBLISH_MESSAGES = 2000000,
    LATENCY_RATE = 10000,
    SIZE_DEFAULT = 16,
    RECORD_HEAD = 64, // what a journal adds to a body, about
    DISK_NS = 1000000000,
};

/* Queues with levels if the options say so. */
static bool open_queues(struct topology *topology, const struct options *options, size_t count,
                        struct result *result)
{
    struct bytes arguments = {0};
    if (options->levels > 0) {
        put_entry_number(&arguments, "x-max-priority", options->levels);
    }
    bool good = topology_open(topology, &options->uri, 0, options->persistent, &result->problem);
    for (size_t i = 0; good && i < count; i++) {
        good = topology_add_queue(topology, (struct slice){arguments.ptr, arguments.len});
    }
    bytes_finish(&arguments);
    return good;
}

static void run_flow(struct flow_plan *plan, const struct options *options, struct result *result)
{
    struct topology topology;
    size_t queues = (size_t)option_or(options->queues, 1);
    struct flow *flow = NULL;
    if (open_queues(&topology, options, queues, result)) {
        plan->exchange = "";
        plan->keys = topology.queues;
        plan->queues = topology.queues;
        plan->key_count = plan->queue_count = queues;
        flow = flow_open(plan, options, result);
    }
    if (flow && flow_run(flow)) {
        flow_report(flow);
    }
    flow_free(flow);
    topology_close(&topology);
}

void scenario_throughput(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .consumers = 1};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    run_flow(&plan, options, result);
}

void scenario_latency(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .consumers = 1, .rate = LATENCY_RATE};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    run_flow(&plan, options, result);
}

/* What the disk does without a broker, half of it before and half of it after the broker's turn:
 * its rate drifts. Returns false with the problem set. */
static bool add_disk(double *per_s, const struct options *options, struct result *result)
{
    size_t block = (size_t)option_or(options->size, SIZE_DEFAULT) + RECORD_HEAD;
    double half = options->disk_path
                      ? disk_syncs_per_s(options->disk_path, block, DISK_NS, &result->problem)
                      : 0;
    *per_s += half / 2;
    return !problem_is_set(&result->problem);
}

static void report_disk(double per_s, struct result *result)
{
    if (per_s > 0) {
        double share = result_get(result, "in_per_s") / per_s;
        result_set(result, "disk_per_s", per_s);
        result_set(result, "of_disk", share);
        result_note(result, "%.0f %% of the disk's %.0f a second", share * 100, per_s);
    }
}

void scenario_confirms(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .consumers = 1, .confirm = 1};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    plan.measure_confirms = true;
    plan.confirm = plan.confirm > 0 ? plan.confirm : 1;
    double disk_per_s = 0;
    if (add_disk(&disk_per_s, options, result)) {
        run_flow(&plan, options, result);
    }
    if (!problem_is_set(&result->problem) && add_disk(&disk_per_s, options, result)) {
        report_disk(disk_per_s, result);
    }
}

/* The queue's depth is both the proof that everything arrived and the end of the broker's work. */
void scenario_publish(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .messages = PUBLISH_MESSAGES};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    struct topology topology;
    struct flow *flow = NULL;
    plan.consumers = 0;
    if (open_queues(&topology, options, 1, result)) {
        plan.exchange = "";
        plan.keys = plan.queues = topology.queues;
        plan.key_count = plan.queue_count = 1;
        flow = flow_open(&plan, options, result);
    }
    if (flow && flow_run(flow) && topology_await_depth(&topology, flow_published(flow))) {
        flow_report(flow);
    }
    flow_free(flow);
    topology_close(&topology);
}

void scenario_unroutable(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    char key[] = "no-queue-has-this-name";
    char *keys[] = {key};
    plan.consumers = 0;
    plan.exchange = "";
    plan.keys = plan.queues = keys;
    plan.key_count = plan.queue_count = 1;
    struct flow *flow = flow_open(&plan, options, result);
    if (flow && flow_run(flow)) {
        flow_report(flow);
    }
    flow_free(flow);
}
