#include "bench/scenario.h"

#include <inttypes.h>

#include "bench/flow.h"
#include "bench/proc.h"
#include "bench/topology.h"

/* What queues and exchanges do by themselves after a while: messages that expire into another
 * queue, and messages that an exchange of the type x-delayed-message holds back. */

enum {
    MESSAGES = 1000000,
    SIZE = 100,
    EXPIRE_MS = 4000, // all of them are published by then,
    DELAY_MS = 10000, // and so they are by then
    MARGIN_MS = 100,  // before that nothing may have come
    NS_PER_MS = 1000000,
};

struct wait {
    struct topology topology; // what comes, comes to the first queue
    struct flow_plan plan;
    const struct options *options;
    struct result *result;
    char *keys[1];
    int64_t start_ns; // of publishing
};

/* Publishes everything; the figures of in/s and CPU are of this half. Returns how many, or 0. */
static uint64_t publish(struct wait *wait)
{
    struct flow *flow = flow_open(&wait->plan, wait->options, wait->result);
    uint64_t count = 0;
    wait->start_ns = clock_ns();
    if (flow && flow_run(flow) && flow_report(flow)) {
        count = flow_published(flow);
    }
    flow_free(flow);
    return count;
}

/* Nothing may come before the time. */
static bool sleep_until(struct wait *wait, int64_t until_ns)
{
    int64_t left_ns = until_ns - (int64_t)MARGIN_MS * NS_PER_MS - clock_ns();
    uint64_t depth = 0;
    if (left_ns < 0) {
        return problem_set(&wait->result->problem, "publishing took longer than the messages wait");
    }
    clock_sleep_ns(left_ns);
    if (!topology_depth(&wait->topology, &depth)) {
        return false;
    }
    clock_sleep_ns(until_ns - clock_ns());
    return depth == 0 ||
           problem_set(&wait->result->problem, "%" PRIu64 " messages came early", depth);
}

/* From the moment when the first message is due. */
static void await_all(struct wait *wait, uint64_t count, int64_t wait_ms)
{
    int64_t begin_ns = wait->start_ns + wait_ms * NS_PER_MS;
    if (count == 0 || !sleep_until(wait, begin_ns)) {
        return;
    }
    int64_t cpu_ns = proc_cpu_ns(wait->options->pid);
    begin_ns = clock_ns();
    if (topology_await_depth(&wait->topology, count)) {
        int64_t spent_ns = clock_ns() - begin_ns;
        cpu_ns = proc_cpu_ns(wait->options->pid) - cpu_ns;
        double per_s = (double)count * 1e9 / (double)spent_ns;
        double cpu_s_per_m = (double)cpu_ns / 1e3 / (double)count;
        result_set(wait->result, "out_per_s", per_s);
        result_set(wait->result, "wait_cpu_s_per_m", cpu_s_per_m);
        result_note(wait->result, "arrived at %.0f/s, %.3f CPU s per million", per_s, cpu_s_per_m);
    }
}

static void wait_begin(struct wait *wait, const struct options *options, struct result *result)
{
    struct flow_plan defaults = {.producers = 1, .size = SIZE};
    *wait = (struct wait){.options = options, .result = result};
    wait->plan = flow_plan_of(options, &defaults);
    wait->plan.consumers = 0;
    wait->plan.messages = option_or(options->messages, MESSAGES);
    wait->plan.seconds = -1;
    wait->plan.keys = wait->plan.queues = wait->keys;
    wait->plan.key_count = wait->plan.queue_count = 1;
}

/* The first queue gets what expires in the second. */
static bool open_dead_letters(struct wait *wait)
{
    struct topology *topology = &wait->topology;
    struct bytes arguments = {0};
    bool good = topology_open(topology, &wait->options->uri, 1, wait->options->persistent,
                              &wait->result->problem);
    if (good) {
        put_entry_number(&arguments, "x-message-ttl", EXPIRE_MS);
        put_entry_text(&arguments, "x-dead-letter-exchange", "");
        put_entry_text(&arguments, "x-dead-letter-routing-key", topology->queues[0]);
        good = topology_add_queue(topology, (struct slice){arguments.ptr, arguments.len});
    }
    bytes_finish(&arguments);
    return good;
}

void scenario_expire(const struct options *options, struct result *result)
{
    struct wait wait;
    wait_begin(&wait, options, result);
    if (open_dead_letters(&wait)) {
        wait.plan.exchange = "";
        wait.keys[0] = wait.topology.queues[1];
        await_all(&wait, publish(&wait), EXPIRE_MS);
    }
    topology_close(&wait.topology);
}

static bool open_delayed(struct wait *wait)
{
    struct topology *topology = &wait->topology;
    struct bytes arguments = {0};
    put_entry_text(&arguments, "x-delayed-type", "direct");
    bool good = topology_open(topology, &wait->options->uri, 1, wait->options->persistent,
                              &wait->result->problem) &&
                topology_declare_exchange(topology, "x-delayed-message",
                                          (struct slice){arguments.ptr, arguments.len});
    bytes_finish(&arguments);
    if (good) {
        topology_bind(topology, 0, topology->queues[0]);
        good = topology_settle(topology);
    }
    return good;
}

void scenario_delayed(const struct options *options, struct result *result)
{
    struct wait wait;
    struct bytes headers = {0};
    put_entry_number(&headers, "x-delay", DELAY_MS);
    wait_begin(&wait, options, result);
    wait.plan.headers = (struct slice){headers.ptr, headers.len};
    if (open_delayed(&wait)) {
        wait.plan.exchange = wait.topology.exchange;
        wait.keys[0] = wait.topology.queues[0];
        double before_mib = proc_rss_mib(options->pid);
        uint64_t count = publish(&wait);
        double more_mib = proc_rss_mib(options->pid) - before_mib;
        if (count > 0) {
            result_set(result, "bytes_per_message",
                       more_mib * 1024 * 1024 / (double)count - (double)wait.plan.size);
        }
        await_all(&wait, count, DELAY_MS);
    }
    topology_close(&wait.topology);
    bytes_finish(&headers);
}
