#include "conf/command_line.h"

#include <getopt.h>
#include <stdlib.h>

#include "base/memory.h"
#include "conf/format.h"

enum option_code {
    OPTION_CONFIG = 256,
    OPTION_SET,
    OPTION_DATA_DIR,
    OPTION_MEMORY,
    OPTION_NO_SYNC,
    OPTION_SALVAGE,
    OPTION_PRINT_SETTINGS,
    OPTION_HELP_SETTINGS,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option options[] = {
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"set", required_argument, NULL, OPTION_SET},
    {"data-dir", required_argument, NULL, OPTION_DATA_DIR},
    {"memory", no_argument, NULL, OPTION_MEMORY},
    {"no-sync", no_argument, NULL, OPTION_NO_SYNC},
    {"salvage", no_argument, NULL, OPTION_SALVAGE},
    {"print-settings", no_argument, NULL, OPTION_PRINT_SETTINGS},
    {"help-settings", optional_argument, NULL, OPTION_HELP_SETTINGS},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

const char *command_line_help(void)
{
    return "Usage: leveret [OPTION]...\n"
           "       leveret inspect DIR\n"
           "A message broker that speaks AMQP 0-9-1.\n"
           "\n"
           "  --config FILE      read settings from FILE, and from conf.d/*.conf beside it\n"
           "  --set KEY=VALUE    set one setting; goes before files and environment\n"
           "  --data-dir DIR     keep the data in DIR\n"
           "  --memory           keep nothing on disk\n"
           "  --no-sync          do not wait for the disk before a confirm\n"
           "  --salvage          start even if the data is damaged: put aside what is, keep the "
           "rest\n"
           "  --print-settings   print the settings in effect, without passwords, and exit\n"
           "  --help-settings    print all settings there are, and exit\n"
           "                     (--help-settings=markdown: as docs/settings.md)\n"
           "  --help             print this, and exit\n"
           "  --version          print the version, and exit\n"
           "\n"
           "inspect reads the data in DIR, checks all of it, and says what is there; nothing is\n"
           "changed, and a broker may be using it.\n";
}

static void add_setting(struct command_line *line, const char *option, struct slice key,
                        struct slice value)
{
    size_t size = (line->count + 1) * sizeof line->settings[0];
    line->settings = memory_grow(line->settings, size);
    line->settings[line->count++] = (struct command_setting){option, key, value};
}

static bool add_set(struct command_line *line, const char *text, struct findings *findings)
{
    size_t len = strcspn(text, "=");
    if (len == 0 || text[len] == '\0') {
        findings_add(findings, FINDING_ERROR, "--set needs KEY=VALUE, not '%s'", text);
        return false;
    }
    struct slice key = {(const uint8_t *)text, len};
    while (key.len > 0 && key.ptr[key.len - 1] == ' ') {
        key.len--;
    }
    const char *value = text + len + 1;
    add_setting(line, "--set", key, format_slice(value + strspn(value, " ")));
    return true;
}

static bool add_help_settings(struct command_line *line, const char *format,
                              struct findings *findings)
{
    if (format && strcmp(format, "markdown") != 0) {
        findings_add(findings, FINDING_ERROR, "--help-settings can be =markdown, not '%s'", format);
        return false;
    }
    line->action = format ? COMMAND_HELP_SETTINGS_MARKDOWN : COMMAND_HELP_SETTINGS;
    return true;
}

static bool take(struct command_line *line, enum option_code code, const char *argument,
                 struct findings *findings)
{
    switch (code) {
    case OPTION_CONFIG:
        line->config = argument;
        return true;
    case OPTION_SET:
        return add_set(line, argument, findings);
    case OPTION_DATA_DIR:
        add_setting(line, "--data-dir", SLICE("storage.directory"), format_slice(argument));
        return true;
    case OPTION_MEMORY:
        add_setting(line, "--memory", SLICE("storage.in_memory"), SLICE("true"));
        return true;
    case OPTION_NO_SYNC:
        add_setting(line, "--no-sync", SLICE("storage.sync"), SLICE("false"));
        return true;
    case OPTION_SALVAGE:
        line->salvage = true;
        return true;
    case OPTION_PRINT_SETTINGS:
        line->action = COMMAND_PRINT_SETTINGS;
        return true;
    case OPTION_HELP_SETTINGS:
        return add_help_settings(line, argument, findings);
    case OPTION_HELP:
        line->action = COMMAND_HELP;
        return true;
    case OPTION_VERSION:
        line->action = COMMAND_VERSION;
        return true;
    }
    return false;
}

/* getopt_long has already gone past the word that it did not like. */
static bool refuse(int code, char **argv, struct findings *findings)
{
    const char *word = argv[optind - 1];
    findings_add(findings, FINDING_ERROR,
                 code == ':' ? "%s needs an argument" : "%s is not an option, see --help", word);
    return false;
}

/* What stands behind the options: nothing, or `inspect DIR`. */
static bool take_words(struct command_line *line, char **words, struct findings *findings)
{
    if (!words[0]) {
        return true;
    }
    if (strcmp(words[0], "inspect") == 0 && line->action == COMMAND_RUN) {
        if (!words[1]) {
            findings_add(findings, FINDING_ERROR, "inspect needs a directory, see --help");
            return false;
        }
        line->action = COMMAND_INSPECT;
        line->directory = words[1];
        words += 2;
    }
    if (words[0]) {
        findings_add(findings, FINDING_ERROR, "there is no use for '%s', see --help", words[0]);
        return false;
    }
    return true;
}

bool command_line_parse(struct command_line *line, int argc, char **argv, struct findings *findings)
{
    *line = (struct command_line){.action = COMMAND_RUN};
    optind = 0; // begins anew, also in a second call
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (code == ':' || code == '?') {
            return refuse(code, argv, findings);
        }
        if (!take(line, (enum option_code)code, optarg, findings)) {
            return false;
        }
    }
    return take_words(line, argv + optind, findings);
}

void command_line_finish(struct command_line *line)
{
    free(line->settings);
    *line = (struct command_line){0};
}

void command_line_apply(const struct command_line *line, struct settings *settings,
                        struct findings *findings)
{
    for (size_t i = 0; i < line->count; i++) {
        const struct command_setting *set = &line->settings[i];
        struct setting_origin origin = {.source = SOURCE_COMMAND_LINE, .name = set->option};
        settings_set(settings, set->key, set->value, origin, findings);
    }
}
