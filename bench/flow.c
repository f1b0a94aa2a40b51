#include "bench/flow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench/consumer.h"
#include "bench/memory.h"
#include "bench/producer.h"

enum {
    STALL_SECONDS = 30,
    TURN_MS = 50,            // how late a time limit may be noticed
    WARM_UP_NS = 500000000,  // latencies before this do not count
    LINGER_NS = 200000000,   // how long a duplicate may take to show itself
    INTERVAL_MIN_NS = 20000, // finer timers than this would only burn CPU
};

struct flow {
    struct flow_plan plan;
    struct result *result;   // borrowed
    struct problem *problem; // borrowed: the result's
    struct loop *loop;
    struct producer **producers; // owned, each owned; NULL = not opened
    struct consumer **consumers; // owned, each owned; NULL = not opened
    struct verify *verify;       // owned; NULL = not asked for
    struct histogram latency;
    struct meter meter;
    struct loop_source timer; // fd -1 = as fast as possible
    int64_t published_ns;     // when the broker had read everything; 0 = not yet
    int64_t delivered_ns;     // when the last delivery came
    uint64_t progress;
    int64_t progress_ns;
};

static bool measures_deliveries(const struct flow_plan *plan)
{
    return plan->rate > 0 && !plan->measure_confirms;
}

static bool check_plan(const struct flow_plan *plan, struct problem *problem)
{
    bool stamped = plan->verify || measures_deliveries(plan);
    if (stamped && plan->size < STAMP_SIZE) {
        return problem_set(problem, "bodies need %d bytes to be verified or timed", STAMP_SIZE);
    }
    if (plan->prefetch > 0 && plan->ack_every > plan->prefetch) {
        return problem_set(problem, "--ack-every above --prefetch would wait for ever");
    }
    if (plan->producers == 0 || plan->queue_count == 0) {
        return problem_set(problem, "needs at least one producer and one queue");
    }
    if (plan->fanout && plan->consumers % (int64_t)plan->queue_count != 0) {
        return problem_set(problem, "a fan-out needs equally many consumers on every queue");
    }
    return true;
}

static bool open_consumers(struct flow *flow, const struct uri *uri)
{
    const struct flow_plan *plan = &flow->plan;
    for (size_t i = 0; i < (size_t)plan->consumers; i++) {
        struct conn *conn = conn_open(uri, flow->problem);
        size_t queue = i % plan->queue_count;
        struct consumer_plan consumer = {
            .queue = plan->queues[queue],
            .prefetch = (uint16_t)plan->prefetch,
            .ack_every = (uint32_t)plan->ack_every,
            .producers = (size_t)plan->producers,
            .group = plan->fanout ? queue : 0,
            .verify = flow->verify,
            .latency = measures_deliveries(plan) ? &flow->latency : NULL,
        };
        flow->consumers[i] = conn ? consumer_new(conn, flow->loop, &consumer) : NULL;
        if (!flow->consumers[i]) {
            return false;
        }
    }
    return true;
}

/* The share of producer i of a total, the first ones taking what does not divide. */
static uint64_t share_of(int64_t total, size_t i, int64_t producers)
{
    return (uint64_t)(total / producers + ((int64_t)i < total % producers ? 1 : 0));
}

static bool open_producers(struct flow *flow, const struct uri *uri)
{
    struct flow_plan *plan = &flow->plan;
    for (size_t i = 0; i < (size_t)plan->producers; i++) {
        struct conn *conn = conn_open(uri, flow->problem);
        struct producer_plan producer = {
            .exchange = plan->exchange,
            .keys = plan->keys_in_turn ? plan->keys : &plan->keys[i % plan->key_count],
            .key_count = plan->keys_in_turn ? plan->key_count : 1,
            .body_size = (size_t)plan->size,
            .limit = plan->messages < 0 ? UINT64_C(1) << 40
                                        : share_of(plan->messages, i, plan->producers),
            .window = (uint32_t)plan->confirm,
            .number = (uint16_t)i,
            .properties = {.persistent = plan->persistent,
                           .expiration = plan->expiration,
                           .headers = plan->headers},
            .levels = (int)plan->levels,
            .stamped = plan->verify || measures_deliveries(plan),
            .paced = plan->rate > 0,
            .confirm_latency = plan->measure_confirms ? &flow->latency : NULL,
        };
        flow->producers[i] = conn ? producer_new(conn, flow->loop, &producer) : NULL;
        if (!flow->producers[i]) {
            return false;
        }
    }
    return true;
}

struct flow *flow_open(const struct flow_plan *plan, const struct options *options,
                       struct result *result)
{
    if (!check_plan(plan, &result->problem)) {
        return NULL;
    }
    struct flow *flow = memory_zeroed(1, sizeof *flow);
    flow->plan = *plan;
    flow->result = result;
    flow->problem = &result->problem;
    flow->timer.fd = -1;
    flow->loop = loop_new();
    flow->producers = memory_zeroed((size_t)plan->producers, sizeof *flow->producers);
    flow->consumers = memory_zeroed((size_t)plan->consumers, sizeof *flow->consumers);
    if (plan->verify) {
        flow->verify = verify_new(plan->fanout ? plan->queue_count : 1, (size_t)plan->producers);
    }
    if (!open_consumers(flow, &options->uri) || !open_producers(flow, &options->uri)) {
        flow_free(flow);
        return NULL;
    }
    flow->meter.pid = options->pid;
    return flow;
}

void flow_free(struct flow *flow)
{
    if (!flow) {
        return;
    }
    for (size_t i = 0; i < (size_t)flow->plan.producers; i++) {
        producer_free(flow->producers[i]);
    }
    for (size_t i = 0; i < (size_t)flow->plan.consumers; i++) {
        consumer_free(flow->consumers[i]);
    }
    if (flow->timer.fd != -1) {
        close(flow->timer.fd);
    }
    free(flow->producers);
    free(flow->consumers);
    verify_free(flow->verify);
    loop_free(flow->loop);
    free(flow);
}

uint64_t flow_published(const struct flow *flow)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < (size_t)flow->plan.producers; i++) {
        sum += producer_made(flow->producers[i]);
    }
    return sum;
}

static uint64_t delivered(const struct flow *flow)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < (size_t)flow->plan.consumers; i++) {
        sum += consumer_delivered(flow->consumers[i]);
    }
    return sum;
}

static uint64_t wanted(const struct flow *flow)
{
    uint64_t copies = flow->plan.fanout ? flow->plan.queue_count : 1;
    return flow->plan.consumers > 0 ? copies * flow_published(flow) : 0;
}

static bool all_published(const struct flow *flow)
{
    for (size_t i = 0; i < (size_t)flow->plan.producers; i++) {
        if (!producer_done(flow->producers[i])) {
            return false;
        }
    }
    return true;
}

static const char *blocked_reason(const struct flow *flow)
{
    for (size_t i = 0; i < (size_t)flow->plan.producers; i++) {
        const char *reason = producer_blocked(flow->producers[i]);
        if (reason) {
            return reason;
        }
    }
    return NULL;
}

/* Every producer gets its share of the slots, in turn, so that together they keep the rate even. */
static void on_timer(void *owner, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    struct flow *flow = owner;
    loop_timer_read(flow->timer.fd);
    int64_t slot_ns = 1000000000 / flow->plan.rate;
    int64_t interval_ns = (int64_t)(1e9 * (double)flow->plan.producers / (double)flow->plan.rate);
    for (int64_t i = 0; i < flow->plan.producers; i++) {
        int64_t start_ns = flow->meter.start_ns + i * slot_ns;
        if (clock_ns() >= start_ns) {
            producer_pace(flow->producers[i], start_ns, interval_ns);
        }
    }
}

static bool start_timer(struct flow *flow)
{
    int64_t interval_ns = 1000000000 / flow->plan.rate;
    interval_ns = interval_ns < INTERVAL_MIN_NS ? INTERVAL_MIN_NS : interval_ns;
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    flow->timer.fd = loop_timer_open(interval_ns);
    if (flow->timer.fd == -1) {
        return problem_set(flow->problem, "cannot make a timer");
    }
    flow->timer.on_ready = on_timer;
    flow->timer.owner = flow;
    loop_add(flow->loop, &flow->timer);
    return true;
}

static bool start(struct flow *flow)
{
    meter_start(&flow->meter, flow->meter.pid);
    flow->progress_ns = flow->meter.start_ns;
    int64_t warm_ns = flow->meter.start_ns + WARM_UP_NS;
    for (size_t i = 0; i < (size_t)flow->plan.consumers; i++) {
        consumer_set_latency_from(flow->consumers[i], warm_ns);
    }
    if (flow->plan.rate > 0) {
        return start_timer(flow);
    }
    for (size_t i = 0; i < (size_t)flow->plan.producers; i++) {
        producer_start(flow->producers[i]);
    }
    return true;
}

static void stop_producers(struct flow *flow)
{
    for (size_t i = 0; i < (size_t)flow->plan.producers; i++) {
        producer_stop(flow->producers[i]);
    }
}

/* False, with the problem set, if nothing has moved for too long. */
static bool check_progress(struct flow *flow, int64_t now_ns)
{
    uint64_t progress = delivered(flow);
    for (size_t i = 0; i < (size_t)flow->plan.producers; i++) {
        progress += producer_progress(flow->producers[i]);
    }
    if (progress != flow->progress) {
        flow->progress = progress;
        flow->progress_ns = now_ns;
        return true;
    }
    if (now_ns - flow->progress_ns < (int64_t)STALL_SECONDS * 1000000000) {
        return true;
    }
    const char *reason = blocked_reason(flow);
    return problem_set(
        flow->problem,
        "nothing moved for %d s: %" PRIu64 " published%s, %" PRIu64 " of %" PRIu64 " delivered%s%s",
        STALL_SECONDS, flow_published(flow),
        all_published(flow) ? "" : " and not all of it read by the broker", delivered(flow),
        wanted(flow), reason ? "; connection.blocked: " : "", reason ? reason : "");
}

static bool finished(struct flow *flow, int64_t now_ns)
{
    if (flow->published_ns == 0 && all_published(flow)) {
        flow->published_ns = now_ns;
    }
    if (flow->published_ns == 0 || delivered(flow) < wanted(flow)) {
        return false;
    }
    flow->delivered_ns = now_ns;
    return true;
}

static void note_tempo(const struct flow *flow)
{
    uint64_t confirmed = 0;
    for (size_t i = 0; flow->plan.tempo && i < (size_t)flow->plan.producers; i++) {
        confirmed += producer_confirmed(flow->producers[i]);
    }
    if (flow->plan.tempo) {
        tempo_note(flow->plan.tempo, confirmed);
    }
}

bool flow_run(struct flow *flow)
{
    if (flow->plan.tempo) {
        tempo_start(flow->plan.tempo, (uint64_t)flow->plan.messages);
    }
    if (!start(flow)) {
        return false;
    }
    bool limited = flow->plan.seconds >= 0;
    int64_t end_ns = flow->meter.start_ns + flow->plan.seconds * 1000000000;
    int64_t now_ns = flow->meter.start_ns;
    while (!problem_is_set(flow->problem) && !finished(flow, now_ns)) {
        loop_turn(flow->loop, TURN_MS);
        now_ns = clock_ns();
        if (limited && now_ns >= end_ns) {
            stop_producers(flow);
            limited = false;
        }
        check_progress(flow, now_ns);
        note_tempo(flow);
    }
    return !problem_is_set(flow->problem);
}

static bool verify_flow(struct flow *flow)
{
    int64_t end_ns = clock_ns() + LINGER_NS;
    while (clock_ns() < end_ns && !problem_is_set(flow->problem)) {
        loop_turn(flow->loop, TURN_MS);
    }
    size_t count = (size_t)flow->plan.producers;
    uint64_t *published = memory_zeroed(count, sizeof *published);
    for (size_t i = 0; i < count; i++) {
        published[i] = producer_made(flow->producers[i]);
    }
    bool good = !flow->verify || verify_check(flow->verify, published, flow->problem);
    free(published);
    if (good && delivered(flow) != wanted(flow)) {
        return problem_set(flow->problem, "%" PRIu64 " deliveries instead of %" PRIu64,
                           delivered(flow), wanted(flow));
    }
    return good;
}

static double seconds_since(const struct flow *flow, int64_t now_ns)
{
    return (double)(now_ns - flow->meter.start_ns) / 1e9;
}

bool flow_report(struct flow *flow)
{
    struct result *result = flow->result;
    double published = (double)flow_published(flow);
    meter_stop(&flow->meter, result, flow_published(flow));
    result_set(result, "published", published);
    result_set(result, "delivered", (double)delivered(flow));
    result_set(result, "seconds", seconds_since(flow, flow->delivered_ns));
    result_set(result, "in_per_s", published / seconds_since(flow, flow->published_ns));
    if (flow->plan.consumers > 0) {
        result_set(result, "out_per_s",
                   (double)delivered(flow) / seconds_since(flow, flow->delivered_ns));
    }
    if (flow->latency.count > 0) {
        result_set_latencies(result, &flow->latency);
    }
    if (flow->plan.verify && flow->plan.consumers > 0) {
        if (!verify_flow(flow)) {
            return false;
        }
        result_note(result, "verified: nothing lost, twice or out of order");
    }
    return true;
}
