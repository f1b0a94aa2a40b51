#include "admin/api_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/answer.h"
#include "admin/contexts.h"
#include "admin/descriptions.h"
#include "admin/handlers.h"
#include "admin/memory_parts.h"
#include "admin/node_numbers.h"
#include "admin/statistics.h"
#include "server/conn_view.h"
#include "server/machine.h"

static void write_resources(struct writer *w, const struct call *call)
{
    const struct api *api = call->api;
    struct alarms_view alarms = engine_view_alarms(api->options.engine);
    write_u64(w, "fd_total", machine_descriptor_limit());
    write_u64(w, "sockets_total", machine_descriptor_limit());
    write_u64(w, "mem_limit",
              settings_memory_limit(api->options.settings, api->options.memory_total));
    write_truth(w, "mem_alarm", alarms.memory);
    write_str(w, "mem_calculation_strategy", "rss");
    write_u64(w, "disk_free_limit",
              settings_disk_limit(api->options.settings, api->options.memory_total));
    write_truth(w, "disk_free_alarm", alarms.disk);
    write_u64(w, "proc_total", machine_process_limit());
    write_u64(w, "run_queue", 0);
    write_u64(w, "processors", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    write_u64(w, "uptime", call->request->now_ms - api->options.started_ms);
}

/* There is one node. */
static void write_neighbours(struct writer *w)
{
    write_array(w, "partitions");
    write_end(w);
    write_array(w, "cluster_links");
    write_end(w);
}

/* The log goes to the standard error; without a disk there is no directory. */
static void write_files(struct writer *w, const struct call *call)
{
    const struct api_options *options = &call->api->options;
    const struct settings *settings = options->settings;
    char *directory = options->directory ? realpath(options->directory, NULL) : NULL;
    write_str(w, "db_dir", directory ? directory : "");
    free(directory);
    write_array(w, "config_files");
    for (size_t i = 0; i < settings->files.count; i++) {
        write_str(w, NULL, settings->files.names[i]);
    }
    write_end(w);
    write_array(w, "log_files");
    if (settings->log_console) {
        write_str(w, NULL, "<stderr>");
    }
    write_end(w);
}

/* Who comes and goes, with samples like those of all that is told of a node. */
static void write_churn_of(struct writer *w, const struct call *call,
                           const struct statistics *statistics)
{
    struct statistics own = *statistics;
    struct numbers numbers = numbers_of_totals(call_broker(call));
    own.lengths = own.node;
    struct subject subject =
        subject_of(&own, &(struct sampled){.kind = NUMBERED_TOTALS}, &numbers, false);
    write_churn(w, &subject);
}

/* How long the disk took. Nobody seeks here. */
static void write_times(struct writer *w, const struct subject *subject)
{
    static const struct mean_time means[] = {
#define M(what, time, count)                                                                       \
    {"io_" what "_avg_time", "io_" what "_avg_time_details", NUMBER_io_##time, NUMBER_io_##count}
        M("read", read_time, read_count),
        M("write", write_time, write_count),
        M("sync", sync_time, sync_count),
        M("seek", seek_count, seek_count),
        M("file_handle_open_attempt", file_handle_open_attempt_time,
          file_handle_open_attempt_count),
#undef M
    };
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        write_mean_time(w, subject, &means[i]);
    }
}

static void write_zeros(struct writer *w, const char *name, const char *const *members,
                        size_t count)
{
    write_object(w, name);
    for (size_t i = 0; i < count; i++) {
        write_u64(w, members[i], 0);
    }
    write_end(w);
}

/* What only a node of RabbitMQ has, as one would tell it that has nothing to do. */
static void write_foreign(struct writer *w)
{
    static const char *const files[] = {"ra_log_wal", "ra_log_segment_writer"};
    static const char *const garbage[] = {
        "connection_closed", "channel_closed", "consumer_deleted",  "exchange_deleted",
        "queue_deleted",     "vhost_deleted",  "node_node_deleted", "channel_consumer_deleted"};
    write_u64(w, "net_ticktime", 60);
    write_zeros(w, "ra_open_file_metrics", files, sizeof files / sizeof *files);
    write_zeros(w, "metrics_gc_queue_length", garbage, sizeof garbage / sizeof *garbage);
}

static void write_use(struct writer *w, const struct call *call,
                      const struct statistics *statistics)
{
    const struct api_options *options = &call->api->options;
    struct numbers numbers = numbers_of_node(options);
    struct sampled which = {.kind = NUMBERED_NODE};
    struct subject subject = subject_of(statistics, &which, &numbers, true);
    write_node_numbers(w, &subject);
    write_times(w, &subject);
}

static void write_node(struct writer *w, const struct call *call,
                       const struct statistics *statistics)
{
    char pid[24];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    write_object(w, NULL);
    write_str(w, "name", call->api->options.node);
    write_str(w, "type", "disc");
    write_truth(w, "running", true);
    write_truth(w, "being_drained", false);
    write_str(w, "os_pid", pid);
    write_str(w, "rates_mode", statistics_rates_mode(call->api));
    write_resources(w, call);
    write_use(w, call, statistics);
    write_foreign(w);
    write_churn_of(w, call, statistics);
    write_neighbours(w);
    write_files(w, call);
    write_enabled_plugins(w);
    write_applications(w, call_settings(call));
    write_exchange_types(w);
    write_auth_mechanisms(w, call_settings(call));
    write_contexts(w, call->api, NULL);
    if (target_flag(&call->target, SLICE("memory"))) {
        write_memory(w, call);
    }
    if (target_flag(&call->target, SLICE("binary"))) {
        write_binary(w, call);
    }
    write_end(w);
}

void on_nodes(struct call *call)
{
    struct answer answer;
    const struct statistics *statistics = statistics_begin(call);
    if (!statistics) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    write_node(w, call, statistics);
    write_end(w);
}

void on_node(struct call *call)
{
    struct answer answer;
    if (!call_is_here(call, call->arguments[0])) {
        return;
    }
    const struct statistics *statistics = statistics_begin(call);
    if (statistics) {
        write_node(answer_begin(&answer, call), call, statistics);
    }
}
