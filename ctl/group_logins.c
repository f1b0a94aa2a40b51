#include "ctl/groups.h"

#include <string.h>

#include "ctl/listing.h"

static char *attempts_path(struct run *run, bool by_source)
{
    return http_path("auth", "attempts", run_node(run), by_source ? "source" : NULL, NULL);
}

#define PLAIN(name)                                                                                \
    {                                                                                              \
        name, name, COLUMN_PLAIN                                                                   \
    }

static const struct column columns[] = {
    PLAIN("remote_address"),
    PLAIN("username"),
    PLAIN("protocol"),
    PLAIN("auth_attempts"),
    PLAIN("auth_attempts_failed"),
    PLAIN("auth_attempts_succeeded"),
};

#define COLUMNS .columns = columns, .count = sizeof columns / sizeof *columns

static const struct listing by_protocol = {
    .shown = "protocol auth_attempts auth_attempts_failed auth_attempts_succeeded", COLUMNS};

static const struct listing by_source = {
    .shown = "remote_address username protocol auth_attempts auth_attempts_failed "
             "auth_attempts_succeeded",
    COLUMNS};

static int print_attempts(struct run *run, const struct listing *listing, json_t *attempts)
{
    if (run->formatter == FORMATTER_JSON) {
        json_t *told =
            json_pack("{s:O,s:s,s:s}", "attempts", attempts, "node", run_node(run), "result", "ok");
        run_tell(run, told);
        return EXIT_OK;
    }
    if (json_array_size(attempts) == 0) {
        return run_say(run, "Node %s reported no authentication attempt stats", run_node(run));
    }
    return listing_print(run, listing, attempts);
}

static int list_attempts(struct run *run)
{
    struct answer answer = {.status = 0};
    bool source = options_has(&run->options, "by-source");
    run_banner(run, "Listing authentication\n attempts for node \"%s\" ...", run_node(run));
    struct question question = {.method = "GET", .path = attempts_path(run, source)};
    int code = run_demand(run, question, &answer);
    if (code == EXIT_OK) {
        code = print_attempts(run, source ? &by_source : &by_protocol, answer.json);
    }
    answer_finish(&answer);
    return code;
}

static int reset_attempts(struct run *run)
{
    run_banner(run, "Reset auth attempt metrics on node %s ...", run_node(run));
    struct question sources = {.method = "DELETE", .path = attempts_path(run, true)};
    int code = run_change(run, sources, NULL);
    if (code == EXIT_OK) {
        struct question protocols = {.method = "DELETE", .path = attempts_path(run, false)};
        code = run_change(run, protocols, NULL);
    }
    return code;
}

static const struct command commands[] = {
    {.name = "list_node_auth_attempt_stats",
     .usage = "[--by-source]",
     .help = "Lists how many logins there were, and how many failed",
     .options = "by-source",
     .run = list_attempts},
    {.name = "reset_node_auth_attempt_metrics",
     .usage = "",
     .help = "Counts logins from zero again",
     .run = reset_attempts},
};

const struct command_group group_logins = COMMAND_GROUP("Logins", commands);
