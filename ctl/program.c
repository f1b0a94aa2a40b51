#include "ctl/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/admin.h"
#include "ctl/help.h"
#include "ctl/run.h"

/* What it was called as, and the words behind that. */
struct call {
    const char *name; // "rabbitmqctl"
    enum tool tool;
    int argc;
    char *const *argv; // argv[0] is passed over
    FILE *out;
    FILE *err;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum tool tool_of(const char *name)
{
    return strcmp(name, "rabbitmq-plugins") == 0 ? TOOL_PLUGINS
           : strncmp(name, "rabbitmq", 8) == 0   ? TOOL_CTL
                                                 : TOOL_EVERY;
}

/* "leveretctl plugins list": the first word may name the tool. */
static void take_tool(struct call *call)
{
    const char *word = call->argc > 1 ? call->argv[1] : "";
    bool plugins = strcmp(word, "plugins") == 0;
    if (call->tool == TOOL_EVERY &&
        (plugins || strcmp(word, "ctl") == 0 || strcmp(word, "diagnostics") == 0)) {
        call->tool = plugins ? TOOL_PLUGINS : TOOL_CTL;
        call->argc--;
        call->argv++;
    }
}

static int unknown_command(const struct call *call, const char *name)
{
    const struct command *near = command_suggest(call->tool, name);
    fprintf(call->err, "\nCommand '%s' not found. \n", name);
    if (near) {
        fprintf(call->err, "Did you mean '%s'? \n\n", near->name);
    } else {
        help_commands(call->name, call->tool, call->err);
    }
    return EXIT_USAGE;
}

/* "help", "help list_queues", "list_queues --help". */
static int help(const struct call *call, const char *name)
{
    const struct command *command = name ? command_find(call->tool, name) : NULL;
    if (name && !command) {
        return unknown_command(call, name);
    }
    if (command) {
        help_command(call->name, command, call->out);
    } else {
        help_commands(call->name, call->tool, call->out);
    }
    return EXIT_OK;
}

static int tell_unknown_options(const struct run *run)
{
    struct bytes text = {0};
    for (size_t i = 0; i < run->options.unknown_count; i++) {
        format_add(&text, "\n%s : ", run->options.unknown[i]);
    }
    int code = run_misuse(run, EXIT_USAGE, "Invalid options for this command:%.*s", (int)text.len,
                          (const char *)text.ptr);
    bytes_finish(&text);
    return code;
}

static bool is_said(const struct run *run, const char *word)
{
    for (int i = 1; i < run->argc; i++) {
        if (strcmp(run->argv[i], word) == 0) {
            return true;
        }
    }
    return false;
}

static int check(const struct run *run)
{
    size_t count = run->options.argument_count;
    if (run->options.unknown_count > 0) {
        return tell_unknown_options(run);
    }
    if (count < run->command->least) {
        return run_misuse(run, EXIT_USAGE, "not enough arguments.");
    }
    if (count > run->command->most) {
        return run_misuse(run, EXIT_USAGE, "too many arguments.");
    }
    if (run->formatter == FORMATTER_UNKNOWN) {
        return run_misuse(run, EXIT_USAGE,
                          "the requested formatter is not supported by this command: there are "
                          "table, pretty_table, json, csv and erlang");
    }
    if (run_number(run, "timeout", 1) < 0) {
        return run_misuse(run, EXIT_USAGE, "Invalid options for this command:\n%s : %s",
                          is_said(run, "-t") ? "-t" : "--timeout",
                          options_value(&run->options, "timeout"));
    }
    return EXIT_OK;
}

/* As JSON a command that has nothing to tell says that it was done. What is told is held back until
 * it is known whether there is any. */
static int run_for_json(struct run *run)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = run->out;
    run->out = open_memstream(&text, &size);
    if (!run->out) {
        run->out = out;
        return run_fail(run, EXIT_SOFTWARE, "%s", strerror(errno));
    }
    int code = run->command->run(run);
    fclose(run->out);
    run->out = out;
    fwrite(text, 1, size, out);
    if (size == 0 && code == EXIT_OK) {
        fprintf(out, "{\"node\":\"%s\",\"result\":\"ok\"}\n", run_node(run));
    }
    free(text);
    return code;
}

static int run_command(const struct call *call, const struct command *command)
{
    struct run run = {.command = command,
                      .tool = call->name,
                      .argc = call->argc,
                      .argv = call->argv,
                      .out = call->out,
                      .err = call->err};
    const struct option_set known = {.own = command->options, .common = OPTIONS_COMMON};
    if (!options_parse(&run.options, call->argc, call->argv, &known)) {
        fprintf(call->err, "Error: too many arguments\n");
        return EXIT_USAGE;
    }
    const char *formatter = options_value(&run.options, "formatter");
    run.formatter = formatter         ? formatter_of(formatter)
                    : command->pretty ? FORMATTER_PRETTY_TABLE
                                      : FORMATTER_TABLE;
    if (options_has(&run.options, "help")) {
        return help(call, command->name);
    }
    int code = check(&run);
    if (code == EXIT_OK && !command->patient && run_timeout(&run) == 0) {
        code = run_timed_out(&run);
    }
    if (code == EXIT_OK && !options_has(&run.options, "dry-run")) {
        bool whole = run.formatter == FORMATTER_JSON && !command->endless;
        code = whole ? run_for_json(&run) : command->run(&run);
    }
    run_finish(&run);
    return code;
}

static bool has_word(const struct call *call, const char *word)
{
    for (int i = 1; i < call->argc; i++) {
        if (strcmp(call->argv[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* Without a command: RabbitMQ takes that for a mistake, unless help is asked for. */
static int without_command(struct call *call)
{
    static char *const words[] = {"leveretctl", "version"};
    if (has_word(call, "--version")) {
        call->argc = 2;
        call->argv = words;
        return run_command(call, command_find(TOOL_CTL, "version"));
    }
    bool asked = has_word(call, "--help") || has_word(call, "-?") || has_word(call, "-h");
    help_commands(call->name, call->tool, asked ? call->out : call->err);
    return asked ? EXIT_OK : EXIT_USAGE;
}

int program_run(int argc, char *const *argv, FILE *out, FILE *err)
{
    struct call call = {
        .name = base_name(argv[0]), .argc = argc, .argv = argv, .out = out, .err = err};
    call.tool = tool_of(call.name);
    if (strcmp(call.name, "rabbitmqadmin") == 0) {
        return admin_run(argc, argv, out, err);
    }
    if (call.tool == TOOL_EVERY && argc > 1 && strcmp(argv[1], "admin") == 0) {
        return admin_run(argc - 1, argv + 1, out, err);
    }
    take_tool(&call);
    const char *name = options_command(call.argc, call.argv);
    if (!name) {
        return without_command(&call);
    }
    if (strcmp(name, "help") == 0) {
        struct options options;
        const struct option_set known = {.common = OPTIONS_COMMON};
        options_parse(&options, call.argc, call.argv, &known);
        return help(&call, options.argument_count > 0 ? options.arguments[0] : NULL);
    }
    const struct command *command = command_find(call.tool, name);
    return command ? run_command(&call, command) : unknown_command(&call, name);
}
