#include "bench/scenario.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bench/flow.h"
#include "bench/memory.h"
#include "bench/topology.h"

/* The scenarios that are a flow through an exchange of their own. */

enum { QUEUES_DEFAULT = 10, BINDINGS_DEFAULT = 10, BINDING_KINDS = 3 };

static void run_routed(struct flow_plan *plan, struct topology *topology,
                       const struct options *options, struct result *result)
{
    plan->exchange = topology->exchange;
    plan->queues = topology->queues;
    plan->queue_count = topology->queue_count;
    struct flow *flow = flow_open(plan, options, result);
    if (flow && flow_run(flow)) {
        flow_report(flow);
    }
    flow_free(flow);
}

void scenario_fanout(const struct options *options, struct result *result)
{
    size_t queues = (size_t)option_or(options->queues, QUEUES_DEFAULT);
    struct flow_plan defaults = {.producers = 1, .consumers = (int64_t)queues, .fanout = true};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    struct topology topology;
    char key[] = "";
    char *keys[] = {key};
    plan.keys = keys;
    plan.key_count = 1;
    if (topology_open(&topology, &options->uri, queues, options->persistent, &result->problem) &&
        topology_declare_exchange(&topology, "fanout", (struct slice){0})) {
        for (size_t i = 0; i < queues; i++) {
            topology_bind(&topology, i, "");
        }
        if (topology_settle(&topology)) {
            result_note(result, "%zu queues", queues);
            run_routed(&plan, &topology, options, result);
        }
    }
    topology_close(&topology);
}

/* Of three bindings one has its wildcards behind a word of its own, and is met by the published
 * key with its number; two begin with a wildcard, so that every message has to look there, and
 * match nothing. */
static char *binding_pattern(size_t i)
{
    switch (i % BINDING_KINDS) {
    case 0:
        return memory_text("k%06zu.*.#", i);
    case 1:
        return memory_text("*.n%06zu.#", i);
    default:
        return memory_text("#.z%06zu", i);
    }
}

static char **matching_keys(size_t bindings, size_t *count)
{
    *count = (bindings + BINDING_KINDS - 1) / BINDING_KINDS;
    char **keys = memory_zeroed(*count, sizeof *keys);
    for (size_t i = 0; i < *count; i++) {
        keys[i] = memory_text("k%06zu.europe.info", i * BINDING_KINDS);
    }
    return keys;
}

static bool bind_all(struct topology *topology, size_t bindings)
{
    for (size_t i = 0; i < bindings; i++) {
        char *pattern = binding_pattern(i);
        topology_bind(topology, i / BINDING_KINDS % topology->queue_count, pattern);
        free(pattern);
    }
    return topology_settle(topology);
}

void scenario_topic(const struct options *options, struct result *result)
{
    size_t bindings = (size_t)option_or(options->bindings, BINDINGS_DEFAULT);
    bindings = bindings > 0 ? bindings : 1;
    size_t queues = (size_t)option_or(options->queues, 1);
    struct flow_plan defaults = {.producers = 1, .consumers = (int64_t)queues};
    struct flow_plan plan = flow_plan_of(options, &defaults);
    struct topology topology;
    char **keys = matching_keys(bindings, &plan.key_count);
    plan.keys = keys;
    plan.keys_in_turn = true;
    if (topology_open(&topology, &options->uri, queues, options->persistent, &result->problem) &&
        topology_declare_exchange(&topology, "topic", (struct slice){0}) &&
        bind_all(&topology, bindings)) {
        result_note(result, "%zu bindings", bindings);
        run_routed(&plan, &topology, options, result);
    }
    topology_close(&topology);
    for (size_t i = 0; i < plan.key_count; i++) {
        free(keys[i]);
    }
    free(keys);
}
