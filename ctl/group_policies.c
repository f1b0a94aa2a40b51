#include "ctl/groups.h"

#include <string.h>

#include "ctl/listing.h"

static bool is_operator(const struct run *run)
{
    return strstr(run->command->name, "operator") != NULL;
}

static char *policy_path(const struct run *run, const char *name)
{
    return http_path(is_operator(run) ? "operator-policies" : "policies", run_vhost(run), name,
                     NULL);
}

static int put_policy(struct run *run, json_t *body)
{
    struct answer answer = {.status = 0};
    struct question question = {
        .method = "PUT", .path = policy_path(run, run_argument(run, 0)), .body = body};
    int code = run_ask(run, question, &answer);
    if (code == EXIT_OK && answer.status == 404) {
        code = run_no_vhost(run, run_vhost(run));
    } else if (code == EXIT_OK && answer.status >= 400) {
        code = run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(&answer));
    }
    answer_finish(&answer);
    json_decref(body);
    return code;
}

static int set_policy(struct run *run)
{
    json_error_t error;
    const char *name = run_argument(run, 0), *pattern = run_argument(run, 1);
    const char *definition = run_argument(run, 2);
    const char *apply_to = options_value(&run->options, "apply-to");
    long priority = run_number(run, "priority", 0);
    if (priority < 0) {
        return run_misuse(run, EXIT_USAGE, "the priority must be a whole number");
    }
    run_banner(run,
               "Setting %s \"%s\" for pattern \"%s\" to \"%s\" with priority \"%ld\" for vhost "
               "\"%s\" ...",
               is_operator(run) ? "operator policy override" : "policy", name, pattern, definition,
               priority, run_vhost(run));
    json_t *parsed = json_loads(definition, 0, &error);
    if (!parsed) {
        return run_fail(run, EXIT_UNAVAILABLE, "JSON decoding error. Reason: %s", error.text);
    }
    return put_policy(run, json_pack("{s:s,s:o,s:i,s:s}", "pattern", pattern, "definition", parsed,
                                     "priority", (int)priority, "apply-to",
                                     apply_to ? apply_to : "all"));
}

static int clear_policy(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Clearing %s \"%s\" on vhost \"%s\" ...",
               is_operator(run) ? "operator policy" : "policy", name, run_vhost(run));
    int exists = run_exists(run, policy_path(run, name));
    if (exists <= 0) {
        return exists < 0 ? -exists : run_fail(run, EXIT_UNAVAILABLE, "Parameter does not exist");
    }
    return run_change(run, (struct question){.method = "DELETE", .path = policy_path(run, name)},
                      NULL);
}

#define PLAIN(name)                                                                                \
    {                                                                                              \
        name, name, COLUMN_PLAIN                                                                   \
    }

static const struct column policy_columns[] = {
    PLAIN("vhost"),
    PLAIN("name"),
    PLAIN("pattern"),
    PLAIN("apply-to"),
    {"definition", "definition", COLUMN_JSON},
    PLAIN("priority"),
};

#define COLUMNS .columns = policy_columns, .count = 6

static const struct listing policies = {
    .banner = "Listing policies for vhost \"%s\" ...",
    .path = "policies",
    .scope = LISTING_VHOST,
    .shown = "vhost name pattern apply-to definition priority",
    COLUMNS,
};

static const struct listing operator_policies = {
    .banner = "Listing operator policy overrides for vhost \"%s\" ...",
    .path = "operator-policies",
    .scope = LISTING_VHOST,
    .shown = "vhost name pattern apply-to definition priority",
    COLUMNS,
};

#define SET_USAGE                                                                                  \
    "[--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> "          \
    "<definition>"

static const struct command commands[] = {
    {.name = "clear_operator_policy",
     .usage = "[--vhost <vhost>] <name>",
     .help = "Clears an operator policy",
     .least = 1,
     .most = 1,
     .run = clear_policy},
    {.name = "clear_policy",
     .usage = "[--vhost <vhost>] <name>",
     .help = "Clears (removes) a policy",
     .least = 1,
     .most = 1,
     .run = clear_policy},
    {.name = "list_operator_policies",
     .usage = "[--vhost <vhost>] [--no-table-headers]",
     .help = "Lists operator policy overrides for a virtual host",
     .run = listing_run,
     .listing = &operator_policies},
    {.name = "list_policies",
     .usage = "[--vhost <vhost>] [--no-table-headers]",
     .help = "Lists all policies in a virtual host",
     .run = listing_run,
     .listing = &policies},
    {.name = "set_operator_policy",
     .usage = SET_USAGE,
     .help = "Sets an operator policy that overrides a subset of arguments in user policies",
     .options = "priority= apply-to=",
     .least = 3,
     .most = 3,
     .run = set_policy},
    {.name = "set_policy",
     .usage = SET_USAGE,
     .help = "Sets or updates a policy",
     .options = "priority= apply-to=",
     .least = 3,
     .most = 3,
     .run = set_policy},
};

const struct command_group group_policies = COMMAND_GROUP("Policies", commands);
