#include "ctl/groups.h"

#include <regex.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/plugin_names.h"
#include "ctl/run.h"

static const struct plugin {
    const char *name;
    bool built_in;
} plugins[] = {
#define P(name, built_in) {name, built_in},
    PLUGINS(P)
#undef P
};

enum { PLUGIN_COUNT = sizeof plugins / sizeof *plugins };

static const struct plugin *find(const char *name)
{
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        if (strcmp(plugins[i].name, name) == 0) {
            return &plugins[i];
        }
    }
    return NULL;
}

static bool is_built_in(const char *name)
{
    const struct plugin *plugin = find(name);
    return plugin && plugin->built_in;
}

/* One argument may name several, with commas between them. */
static bool next_name(const char **at, struct bytes *name)
{
    *at += strspn(*at, ",");
    size_t len = strcspn(*at, ",");
    name->len = 0;
    format_add(name, "%.*s%c", (int)len, *at, '\0');
    *at += len;
    return len > 0;
}

/* The names for which `wanted` is false, each with `before` in front; all, if it is NULL. */
static void collect_missing(const struct run *run, bool (*wanted)(const char *), const char *before,
                            struct bytes *out)
{
    struct bytes name = {0};
    for (size_t i = 0; i < run->options.argument_count; i++) {
        for (const char *at = run->options.arguments[i]; next_name(&at, &name);) {
            if (!wanted || !wanted((const char *)name.ptr)) {
                format_add(out, "%s%s%s", out->len > 0 ? ", " : "", before, (const char *)name.ptr);
            }
        }
    }
    bytes_finish(&name);
}

static void collect_enabled(struct bytes *out)
{
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        if (plugins[i].built_in) {
            format_add(out, "%s%s", out->len > 0 ? ", " : "", plugins[i].name);
        }
    }
}

static void print_configured(const struct run *run)
{
    fputs("The following plugins have been configured:\n", run->out);
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        if (plugins[i].built_in) {
            fprintf(run->out, "  %s\n", plugins[i].name);
        }
    }
}

static void print_given(const struct run *run)
{
    if (options_has(&run->options, "quiet") || options_has(&run->options, "silent")) {
        return;
    }
    for (size_t i = 0; i < run->options.argument_count; i++) {
        fprintf(run->out, "%s\n", run->options.arguments[i]);
    }
}

static int unchanged(struct run *run)
{
    print_configured(run);
    fprintf(run->out, "Applying plugin configuration to %s...\nPlugin configuration unchanged.\n",
            run_node(run));
    return EXIT_OK;
}

/* Of what is there nothing has to be enabled; the rest cannot be. */
static int enable(struct run *run)
{
    struct bytes missing = {0};
    int code = EXIT_OK;
    if (run->options.argument_count == 0 && !options_has(&run->options, "all")) {
        return run_misuse(run, EXIT_USAGE, "not enough arguments.");
    }
    run_banner(run, "Enabling plugins on node %s:", run_node(run));
    print_given(run);
    collect_missing(run, is_built_in, ":", &missing);
    if (missing.len > 0) {
        code = run_fail(run, EXIT_SOFTWARE,
                        "{:plugins_not_found, [%.*s]}\nLeveret has no plugins but those that are "
                        "built in ('rabbitmq-plugins list')",
                        (int)missing.len, (const char *)missing.ptr);
    } else {
        code = unchanged(run);
    }
    bytes_finish(&missing);
    return code;
}

static bool can_be_off(const char *name)
{
    return !is_built_in(name);
}

/* What is not there is disabled already, as RabbitMQ finds; what is built in stays. */
static int disable(struct run *run)
{
    struct bytes fixed = {0};
    run_banner(run, "Disabling plugins on node %s:", run_node(run));
    print_given(run);
    collect_missing(run, can_be_off, ":", &fixed);
    int code = fixed.len == 0 && !options_has(&run->options, "all")
                   ? unchanged(run)
                   : run_fail(run, EXIT_UNAVAILABLE, "built in, and cannot be disabled: [%.*s]",
                              (int)fixed.len, fixed.ptr ? (const char *)fixed.ptr : "");
    bytes_finish(&fixed);
    return code;
}

static int is_enabled(struct run *run)
{
    struct bytes missing = {0}, given = {0}, enabled = {0};
    bool several = run->options.argument_count > 1;
    collect_missing(run, NULL, "", &given);
    collect_missing(run, is_built_in, "", &missing);
    collect_enabled(&enabled);
    run_banner(run, "Asking node %s if plugin%s %.*s %s enabled...", run_node(run),
               several ? "s" : "", (int)given.len, (const char *)given.ptr, several ? "are" : "is");
    int code =
        missing.len > 0
            ? run_fail(
                  run, EXIT_UNAVAILABLE,
                  "Plugin%s %.*s %s not enabled on node %s. Enabled plugins and dependencies: %.*s",
                  several ? "s" : "", (int)missing.len, (const char *)missing.ptr,
                  several ? "are" : "is", run_node(run), (int)enabled.len,
                  (const char *)enabled.ptr)
            : run_say(run, "Plugin%s %.*s %s enabled on node %s", several ? "s" : "",
                      (int)given.len, (const char *)given.ptr, several ? "are" : "is",
                      run_node(run));
    bytes_finish(&enabled);
    bytes_finish(&given);
    bytes_finish(&missing);
    return code;
}

/* Nobody enabled what is built in: it is enabled, but not explicitly. */
static bool is_listed(const struct run *run, const struct plugin *plugin, const regex_t *pattern)
{
    if (options_has(&run->options, "enabled")) {
        return false;
    }
    bool enabled_only = options_has(&run->options, "implicitly-enabled");
    return (plugin->built_in || !enabled_only) && regexec(pattern, plugin->name, 0, NULL, 0) == 0;
}

static void print_plugins(struct run *run, const regex_t *pattern)
{
    long process;
    bool minimal = options_has(&run->options, "minimal");
    bool quiet = options_has(&run->options, "quiet") || options_has(&run->options, "silent");
    char running = run_reach(run, &process) ? '*' : ' ';
    if (!minimal && !quiet) {
        fprintf(run->out,
                " Configured: E = explicitly enabled; e = implicitly enabled\n"
                " | Status: %s %s\n |/\n",
                running == '*' ? "* = running on" : "[failed to contact", run_node(run));
    }
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        bool on = plugins[i].built_in;
        if (!is_listed(run, &plugins[i], pattern)) {
            continue;
        }
        if (minimal) {
            fprintf(run->out, "%s\n", plugins[i].name);
        } else {
            fprintf(run->out, "[%c%c] %-33s %s\n", on ? 'e' : ' ', on ? running : ' ',
                    plugins[i].name, on ? LEVERET_VERSION : "");
        }
    }
}

static void print_plugins_json(struct run *run, const regex_t *pattern)
{
    json_t *list = json_array();
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        if (is_listed(run, &plugins[i], pattern)) {
            json_array_append_new(list,
                                  json_pack("{s:s,s:s,s:b}", "name", plugins[i].name, "enabled",
                                            plugins[i].built_in ? "implicit" : "not_enabled",
                                            "running", plugins[i].built_in));
        }
    }
    json_t *told =
        json_pack("{s:s,s:o,s:s}", "format", "normal", "plugins", list, "status", "running");
    run_tell(run, told);
}

static int list(struct run *run)
{
    regex_t pattern;
    const char *text = run_argument(run, 0) ? run_argument(run, 0) : ".*";
    if (regcomp(&pattern, text, REG_EXTENDED | REG_NOSUB) != 0) {
        return run_misuse(run, EXIT_DATA, "Bad argument: the pattern is no regular expression");
    }
    run_banner(run, "Listing plugins with pattern \"%s\" ...", text);
    if (run_wants_data(run)) {
        print_plugins_json(run, &pattern);
    } else {
        print_plugins(run, &pattern);
    }
    regfree(&pattern);
    return EXIT_OK;
}

static int directories(struct run *run)
{
    run_banner(run, "Listing plugin directories used by node %s", run_node(run));
    if (run_wants_data(run)) {
        return run_tell(run, json_pack("{s:s,s:s,s:s}", "enabled_plugins_file", "", "plugins_dir",
                                       "", "plugins_expand_dir", ""));
    }
    fputs("Plugin archives directory: (built in)\nPlugin expansion directory: (none)\n"
          "Enabled plugins file: (none)\n",
          run->out);
    return EXIT_OK;
}

static const struct command commands[] = {
    {.name = "directories",
     .usage = "[--offline] [--online]",
     .help = "Says that plugins are in no directory",
     .options = "offline online",
     .run = directories},
    {.name = "disable",
     .usage = "<plugin1> [<plugin2>] | --all [--offline] [--online]",
     .help = "Disables plugins; what is built in cannot be disabled",
     .options = "all offline online",
     .most = ANY_NUMBER,
     .run = disable},
    {.name = "enable",
     .usage = "<plugin1> [<plugin2>] | --all [--offline] [--online]",
     .help = "Enables plugins; what is built in already is",
     .options = "all offline online",
     .most = ANY_NUMBER,
     .run = enable},
    {.name = "is_enabled",
     .usage = "<plugin1> [<plugin2>] [--offline] [--online]",
     .help = "Exits with a non-zero code if the plugins are not enabled",
     .options = "offline online",
     .least = 1,
     .most = ANY_NUMBER,
     .run = is_enabled},
    {.name = "list",
     .usage = "[pattern] [--enabled] [--implicitly-enabled] [--minimal] [--verbose]",
     .help = "Lists plugins and their state",
     .options = "enabled/E implicitly-enabled/e minimal/m verbose/v offline online",
     .most = 1,
     .run = list},
    {.name = "set",
     .usage = "[<plugin1> [<plugin2>]] [--offline] [--online]",
     .help = "As enable; what is built in stays",
     .options = "all offline online",
     .most = ANY_NUMBER,
     .run = enable},
};

const struct command_group group_plugins = COMMAND_GROUP("Plugin Management", commands);
