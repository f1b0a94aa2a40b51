#include "ctl/groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/run.h"

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Only JSON: the other format is that of Erlang's machine. */
static bool takes_format(const struct run *run)
{
    const char *format = options_value(&run->options, "format");
    return !format || strcasecmp(format, "json") == 0;
}

static int write_definitions(const struct run *run, const json_t *definitions, const char *path)
{
    FILE *file = is_standard(path) ? run->out : fopen(path, "we");
    if (!file) {
        return run_fail(run, EXIT_DATA, "%s: %s", path, strerror(errno));
    }
    bool written = json_dumpf(definitions, file, JSON_COMPACT) == 0;
    if (is_standard(path)) {
        fputc('\n', file);
    } else {
        written = fclose(file) == 0 && written;
    }
    return written ? EXIT_OK : run_fail(run, EXIT_SOFTWARE, "%s: %s", path, strerror(errno));
}

static int export_definitions(struct run *run)
{
    const char *path = run_argument(run, 0);
    struct answer answer = {.status = 0};
    if (!takes_format(run)) {
        return run_misuse(run, EXIT_USAGE, "the only format is json");
    }
    if (!is_standard(path)) {
        run_banner(run, "Exporting definitions in JSON to a file at \"%s\" ...", path);
    }
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("definitions", NULL)}, &answer);
    if (code == EXIT_OK) {
        code = write_definitions(run, answer.json, path);
    }
    answer_finish(&answer);
    return code;
}

static json_t *read_definitions(const struct run *run, const char *path, int *code)
{
    json_error_t error = {.text = ""};
    FILE *file = is_standard(path) ? stdin : fopen(path, "re");
    *code = EXIT_OK;
    if (!file) {
        *code = run_misuse(run, EXIT_DATA, "Bad argument: File %s does not exist", path);
        return NULL;
    }
    json_t *definitions = json_loadf(file, 0, &error);
    if (!definitions) {
        *code = run_fail(run, EXIT_DATA, "JSON decoding error. Reason: %s (line %d)", error.text,
                         error.line);
    }
    if (!is_standard(path)) {
        fclose(file);
    }
    return definitions;
}

static int import_definitions(struct run *run)
{
    int code;
    const char *path = run_argument(run, 0) ? run_argument(run, 0) : "-";
    if (!takes_format(run)) {
        return run_misuse(run, EXIT_USAGE, "the only format is json");
    }
    json_t *definitions = read_definitions(run, path, &code);
    if (!definitions) {
        return code;
    }
    if (is_standard(path)) {
        run_banner(run, "Importing definitions in JSON from standard input ...");
    } else {
        run_banner(run, "Importing definitions in JSON from a file at \"%s\" ...", path);
    }
    code =
        run_change(run, (struct question){.method = "POST", .path = http_path("definitions", NULL)},
                   definitions);
    if (code == EXIT_OK) {
        run_banner(run, "Successfully imported the definitions.");
    }
    return code;
}

static const struct command commands[] = {
    {.name = "export_definitions",
     .usage = "<file_path | \"-\"> [--format json]",
     .help = "Exports definitions in JSON",
     .options = "format=",
     .least = 1,
     .most = 1,
     .run = export_definitions},
    {.name = "import_definitions",
     .usage = "[<file_path | \"-\">] [--format json]",
     .help = "Imports definitions in JSON",
     .options = "format= skip-if-unchanged",
     .most = 1,
     .run = import_definitions},
};

const struct command_group group_definitions = COMMAND_GROUP("Definitions", commands);
