#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/listing.h"

/* {"value":…} of a text in JSON; NULL and told if it is none. */
static json_t *body_of(const struct run *run, const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &error);
    if (!value) {
        run_fail(run, EXIT_UNAVAILABLE, "JSON decoding error. Reason: %s", error.text);
        return NULL;
    }
    return json_pack("{s:o}", "value", value);
}

static int put(struct run *run, char *path, const char *text)
{
    json_t *body = body_of(run, text);
    if (!body) {
        free(path);
        return EXIT_UNAVAILABLE;
    }
    return run_change(run, (struct question){.method = "PUT", .path = path}, body);
}

static int clear(struct run *run, char *path)
{
    struct answer answer = {.status = 0};
    int code = run_ask(run, (struct question){.method = "DELETE", .path = path}, &answer);
    if (code == EXIT_OK && answer.status == 404) {
        code = run_fail(run, EXIT_UNAVAILABLE, "Parameter does not exist");
    } else if (code == EXIT_OK && answer.status >= 400) {
        code = run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(&answer));
    }
    answer_finish(&answer);
    return code;
}

static int set_parameter(struct run *run)
{
    const char *component = run_argument(run, 0), *name = run_argument(run, 1);
    run_banner(
        run, "Setting runtime parameter \"%s\" for component \"%s\" to \"%s\" in vhost \"%s\" ...",
        name, component, run_argument(run, 2), run_vhost(run));
    return put(run, http_path("parameters", component, run_vhost(run), name, NULL),
               run_argument(run, 2));
}

static int clear_parameter(struct run *run)
{
    const char *component = run_argument(run, 0), *name = run_argument(run, 1);
    run_banner(run, "Clearing runtime parameter \"%s\" for component \"%s\" on vhost \"%s\" ...",
               name, component, run_vhost(run));
    return clear(run, http_path("parameters", component, run_vhost(run), name, NULL));
}

static int set_global_parameter(struct run *run)
{
    run_banner(run, "Setting global runtime parameter \"%s\" to \"%s\" ...", run_argument(run, 0),
               run_argument(run, 1));
    return put(run, http_path("global-parameters", run_argument(run, 0), NULL),
               run_argument(run, 1));
}

static int clear_global_parameter(struct run *run)
{
    run_banner(run, "Clearing global runtime parameter \"%s\" ...", run_argument(run, 0));
    return clear(run, http_path("global-parameters", run_argument(run, 0), NULL));
}

static const struct column parameter_columns[] = {
    {"component", "component", COLUMN_PLAIN},
    {"name", "name", COLUMN_PLAIN},
    {"value", "value", COLUMN_JSON},
    {"vhost", "vhost", COLUMN_PLAIN},
};

/* Names of global parameters are words. */
static const struct column global_columns[] = {
    {"name", "name", COLUMN_ATOM},
    {"value", "value", COLUMN_JSON},
};

static const struct listing of_vhost = {
    .columns = parameter_columns, .count = 4, .shown = "component name value"};

static const struct listing global = {
    .banner = "Listing global runtime parameters ...",
    .path = "global-parameters",
    .scope = LISTING_ALL,
    .columns = global_columns,
    .count = 2,
    .shown = "name value",
};

/* The API lists by component only, or all. */
static int list_parameters(struct run *run)
{
    size_t index;
    json_t *parameter;
    struct answer answer = {.status = 0};
    run_banner(run, "Listing runtime parameters for vhost \"%s\" ...", run_vhost(run));
    struct question question = {.method = "GET", .path = http_path("parameters", NULL)};
    int code = run_demand(run, question, &answer);
    if (code == EXIT_OK) {
        int exists = run_exists(run, http_path("vhosts", run_vhost(run), NULL));
        code = exists < 0 ? -exists : exists ? EXIT_OK : run_no_vhost(run, run_vhost(run));
    }
    json_t *rows = json_array();
    json_array_foreach(answer.json, index, parameter)
    {
        if (strcmp(member_text(parameter, "vhost"), run_vhost(run)) == 0) {
            json_array_append(rows, parameter);
        }
    }
    if (code == EXIT_OK) {
        code = listing_print(run, &of_vhost, rows);
    }
    json_decref(rows);
    answer_finish(&answer);
    return code;
}

static const struct command commands[] = {
    {.name = "clear_global_parameter",
     .usage = "<name>",
     .help = "Clears a global runtime parameter",
     .least = 1,
     .most = 1,
     .run = clear_global_parameter},
    {.name = "clear_parameter",
     .usage = "[--vhost <vhost>] <component_name> <name>",
     .help = "Clears a runtime parameter",
     .least = 2,
     .most = 2,
     .run = clear_parameter},
    {.name = "list_global_parameters",
     .usage = "[--no-table-headers]",
     .help = "Lists global runtime parameters",
     .run = listing_run,
     .listing = &global},
    {.name = "list_parameters",
     .usage = "[--vhost <vhost>] [--no-table-headers]",
     .help = "Lists runtime parameters for a virtual host",
     .run = list_parameters},
    {.name = "set_global_parameter",
     .usage = "<name> <value>",
     .help = "Sets a global runtime parameter",
     .least = 2,
     .most = 2,
     .run = set_global_parameter},
    {.name = "set_parameter",
     .usage = "[--vhost <vhost>] <component_name> <name> <value>",
     .help = "Sets a runtime parameter",
     .least = 3,
     .most = 3,
     .run = set_parameter},
};

const struct command_group group_parameters = COMMAND_GROUP("Parameters", commands);
