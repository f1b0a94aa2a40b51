#include "bench/scenario.h"

#include <inttypes.h>

#include "bench/flow.h"
#include "bench/topology.h"

/* The scenarios that are a flow through queues of the default exchange. */

enum { PUBLISH_MESSAGES = 2000000, LATENCY_RATE = 10000 };

static void run_flow(struct flow_plan *plan, const struct options *options, struct result *result)
{
    struct topology topology;
    size_t queues = (size_t)option_or(options->queues, 1);
    struct flow *flow = NULL;
    if (topology_open(&topology, &options->uri, queues, options->persistent, &result->problem)) {
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

void scenario_confirms(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .consumers = 1, .confirm = 1};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    plan.measure_confirms = true;
    plan.confirm = plan.confirm > 0 ? plan.confirm : 1;
    run_flow(&plan, options, result);
}

/* The queue's depth is both the proof that everything arrived and the end of the broker's work. */
void scenario_publish(const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .messages = PUBLISH_MESSAGES};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    struct topology topology;
    struct flow *flow = NULL;
    plan.consumers = 0;
    if (topology_open(&topology, &options->uri, 1, options->persistent, &result->problem)) {
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
