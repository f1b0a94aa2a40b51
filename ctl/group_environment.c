#include "ctl/groups.h"

#include <string.h>

#include "ctl/run.h"

/* A version: as JSON a value, which of the tools is an object. */
static int print_value(struct run *run, const char *text)
{
    bool tools = strcmp(run->command->name, "version") == 0;
    if (run->formatter == FORMATTER_CSV && tools) {
        fprintf(run->out, "\"version\"\n\"%s\"\n", text);
        return EXIT_OK;
    }
    if (run->formatter != FORMATTER_JSON) {
        return run_say(run, "%s", text);
    }
    return run_tell(run, tools ? json_pack("{s:s,s:s,s:{s:s}}", "node", run_node(run), "result",
                                           "ok", "value", "version", text)
                               : json_pack("{s:s,s:s}", "result", "ok", "value", text));
}

static int version(struct run *run)
{
    struct answer answer = {.status = 0};
    if (strcmp(run->command->name, "server_version") == 0) {
        run_banner(run, "Asking node %s for its RabbitMQ version...", run_node(run));
    }
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("overview", NULL)}, &answer);
    if (code == EXIT_OK) {
        print_value(run, member_text(answer.json, "rabbitmq_version"));
    }
    answer_finish(&answer);
    return code;
}

/* In place of Erlang's: what the broker calls its runtime. */
static int erlang_version(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Asking node %s for its Erlang/OTP version...", run_node(run));
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("overview", NULL)}, &answer);
    if (code == EXIT_OK) {
        print_value(run, member_text(answer.json, "erlang_full_version"));
    }
    answer_finish(&answer);
    return code;
}

/* Memory that is not needed is given back by itself. */
static int force_gc(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Will ask all processes on node %s to schedule a full sweep GC", run_node(run));
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("whoami", NULL)}, &answer);
    answer_finish(&answer);
    return code;
}

static int hipe_compile(struct run *run)
{
    return run_say(run, "This command is a no-op. There is no Erlang here to compile");
}

/* The commands that begin so. */
static int autocomplete(struct run *run)
{
    const struct command_group *group;
    const char *prefix = run_argument(run, 0);
    for (size_t i = 0; (group = command_group(TOOL_EVERY, i)); i++) {
        for (size_t j = 0; j < group->count; j++) {
            if (strncmp(group->commands[j].name, prefix, strlen(prefix)) == 0) {
                fprintf(run->out, "%s\n", group->commands[j].name);
            }
        }
    }
    return EXIT_OK;
}

/* {"rabbit":{"key":"value"}} of lines "key = value". */
static void print_settings(struct run *run, const char *text)
{
    json_t *settings = json_object();
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t key = strcspn(line, " =\n");
        const char *value = line + key + strspn(line + key, " =");
        json_object_setn_new(settings, line, key, json_stringn(value, strcspn(value, "\n")));
    }
    json_t *told = json_pack("{s:o}", "rabbit", settings);
    run_tell(run, told);
}

static int environment(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Application environment of node %s ...", run_node(run));
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("leveret", "settings", NULL)},
        &answer);
    if (code == EXIT_OK && run_wants_data(run)) {
        print_settings(run, member_text(answer.json, "settings"));
    } else if (code == EXIT_OK) {
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
    {.name = "autocomplete",
     .usage = "<prefix>",
     .help = "Lists the commands that begin so",
     .least = 1,
     .most = 1,
     .run = autocomplete},
    {.name = "environment",
     .usage = "",
     .help = "Displays the broker's settings, without passwords",
     .run = environment},
    {.name = "erlang_version",
     .usage = "[--details]",
     .help = "Displays the version of what the broker runs on, which is no Erlang",
     .options = "details offline",
     .run = erlang_version},
    {.name = "force_gc",
     .usage = "",
     .help = "Does nothing: memory is given back by itself",
     .run = force_gc},
    {.name = "hipe_compile",
     .usage = "[<directory>]",
     .help = "Does nothing: there is no Erlang here",
     .most = ANY_NUMBER,
     .run = hipe_compile},
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
