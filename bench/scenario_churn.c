#include "bench/scenario.h"

#include <stdlib.h>
#include <unistd.h>

#include "bench/conn.h"
#include "bench/memory.h"
#include "bench/meter.h"

/* The scenarios that open and close one thing after another, each waiting for the broker's
 * answers, and time every pair. */

enum { SECONDS_DEFAULT = 5, OTHER_CHANNEL = 2 };

struct churn {
    const struct options *options; // borrowed
    struct conn *conn;             // owned by the scenario; NULL for connections
    char *queue;                   // owned by the scenario; NULL but for queues
    struct problem *problem;       // borrowed
};

typedef bool (*churn_step)(const struct churn *churn);

static void run_churn(const struct churn *churn, churn_step step, struct result *result)
{
    const struct options *options = churn->options;
    int64_t seconds = option_or(options->seconds, options->messages >= 0 ? 86400 : SECONDS_DEFAULT);
    int64_t count_max = option_or(options->messages, INT64_MAX);
    struct histogram *histogram = memory_zeroed(1, sizeof *histogram);
    struct meter meter;
    meter_start(&meter, options->pid);
    int64_t before_ns = meter.start_ns;
    int64_t end_ns = meter.start_ns + seconds * 1000000000;
    int64_t count = 0;
    while (count < count_max && before_ns < end_ns && step(churn)) {
        int64_t now_ns = clock_ns();
        histogram_add(histogram, now_ns - before_ns);
        before_ns = now_ns;
        count++;
    }
    if (!problem_is_set(churn->problem)) {
        meter_stop(&meter, result, (uint64_t)count);
        result_set(result, "operations", (double)count);
        result_set(result, "in_per_s",
                   (double)count / ((double)(before_ns - meter.start_ns) / 1e9));
        result_set_latencies(result, histogram);
        result_note(result, "pairs of open and close");
    }
    free(histogram);
}

static bool step_connection(const struct churn *churn)
{
    conn_close(conn_open(&churn->options->uri, churn->problem));
    return !problem_is_set(churn->problem);
}

static bool step_channel(const struct churn *churn)
{
    put_channel_open(conn_out(churn->conn), OTHER_CHANNEL);
    if (!conn_call(churn->conn, CHANNEL_OPEN_OK, NULL)) {
        return false;
    }
    put_channel_close(conn_out(churn->conn), OTHER_CHANNEL);
    return conn_call(churn->conn, CHANNEL_CLOSE_OK, NULL);
}

static bool step_queue(const struct churn *churn)
{
    put_queue_declare(conn_out(churn->conn), churn->queue, churn->options->persistent,
                      (struct slice){0});
    if (!conn_call(churn->conn, QUEUE_DECLARE_OK, NULL)) {
        return false;
    }
    put_queue_delete(conn_out(churn->conn), churn->queue);
    return conn_call(churn->conn, QUEUE_DELETE_OK, NULL);
}

void scenario_churn_connections(const struct options *options, struct result *result)
{
    struct churn churn = {.options = options, .problem = &result->problem};
    run_churn(&churn, step_connection, result);
}

void scenario_churn_channels(const struct options *options, struct result *result)
{
    struct churn churn = {.options = options, .problem = &result->problem};
    churn.conn = conn_open(&options->uri, &result->problem);
    if (churn.conn) {
        run_churn(&churn, step_channel, result);
    }
    conn_close(churn.conn);
}

void scenario_churn_queues(const struct options *options, struct result *result)
{
    struct churn churn = {.options = options, .problem = &result->problem};
    churn.conn = conn_open(&options->uri, &result->problem);
    churn.queue = memory_text("q%d", (int)getpid());
    if (churn.conn) {
        run_churn(&churn, step_queue, result);
    }
    conn_close(churn.conn);
    free(churn.queue);
}
