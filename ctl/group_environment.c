#include "ctl/groups.h"

#include <string.h>

#include "ctl/run.h"

static int version(struct run *run)
{
    struct answer answer = {.status = 0};
    if (strcmp(run->command->name, "server_version") == 0) {
        run_banner(run, "Asking node %s for its RabbitMQ version...", run_node(run));
    }
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("overview", NULL)}, &answer);
    const char *text = member_text(answer.json, "rabbitmq_version");
    if (code == EXIT_OK && run->formatter == FORMATTER_JSON) {
        fprintf(run->out, "{\"result\":\"ok\",\"value\":\"%s\"}\n", text);
    } else if (code == EXIT_OK) {
        fprintf(run->out, "%s\n", text);
    }
    answer_finish(&answer);
    return code;
}

static int environment(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Application environment of node %s ...", run_node(run));
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("leveret", "settings", NULL)},
        &answer);
    if (code == EXIT_OK) {
        fputs(member_text(answer.json, "settings"), run->out);
    }
    answer_finish(&answer);
    return code;
}

/* Everything that somebody who is to help may want to know. */
static int report(struct run *run)
{
    static const char *const parts[] = {
        "status",          "cluster_status",        "environment",      "list_connections",
        "list_channels",   "list_vhosts",           "list_queues",      "list_exchanges",
        "list_bindings",   "list_consumers",        "list_permissions", "list_policies",
        "list_parameters", "list_global_parameters"};
    int code = EXIT_OK;
    run_banner(run, "Reporting server status of node %s ...", run_node(run));
    for (size_t i = 0; i < sizeof parts / sizeof *parts && code == EXIT_OK; i++) {
        fputc('\n', run->out);
        run->command = command_find(TOOL_CTL, parts[i]);
        code = run->command->run(run);
    }
    return code;
}

static int set_cluster_name(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Setting cluster name to %s ...", name);
    return run_change(run,
                      (struct question){.method = "PUT", .path = http_path("cluster-name", NULL)},
                      json_pack("{s:s}", "name", name));
}

static const struct command commands[] = {
    {.name = "environment",
     .usage = "",
     .help = "Displays the broker's settings, without passwords",
     .run = environment},
    {.name = "report",
     .usage = "[--vhost <vhost>]",
     .help = "Prints the status, the settings, and what is in the virtual host",
     .run = report},
    {.name = "server_version",
     .usage = "",
     .help = "Displays the version of RabbitMQ that the broker stands for",
     .run = version},
    {.name = "set_cluster_name",
     .usage = "<name>",
     .help = "Sets the cluster name",
     .least = 1,
     .most = 1,
     .run = set_cluster_name},
    {.name = "version",
     .usage = "",
     .help = "Displays the version of RabbitMQ that the broker stands for",
     .run = version},
};

const struct command_group group_environment =
    COMMAND_GROUP("Configuration and Environment", commands);
