#include "ctl/groups.h"

#include <string.h>

#include "ctl/listing.h"

static const struct column flag_columns[] = {
    {"name", "name", COLUMN_ATOM},           {"state", "state", COLUMN_ATOM},
    {"stability", "stability", COLUMN_ATOM}, {"provided_by", "provided_by", COLUMN_ATOM},
    {"desc", "desc", COLUMN_PLAIN},          {"doc_url", "doc_url", COLUMN_PLAIN},
};

static const struct listing flags = {
    .banner = "Listing feature flags ...",
    .path = "feature-flags",
    .scope = LISTING_ALL,
    .columns = flag_columns,
    .count = sizeof flag_columns / sizeof *flag_columns,
    .shown = "name state",
};

static bool is_named(const json_t *list, const char *name)
{
    size_t index;
    json_t *flag;
    json_array_foreach(list, index, flag)
    {
        if (strcmp(member_text(flag, "name"), name) == 0) {
            return true;
        }
    }
    return false;
}

/* What there is is enabled; it cannot be otherwise. */
static int enable_feature_flag(struct run *run)
{
    const char *name = run_argument(run, 0);
    bool all = strcmp(name, "all") == 0;
    struct answer answer = {.status = 0};
    if (all) {
        run_banner(run, "Enabling all feature flags ...");
    } else {
        run_banner(run, "Enabling feature flag \"%s\" ...", name);
    }
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("feature-flags", NULL)}, &answer);
    if (code == EXIT_OK && !all && !is_named(answer.json, name)) {
        code = run_fail(run, EXIT_USAGE, "This feature flag is not supported by node %s",
                        run_node(run));
    }
    answer_finish(&answer);
    return code;
}

static const struct command commands[] = {
    {.name = "enable_feature_flag",
     .usage = "<all | feature_flag>",
     .help = "Changes nothing: every feature flag that there is is enabled",
     .options = "experimental opt-in",
     .least = 1,
     .most = 1,
     .run = enable_feature_flag},
    {.name = "list_feature_flags",
     .usage = "[<column>, ...]",
     .help = "Lists feature flags",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &flags},
};

const struct command_group group_features = COMMAND_GROUP("Feature flags", commands);
