#include "ctl/groups.h"

#include <string.h>

#include "conf/format.h"
#include "ctl/listing.h"

/* What is not to be used any more: features, and policies for mirrors. */

static const struct column feature_columns[] = {
    {"name", "name", COLUMN_ATOM},   {"deprecation_phase", "deprecation_phase", COLUMN_ATOM},
    {"state", "state", COLUMN_ATOM}, {"provided_by", "provided_by", COLUMN_ATOM},
    {"desc", "desc", COLUMN_PLAIN},  {"doc_url", "doc_url", COLUMN_PLAIN},
};

#define FEATURES(said, which)                                                                      \
    {                                                                                              \
        .banner = said, .path = "deprecated-features", .part = which, .scope = LISTING_ALL,        \
        .columns = feature_columns, .count = sizeof feature_columns / sizeof *feature_columns,     \
        .shown = "name deprecation_phase state",                                                   \
    }

static const struct listing every_feature = FEATURES("Listing deprecated features ...", NULL);
static const struct listing used_features =
    FEATURES("Listing deprecated features in use ...", "used");

static struct question get(char *path)
{
    return (struct question){.method = "GET", .path = path};
}

static int list_features(struct run *run)
{
    struct command used = *run->command;
    used.listing = &used_features;
    if (options_has(&run->options, "used")) {
        run->command = &used;
    }
    int code = listing_run(run);
    run->command = command_find(TOOL_CTL, used.name);
    return code;
}

static int tell_used(struct run *run, const json_t *used)
{
    size_t index;
    json_t *feature;
    json_t *names = json_array();
    json_array_foreach(used, index, feature)
    {
        json_array_append_new(names, json_string(member_text(feature, "name")));
    }
    if (run->formatter == FORMATTER_JSON) {
        return run_tell_failure(
            run, json_pack("{s:o,s:s,s:s}", "deprecated_features", names, "message",
                           "Cluster reported deprecated features in use", "result", "error"));
    }
    fputs("Error:\n", run->err);
    json_array_foreach(names, index, feature)
    {
        fprintf(run->err, "%s\n", json_string_value(feature));
    }
    json_decref(names);
    return EXIT_UNAVAILABLE;
}

static int check_features(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Checking if any deprecated features are used ...");
    int code = run_demand(run, get(http_path("deprecated-features", "used", NULL)), &answer);
    if (code == EXIT_OK) {
        code = json_array_size(answer.json) > 0
                   ? tell_used(run, answer.json)
                   : run_pass(run, "Cluster reported no deprecated features in use");
    }
    answer_finish(&answer);
    return code;
}

static const struct column policy_columns[] = {
    {"vhost", "vhost", COLUMN_PLAIN},          {"name", "name", COLUMN_PLAIN},
    {"pattern", "pattern", COLUMN_PLAIN},      {"apply-to", "apply-to", COLUMN_PLAIN},
    {"definition", "definition", COLUMN_JSON}, {"priority", "priority", COLUMN_PLAIN},
};

static const struct listing policies = {
    .columns = policy_columns,
    .count = sizeof policy_columns / sizeof *policy_columns,
    .shown = "vhost name pattern apply-to definition priority",
};

/* Leaves those policies that are for mirrors. */
static void keep_mirroring(json_t *list)
{
    for (size_t i = json_array_size(list); i-- > 0;) {
        const json_t *definition = json_object_get(json_array_get(list, i), "definition");
        if (!json_object_get(definition, "ha-mode")) {
            json_array_remove(list, i);
        }
    }
}

static int find_mirroring(struct run *run, const char *path, struct answer *answer)
{
    int code = run_demand(run, get(http_path(path, NULL)), answer);
    keep_mirroring(answer->json);
    return code;
}

static int list_mirroring(struct run *run)
{
    struct answer answer = {.status = 0};
    bool operator= strstr(run->command->name, "operator") != NULL;
    run_banner(run,
               "Listing %spolicies with classic queue mirroring ...", operator? "operator " : "");
    int code = find_mirroring(run, operator? "operator-policies" : "policies", &answer);
    if (code == EXIT_OK) {
        code = listing_print(run, &policies, answer.json);
    }
    answer_finish(&answer);
    return code;
}

static void print_mirroring(struct run *run, const char *what, const json_t *list)
{
    size_t index;
    json_t *policy;
    json_array_foreach(list, index, policy)
    {
        fprintf(run->err, "%s %s enables classic queue mirroring\n", what,
                member_text(policy, "name"));
    }
}

static int tell_mirroring(struct run *run, json_t *users, json_t *operators)
{
    if (json_array_size(users) + json_array_size(operators) == 0) {
        return run_pass(run, "Cluster reported no policies that enable classic queue mirroring");
    }
    if (run->formatter == FORMATTER_JSON) {
        return run_tell_failure(
            run, json_pack("{s:s,s:O,s:O,s:s}", "message",
                           "Cluster reported policies enabling classic queue mirroring",
                           "operator_policies", operators, "policies", users, "result", "error"));
    }
    fputs("Error:\n", run->err);
    print_mirroring(run, "Policy", users);
    print_mirroring(run, "Operator policy", operators);
    return EXIT_UNAVAILABLE;
}

static int check_mirroring(struct run *run)
{
    struct answer users = {.status = 0}, operators = {.status = 0};
    run_banner(run, "Checking if cluster has any classic queue mirroring policy ...");
    int code = find_mirroring(run, "policies", &users);
    if (code == EXIT_OK) {
        code = find_mirroring(run, "operator-policies", &operators);
    }
    if (code == EXIT_OK) {
        code = tell_mirroring(run, users.json, operators.json);
    }
    answer_finish(&users);
    answer_finish(&operators);
    return code;
}

static const struct command commands[] = {
    {.name = "check_if_any_deprecated_features_are_used",
     .usage = "",
     .help = "Exits with a non-zero code if deprecated features are used",
     .run = check_features},
    {.name = "check_if_cluster_has_classic_queue_mirroring_policy",
     .usage = "",
     .help = "Exits with a non-zero code if there are policies for mirrors",
     .run = check_mirroring},
    {.name = "list_deprecated_features",
     .usage = "[--used] [<column> ...]",
     .help = "Lists deprecated features",
     .options = "used",
     .most = ANY_NUMBER,
     .run = list_features,
     .listing = &every_feature,
     .pretty = true},
    {.name = "list_operator_policies_with_classic_queue_mirroring",
     .usage = "[--no-table-headers]",
     .help = "Lists operator policies for mirrors, which change nothing",
     .run = list_mirroring},
    {.name = "list_policies_with_classic_queue_mirroring",
     .usage = "[--no-table-headers]",
     .help = "Lists policies for mirrors, which change nothing",
     .run = list_mirroring},
};

const struct command_group group_deprecated = COMMAND_GROUP("Deprecated features", commands);
