#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/facts.h"
#include "ctl/listeners.h"

enum { PARTS_MAX = 64 }; // of the memory

/* The divisor of a unit; 0 if it is none. */
static double divisor_of(const char *unit)
{
    static const struct {
        const char *name;
        double octets;
    } units[] = {{"bytes", 1}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcasecmp(units[i].name, unit) == 0) {
            return units[i].octets;
        }
    }
    return 0;
}

static const char *unit_of(const struct run *run)
{
    const char *unit = options_value(&run->options, "unit");
    return unit ? unit : "gb";
}

static bool has_unit(const struct run *run)
{
    if (divisor_of(unit_of(run)) == 0) {
        run_misuse(run, EXIT_USAGE,
                   "\"unit '%s' is not supported. Please use one of: bytes, kb, mb, gb, tb\"",
                   unit_of(run));
        return false;
    }
    return true;
}

static void print_size(const struct run *run, const char *what, long long octets)
{
    fprintf(run->out, "%s: %.4g %s\n", what, (double)octets / divisor_of(unit_of(run)),
            unit_of(run));
}

static void print_alarms(const struct run *run, const struct facts *facts)
{
    size_t index;
    json_t *alarm;
    json_t *list = json_object_get(facts->alarms.json, "alarms");
    json_array_foreach(list, index, alarm)
    {
        fprintf(run->out, "%s alarm on node %s\n",
                strcmp(member_text(alarm, "resource"), "disk") == 0 ? "Free disk space" : "Memory",
                member_text(facts->node, "name"));
    }
    fputs(json_array_size(list) == 0 ? "(none)\n" : "", run->out);
}

static void print_names(const struct run *run, const json_t *list)
{
    size_t index;
    json_t *name;
    json_array_foreach(list, index, name)
    {
        fprintf(run->out, " * %s\n", json_string_value(name));
    }
}

static void print_runtime(struct run *run, const struct facts *facts)
{
    const json_t *node = facts->node;
    fprintf(run->out, "Runtime\n\nOS PID: %s\nOS: Linux\nUptime (seconds): %lld\n",
            member_text(node, "os_pid"), fact_number(node, "uptime") / 1000);
    fprintf(run->out, "Is under maintenance?: %s\nRabbitMQ version: %s\n",
            facts_suspended(facts) ? "true" : "false",
            member_text(facts->overview.json, "rabbitmq_version"));
    fprintf(run->out, "Node name: %s\nErlang configuration: %s\n", member_text(node, "name"),
            member_text(facts->overview.json, "erlang_full_version"));
    fputs("\nPlugins\n\nEnabled plugins:\n\n", run->out);
    print_names(run, json_object_get(node, "enabled_plugins"));
    fprintf(run->out, "\nData directory\n\nNode data directory: %s\n", member_text(node, "db_dir"));
    fputs("\nConfig files\n\n", run->out);
    print_names(run, json_object_get(node, "config_files"));
    fputs("\nLog file(s)\n\n", run->out);
    print_names(run, json_object_get(node, "log_files"));
}

static void print_totals(struct run *run, const struct facts *facts)
{
    const json_t *node = facts->node;
    const json_t *totals = json_object_get(facts->overview.json, "object_totals");
    fputs("\nAlarms\n\n", run->out);
    print_alarms(run, facts);
    fputs("\nMemory\n\n", run->out);
    print_size(run, "Total memory used", fact_number(node, "mem_used"));
    print_size(run, "Memory high watermark setting", fact_number(node, "mem_limit"));
    fprintf(run->out,
            "\nFile Descriptors\n\nTotal: %lld, limit: %lld\nSockets: %lld, limit: %lld\n",
            fact_number(node, "fd_used"), fact_number(node, "fd_total"),
            fact_number(node, "sockets_used"), fact_number(node, "sockets_total"));
    if (json_object_get(node, "disk_free")) {
        fputs("\nFree Disk Space\n\n", run->out);
        print_size(run, "Low free disk space watermark", fact_number(node, "disk_free_limit"));
        print_size(run, "Free disk space", fact_number(node, "disk_free"));
    }
    fprintf(run->out,
            "\nTotals\n\nConnection count: %lld\nQueue count: %lld\nVirtual host count: %zu\n",
            fact_number(totals, "connections"), fact_number(totals, "queues"),
            json_array_size(facts->vhosts.json));
    fputs("\nListeners\n\n", run->out);
    listeners_print(run, facts->overview.json, "");
}

static json_t *counted(json_int_t used, json_int_t limit)
{
    return json_pack("{s:I,s:I}", "used", used, "limit", limit);
}

/* RabbitMQ's names, besides those that there were first. */
static json_t *status_totals(const struct facts *facts)
{
    const json_t *counts = json_object_get(facts->overview.json, "object_totals");
    json_t *totals = json_deep_copy(counts);
    json_object_set_new(totals, "connection_count",
                        json_integer(fact_number(counts, "connections")));
    json_object_set_new(totals, "queue_count", json_integer(fact_number(counts, "queues")));
    json_object_set_new(totals, "virtual_host_count",
                        json_integer((json_int_t)json_array_size(facts->vhosts.json)));
    return totals;
}

static json_t *status_resources(const struct facts *facts)
{
    const json_t *node = facts->node;
    return json_pack(
        "{s:I,s:I,s:{s:{s:I}},s:I,s:s,s:{s:I,s:I,s:I,s:I},s:o,s:I,s:o}", "disk_free",
        (json_int_t)fact_number(node, "disk_free"), "disk_free_limit",
        (json_int_t)fact_number(node, "disk_free_limit"), "memory", "total", "rss",
        (json_int_t)fact_number(node, "mem_used"), "vm_memory_high_watermark_limit",
        (json_int_t)fact_number(node, "mem_limit"), "vm_memory_calculation_strategy", "rss",
        "file_descriptors", "total_used", (json_int_t)fact_number(node, "fd_used"), "total_limit",
        (json_int_t)fact_number(node, "fd_total"), "sockets_used",
        (json_int_t)fact_number(node, "sockets_used"), "sockets_limit",
        (json_int_t)fact_number(node, "sockets_total"), "processes",
        counted(fact_number(node, "proc_used"), fact_number(node, "proc_total")), "run_queue",
        (json_int_t)fact_number(node, "run_queue"), "totals", status_totals(facts));
}

static json_t *status_files(const json_t *node)
{
    return json_pack("{s:O?,s:O?,s:O?,s:s,s:s}", "active_plugins",
                     json_object_get(node, "enabled_plugins"), "config_files",
                     json_object_get(node, "config_files"), "log_files",
                     json_object_get(node, "log_files"), "data_directory",
                     member_text(node, "db_dir"), "enabled_plugin_file", "");
}

static void print_status_json(struct run *run, const struct facts *facts)
{
    const json_t *node = facts->node;
    const json_t *overview = facts->overview.json;
    json_t *alarms = json_object_get(facts->alarms.json, "alarms");
    json_t *status = json_pack(
        "{s:I,s:s,s:I,s:b,s:s,s:s,s:s,s:s,s:o,s:o}", "pid",
        (json_int_t)strtoll(member_text(node, "os_pid"), NULL, 10), "os", "Linux", "uptime",
        (json_int_t)(fact_number(node, "uptime") / 1000), "is_under_maintenance",
        facts_suspended(facts), "rabbitmq_version", member_text(overview, "rabbitmq_version"),
        "erlang_version", member_text(overview, "erlang_full_version"), "product_name",
        member_text(overview, "product_name"), "product_version",
        member_text(overview, "product_version"), "listeners", listeners_json(overview), "alarms",
        alarms ? json_incref(alarms) : json_array());
    json_object_update_new(status, status_resources(facts));
    json_object_update_new(status, status_files(node));
    run_tell(run, status);
}

static int status(struct run *run)
{
    struct facts facts = {.node = NULL};
    if (!has_unit(run)) {
        return EXIT_USAGE;
    }
    run_banner(run, "Status of node %s ...", run_node(run));
    int code = facts_gather(run, &facts);
    if (code == EXIT_OK && run_wants_data(run)) {
        print_status_json(run, &facts);
    } else if (code == EXIT_OK) {
        print_runtime(run, &facts);
        print_totals(run, &facts);
    }
    facts_finish(&facts);
    return code;
}

static const char *maintenance_of(const struct facts *facts)
{
    return facts_suspended(facts) ? "maintenance" : "not under maintenance";
}

static void print_cluster(struct run *run, const struct facts *facts)
{
    size_t index;
    json_t *flag;
    char before[300];
    const char *node = member_text(facts->node, "name");
    fprintf(run->out, "Basics\n\nCluster name: %s\n\nDisk Nodes\n\n%s\n\nRunning Nodes\n\n%s\n\n",
            member_text(facts->overview.json, "cluster_name"), node, node);
    fprintf(run->out, "Versions\n\n%s: %s %s on %s\n\nMaintenance status\n\n", node,
            member_text(facts->overview.json, "product_name"),
            member_text(facts->overview.json, "rabbitmq_version"),
            member_text(facts->overview.json, "erlang_full_version"));
    fprintf(run->out, "Node: %s, status: %s\n\nAlarms\n\n", node, maintenance_of(facts));
    print_alarms(run, facts);
    fputs("\nNetwork Partitions\n\n(none)\n\nListeners\n\n", run->out);
    snprintf(before, sizeof before, "Node: %.256s, ", node);
    listeners_print(run, facts->overview.json, before);
    fputs("\nFeature flags\n\n", run->out);
    json_array_foreach(facts->flags.json, index, flag)
    {
        fprintf(run->out, "Flag: %s, state: %s\n", member_text(flag, "name"),
                member_text(flag, "state"));
    }
}

static void print_cluster_json(struct run *run, const struct facts *facts)
{
    const char *node = member_text(facts->node, "name");
    json_t *alarms = json_object_get(facts->alarms.json, "alarms");
    json_t *told =
        json_pack("{s:o,s:s,s:[s],s:[],s:[s],s:{},s:O,s:{s:s},s:{s:o},s:{s:{s:s,s:s,s:s}}}",
                  "alarms", alarms ? json_incref(alarms) : json_array(), "cluster_name",
                  member_text(facts->overview.json, "cluster_name"), "disk_nodes", node,
                  "ram_nodes", "running_nodes", node, "partitions", "feature_flags",
                  facts->flags.json, "maintenance_status", node, maintenance_of(facts), "listeners",
                  node, listeners_json(facts->overview.json), "versions", node, "rabbitmq_name",
                  member_text(facts->overview.json, "product_name"), "rabbitmq_version",
                  member_text(facts->overview.json, "rabbitmq_version"), "erlang_version",
                  member_text(facts->overview.json, "erlang_version"));
    run_tell(run, told);
}

static int cluster_status(struct run *run)
{
    struct facts facts = {.node = NULL};
    run_banner(run, "Cluster status of node %s ...", run_node(run));
    int code = facts_gather(run, &facts);
    if (code == EXIT_OK && run_wants_data(run)) {
        print_cluster_json(run, &facts);
    } else if (code == EXIT_OK) {
        print_cluster(run, &facts);
    }
    facts_finish(&facts);
    return code;
}

/* The parts of the memory if the broker knows them, else the whole. */
static json_t *memory_parts(const struct facts *facts, const struct answer *memory)
{
    json_t *parts = json_object_get(memory->json, "memory");
    return json_is_object(parts)
               ? json_deep_copy(parts)
               : json_pack("{s:I}", "total", (json_int_t)fact_number(facts->node, "mem_used"));
}

struct part {
    const char *name; // borrowed
    double octets;
};

static int by_size(const void *a, const void *b)
{
    double left = ((const struct part *)a)->octets, right = ((const struct part *)b)->octets;
    return (left < right) - (left > right);
}

/* The largest first. */
static size_t sort_parts(const json_t *object, struct part *out)
{
    const char *name;
    json_t *value;
    size_t count = 0;
    json_object_foreach((json_t *)object, name, value)
    {
        if (json_is_number(value) && count < PARTS_MAX) {
            out[count++] = (struct part){name, json_number_value(value)};
        }
    }
    qsort(out, count, sizeof *out, by_size);
    return count;
}

static double percentage_of(const struct part *part, double whole)
{
    return whole > 0 ? 100 * part->octets / whole : 0;
}

static int print_parts(struct run *run, const json_t *object, double whole)
{
    struct part parts[PARTS_MAX];
    size_t count = sort_parts(object, parts);
    json_t *told = json_object();
    for (size_t i = 0; i < count; i++) {
        double percentage = percentage_of(&parts[i], whole);
        if (!run_wants_data(run)) {
            fprintf(run->out, "%s: %.4f %s (%.2f%%)\n", parts[i].name,
                    parts[i].octets / divisor_of(unit_of(run)), unit_of(run), percentage);
        }
        percentage = (double)(long long)(percentage * 100 + 0.5) / 100;
        json_object_set_new(
            told, parts[i].name,
            json_pack("{s:I,s:f}", "bytes", (json_int_t)parts[i].octets, "percentage", percentage));
    }
    if (run_wants_data(run)) {
        return run_tell(run, told);
    }
    json_decref(told);
    return EXIT_OK;
}

static int memory_breakdown(struct run *run)
{
    struct facts facts = {.node = NULL};
    struct answer memory = {.status = 0};
    if (!has_unit(run)) {
        return EXIT_USAGE;
    }
    run_banner(run, "Reporting memory breakdown on node %s...", run_node(run));
    int code = facts_gather(run, &facts);
    if (code == EXIT_OK) {
        code = run_ask(run,
                       (struct question){.method = "GET",
                                         .path = http_path("nodes", run_node(run), "memory", NULL)},
                       &memory);
    }
    json_t *parts = memory_parts(&facts, &memory);
    if (code == EXIT_OK) {
        code = print_parts(run, parts, (double)fact_number(facts.node, "mem_used"));
    }
    json_decref(parts);
    answer_finish(&memory);
    facts_finish(&facts);
    return code;
}

static const struct command commands[] = {
    {.name = "cluster_status",
     .usage = "",
     .help = "Displays the node, its listeners, alarms and feature flags",
     .run = cluster_status},
    {.name = "memory_breakdown",
     .usage = "[--unit <unit>]",
     .help = "Tells what the memory is used for",
     .options = "unit=",
     .run = memory_breakdown},
    {.name = "status",
     .usage = "[--unit <unit>]",
     .help = "Displays status of a node",
     .options = "unit=",
     .run = status},
};

const struct command_group group_status = COMMAND_GROUP("Status", commands);
