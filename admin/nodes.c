#include "admin/api_internal.h"

#include <stdio.h>
#include <unistd.h>

#include "admin/answer.h"
#include "admin/descriptions.h"
#include "admin/handlers.h"
#include "admin/memory_parts.h"
#include "admin/statistics.h"
#include "server/conn_view.h"
#include "server/machine.h"

/* What the kernel has counted; nothing where it does not. */
static void write_octets_stored(struct writer *w)
{
    uint64_t read, written;
    if (machine_storage_octets(&read, &written)) {
        write_u64(w, "io_read_bytes", read);
        write_u64(w, "io_write_bytes", written);
    }
}

static void write_resources(struct writer *w, const struct call *call)
{
    const struct api *api = call->api;
    struct alarms_view alarms = engine_view_alarms(api->options.engine);
    const struct broker_counters *counters = broker_counters(call_broker(call));
    write_u64(w, "fd_total", machine_descriptor_limit());
    write_u64(w, "fd_used", machine_descriptors_used());
    write_u64(w, "sockets_total", machine_descriptor_limit());
    write_u64(w, "sockets_used", counters->connections);
    write_u64(w, "mem_limit", api->options.memory_limit);
    write_u64(w, "mem_used", machine_memory_used());
    write_truth(w, "mem_alarm", alarms.memory);
    write_str(w, "mem_calculation_strategy", "rss");
    write_u64(w, "disk_free", api_disk_free(&api->options));
    write_u64(w, "disk_free_limit", api->options.disk_limit);
    write_truth(w, "disk_free_alarm", alarms.disk);
    write_octets_stored(w);
    write_u64(w, "proc_total", 1);
    write_u64(w, "proc_used", 1);
    write_u64(w, "run_queue", 0);
    write_u64(w, "processors", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    write_u64(w, "uptime", call->request->now_ms - api->options.started_ms);
}

/* Lists that are always empty here: there is one node, without plugins. */
static void write_empty(struct writer *w)
{
    static const char *const names[] = {"partitions", "applications", "log_files", "config_files",
                                        "cluster_links"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_array(w, names[i]);
        write_end(w);
    }
}

/* Who comes and goes; without samples, for which there would be parameters of their own. */
static void write_churn_of(struct writer *w, const struct call *call,
                           const struct statistics *statistics)
{
    struct statistics own = *statistics;
    struct numbers numbers = numbers_of_totals(call_broker(call));
    own.lengths.step_ms = 0;
    struct subject subject =
        subject_of(&own, &(struct sampled){.kind = NUMBERED_TOTALS}, &numbers, false);
    write_churn(w, &subject);
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
    write_churn_of(w, call, statistics);
    write_empty(w);
    write_array(w, "enabled_plugins");
    write_str(w, NULL, "rabbitmq_management");
    write_str(w, NULL, "rabbitmq_prometheus");
    write_end(w);
    write_exchange_types(w);
    write_auth_mechanisms(w, call_settings(call));
    write_contexts(w, call->api);
    if (target_flag(&call->target, SLICE("memory"))) {
        write_memory(w, call);
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
