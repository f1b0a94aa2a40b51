#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/run.h"

static struct question get(char *path)
{
    return (struct question){.method = "GET", .path = path};
}

static int ping(struct run *run)
{
    long process;
    long seconds = run_number(run, "timeout", 60);
    run_banner(run,
               "Will ping %s. This only checks if the OS process is running and answers. "
               "Timeout: %ld ms.",
               run_node(run), seconds * 1000);
    if (seconds == 0 || !run_reach(run, &process)) {
        return run_fail(run, EXIT_UNAVAILABLE, "Failed to connect and authenticate to %s in %ld ms",
                        run_node(run), seconds * 1000);
    }
    return run_say(run, "Ping succeeded");
}

/* Whether the broker answers, which it does once it has started, and lets clients in. */
static bool answers(struct run *run)
{
    long process;
    struct answer answer = {.status = 0};
    struct question question = {.method = "GET"};
    if (!run_reach(run, &process)) {
        return false;
    }
    question.path = http_path("leveret", "listeners", NULL);
    int code = run_ask(run, question, &answer);
    bool open = code == EXIT_OK && answer.status == 200 &&
                !json_is_true(json_object_get(answer.json, "suspended"));
    answer_finish(&answer);
    return open;
}

static int check_running(struct run *run)
{
    run_banner(run, "Checking if RabbitMQ is running on node %s ...", run_node(run));
    if (!answers(run)) {
        return run_fail(run, EXIT_UNAVAILABLE,
                        "RabbitMQ on node %s is not running or has not fully booted yet (check "
                        "with is_booting)",
                        run_node(run));
    }
    return run_say(run, "RabbitMQ on node %s is fully booted and running", run_node(run));
}

/* A text, and what it means to a program. Gives the text back. */
static int answer_question(struct run *run, struct bytes *text, bool result)
{
    if (run->formatter == FORMATTER_JSON) {
        json_t *told = json_pack("{s:s%,s:b}", "message", (const char *)text->ptr, text->len,
                                 "result", result);
        run_tell(run, told);
    } else {
        run_say(run, "%.*s", (int)text->len, (const char *)text->ptr);
    }
    bytes_finish(text);
    return EXIT_OK;
}

static int is_running(struct run *run)
{
    run_banner(run, "Asking node %s for its status ...", run_node(run));
    bool running = answers(run);
    struct bytes text = {0};
    format_add(&text,
               running ? "RabbitMQ on node %s is fully booted and running"
                       : "RabbitMQ on node %s is not running or has not fully booted yet (check "
                         "with is_booting)",
               run_node(run));
    return answer_question(run, &text, running);
}

/* A broker that answers has booted. */
static int is_booting(struct run *run)
{
    run_banner(run, "Asking node %s for its boot status ...", run_node(run));
    struct bytes text = {0};
    format_add(&text,
               "RabbitMQ on node %s is fully booted (check with is_running), stopped or has not "
               "started booting yet",
               run_node(run));
    return answer_question(run, &text, false);
}

static void print_alarms(FILE *out, const char *node, const json_t *alarms)
{
    size_t index;
    json_t *alarm;
    json_array_foreach(alarms, index, alarm)
    {
        const char *resource = member_text(alarm, "resource");
        fprintf(out, "%s alarm on node %s\n",
                strcmp(resource, "disk") == 0 ? "Free disk space" : "Memory", node);
    }
}

static bool is_check(const struct run *run)
{
    return strncmp(run->command->name, "check", 5) == 0;
}

/* `alarms` only tells; the checks fail. */
static int tell_alarms(struct run *run, const struct answer *answer)
{
    bool local = strcmp(run->command->name, "check_local_alarms") == 0;
    json_t *alarms = json_object_get(answer->json, "alarms");
    if (run->formatter == FORMATTER_JSON && (alarms || !is_check(run))) {
        json_t *told =
            json_pack("{s:o,s:s,s:s}", "alarms", alarms ? json_incref(alarms) : json_array(),
                      "node", run_node(run), "result", alarms && is_check(run) ? "error" : "ok");
        return alarms && is_check(run) ? run_tell_failure(run, told) : run_tell(run, told);
    }
    if (!alarms) {
        const char *none = local ? "Node %s reported no local alarms"
                                 : "Node %s reported no alarms, local or clusterwide";
        return is_check(run) ? run_pass(run, none, run_node(run))
                             : run_say(run, none, run_node(run));
    }
    FILE *out = is_check(run) ? run->err : run->out;
    fprintf(out, "%sNode %s reported alarms:\n", is_check(run) ? "Error:\n" : "", run_node(run));
    print_alarms(out, run_node(run), alarms);
    return is_check(run) ? EXIT_UNAVAILABLE : EXIT_OK;
}

static int alarms(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Asking node %s to report any %s resource alarms ...", run_node(run),
               is_check(run) ? "local" : "known");
    int code = run_ask(run, get(http_path("health", "checks", "local-alarms", NULL)), &answer);
    if (code == EXIT_OK) {
        code = tell_alarms(run, &answer);
    }
    answer_finish(&answer);
    return code;
}

/* A check that the API answers with 200 or 503. Takes the path. */
static int ask_check(struct run *run, char *path, const char *good)
{
    struct answer answer = {.status = 0};
    int code = run_ask(run, get(path), &answer);
    if (code == EXIT_OK && answer.status == 200) {
        code = run_pass(run, "%s", good);
    } else if (code == EXIT_OK) {
        code = run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(&answer));
    }
    answer_finish(&answer);
    return code;
}

static int check_virtual_hosts(struct run *run)
{
    char good[300];
    run_banner(run, "Checking if all vhosts are running on node %s ...", run_node(run));
    snprintf(good, sizeof good, "Node %.200s reported all vhosts as running", run_node(run));
    return ask_check(run, http_path("health", "checks", "virtual-hosts", NULL), good);
}

static bool is_period(const char *unit)
{
    static const char *const units[] = {"days", "weeks", "months", "years"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcasecmp(units[i], unit) == 0) {
            return true;
        }
    }
    return false;
}

static int check_certificate_expiration(struct run *run)
{
    char good[200], within[24];
    const char *unit = options_value(&run->options, "unit");
    long number = run_number(run, "within", 4);
    unit = unit ? unit : "weeks";
    if (!is_period(unit)) {
        return run_misuse(run, EXIT_USAGE,
                          "\"unit '%s' is not supported. Please use one of: days, weeks, months, "
                          "years\"",
                          unit);
    }
    if (number <= 0) {
        return run_misuse(run, EXIT_DATA, "Bad argument: --within must be a positive integer");
    }
    run_banner(run, "Checking certificate expiration on node %s ...", run_node(run));
    snprintf(within, sizeof within, "%ld", number);
    snprintf(good, sizeof good, "No certificates are expiring within %ld %.20s.", number, unit);
    return ask_check(
        run, http_path("health", "checks", "certificate-expiration", within, unit, NULL), good);
}

static int node_health_check(struct run *run)
{
    run_banner(run, "This command is DEPRECATED and will be removed in a future version.\n"
                    "It performs intrusive, opinionated health checks and requires a fully booted "
                    "node.");
    run_banner(run, "Checking health of node %s ...", run_node(run));
    return ask_check(run, http_path("health", "checks", "local-alarms", NULL),
                     "Health check passed");
}

static int check_single(struct run *run)
{
    struct answer answer = {.status = 0};
    bool quorum = strstr(run->command->name, "quorum") != NULL;
    run_banner(run, "Checking if node %s is critical for %s ...", run_node(run),
               quorum ? "quorum of any quorum queues"
                      : "data safety of any classic mirrored queues");
    int code = run_demand(run, get(http_path("health", "checks", "node-is-quorum-critical", NULL)),
                          &answer);
    answer_finish(&answer);
    if (code == EXIT_OK && run->formatter == FORMATTER_JSON) {
        return run_tell(run, json_pack("{s:s,s:s}", "message",
                                       "Target node seems to be the only one in a single node "
                                       "cluster, the check does not apply",
                                       "result", "ok"));
    }
    return code != EXIT_OK ? code
                           : run_pass(run,
                                      "Node %s seems to be the only one in a single node cluster, "
                                      "the check does not apply",
                                      run_node(run));
}

#define CHECK_COMMAND(called, does, function)                                                      \
    {                                                                                              \
        .name = called, .usage = "", .help = does, .run = function                                 \
    }

static int await_quorum(struct run *run)
{
    run_banner(run, "Will wait for a quorum + 1 of nodes to be online for all quorum queues ...");
    return answers(run) ? run_say(run, "Target node seems to be the only one in a single node "
                                       "cluster, the command does not apply")
                        : check_running(run);
}

static const struct command commands[] = {
    CHECK_COMMAND("alarms", "Lists resource alarms", alarms),
    CHECK_COMMAND("check_alarms", "Exits with a non-zero code if there are alarms", alarms),
    CHECK_COMMAND("await_online_quorum_plus_one", "Always succeeds: there is a single node",
                  await_quorum),
    {.name = "check_certificate_expiration",
     .usage = "[--within <period>] [--unit <unit>]",
     .help = "Exits with a non-zero code if a certificate expires soon",
     .options = "within= unit=",
     .run = check_certificate_expiration},
    CHECK_COMMAND("check_if_node_is_mirror_sync_critical",
                  "Always succeeds: there is a single node", check_single),
    CHECK_COMMAND("check_if_node_is_quorum_critical", "Always succeeds: there is a single node",
                  check_single),
    CHECK_COMMAND("check_local_alarms", "Exits with a non-zero code if there are alarms", alarms),
    CHECK_COMMAND("check_running", "Exits with a non-zero code if the broker does not run",
                  check_running),
    CHECK_COMMAND("check_virtual_hosts",
                  "Exits with a non-zero code if a virtual host does not run", check_virtual_hosts),
    CHECK_COMMAND("is_booting", "Tells whether the broker is starting", is_booting),
    CHECK_COMMAND("is_running", "Tells whether the broker runs", is_running),
    CHECK_COMMAND("node_health_check", "DEPRECATED. Checks for alarms", node_health_check),
    {.name = "ping",
     .usage = "",
     .help = "Checks that the broker's process answers",
     .patient = true,
     .run = ping},
};

const struct command_group group_checks = COMMAND_GROUP("Health checks", commands);
