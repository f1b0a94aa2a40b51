#ifndef CONF_COMMAND_LINE_H
#define CONF_COMMAND_LINE_H

#include "conf/settings.h"

/* What the options say. Texts are borrowed from argv. */
enum command_action {
    COMMAND_RUN,
    COMMAND_INSPECT,
    COMMAND_HELP,
    COMMAND_VERSION,
    COMMAND_HELP_SETTINGS,
    COMMAND_HELP_SETTINGS_MARKDOWN,
    COMMAND_PRINT_SETTINGS,
};

/* One --set, or an option that stands for one. */
struct command_setting {
    const char *option; // as it is named in messages
    struct slice key;
    struct slice value;
};

struct command_line {
    enum command_action action;
    const char *config;               // NULL: not given
    const char *directory;            // of COMMAND_INSPECT
    bool salvage;                     // COMMAND_RUN: go on without what is damaged
    struct command_setting *settings; // owned, in the order given
    size_t count;
};

/* Returns false, with an error added, if the options make no sense. Uses getopt_long, whose state
 * is one per process: one call at a time. */
bool command_line_parse(struct command_line *line, int argc, char **argv,
                        struct findings *findings);
void command_line_finish(struct command_line *line);

void command_line_apply(const struct command_line *line, struct settings *settings,
                        struct findings *findings);

const char *command_line_help(void); // the text of --help

#endif
