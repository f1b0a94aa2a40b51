#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct listing;
struct run;

enum { ANY_NUMBER = 1000 };

/* A command, as a row of a constant table; every group of commands is a file with its table. */
struct command {
    const char *name;
    const char *usage;             // what stands behind the name
    const char *help;              // one line
    const char *options;           // of its own, as options_parse wants them; or NULL
    unsigned least, most;          // arguments; ANY_NUMBER: no limit
    int (*run)(struct run *run);   // returns an enum exit_code
    const struct listing *listing; // what it lists, for listing_run; or NULL
    bool patient;                  // its timeout is for what it waits for
    bool endless;                  // what it prints is to be seen at once
    bool pretty;                   // prints a pretty table unless another formatter is named
};

/* Commands that stand together in the help. */
struct command_group {
    const char *title;
    const struct command *commands;
    size_t count;
};

#define COMMAND_GROUP(title, table)                                                                \
    {                                                                                              \
        title, table, sizeof(table) / sizeof *(table)                                              \
    }

/* Which commands there are: those of rabbitmqctl and rabbitmq-diagnostics, those of
 * rabbitmq-plugins, or both. */
enum tool { TOOL_CTL, TOOL_PLUGINS, TOOL_EVERY };

/* The groups of a tool, in the order of its help; NULL behind the last. */
const struct command_group *command_group(enum tool tool, size_t index);

/* NULL if there is none of this name. */
const struct command *command_find(enum tool tool, const char *name);

/* One whose name is much like this; NULL if there is none. */
const struct command *command_suggest(enum tool tool, const char *name);

#endif
