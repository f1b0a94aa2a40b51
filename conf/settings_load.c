#include "conf/settings_load.h"

#include <stdlib.h>

#include "conf/config_file.h"
#include "conf/environment.h"
#include "conf/format.h"

/* conf.d/NAME beside a file, or the name alone: owned by the caller. */
static char *beside(const char *path, const char *name)
{
    struct bytes out = {0};
    const char *slash = strrchr(path, '/');
    format_add(&out, "%.*s%s", slash ? (int)(slash - path) + 1 : 0, path, name);
    char *joined = format_copy(bytes_slice(&out));
    bytes_finish(&out);
    return joined;
}

/* The image has no rabbitmq.conf but a conf.d, so a directory with either is a place. */
static bool is_place(const char *path)
{
    char *directory = beside(path, "conf.d");
    bool found = config_file_exists(path) || config_file_exists(directory);
    free(directory);
    return found;
}

static const char *customary_file(void)
{
    static const char *const places[] = {"/etc/leveret/leveret.conf",
                                         "/etc/rabbitmq/rabbitmq.conf"};
    return is_place(places[0]) ? places[0] : places[1];
}

static void read_files(struct settings *settings, const struct command_line *line,
                       char *const *variables, struct findings *findings)
{
    char *named = environment_config_file(variables);
    char *wildcard = environment_config_files(variables);
    const char *path = line->config ? line->config : named ? named : customary_file();
    if (line->config || config_file_exists(path)) {
        config_file_read(settings, path, findings);
    } else if (named) {
        findings_add(findings, FINDING_WARNING, "RABBITMQ_CONFIG_FILE: there is no %s", path);
    }
    if (!wildcard) {
        wildcard = beside(path, "conf.d/*.conf");
    }
    config_file_read_all(settings, wildcard, findings);
    free(wildcard);
    free(named);
}

struct settings *settings_load(const struct command_line *line, char *const *variables,
                               struct findings *findings)
{
    struct settings *settings = settings_new();
    read_files(settings, line, variables, findings);
    environment_apply(settings, variables, findings);
    command_line_apply(line, settings, findings);
    return settings;
}
