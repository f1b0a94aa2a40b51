#ifndef CTL_HELP_H
#define CTL_HELP_H

#include <stdio.h>

#include "ctl/command.h"

/* How a tool and its commands are used, in RabbitMQ's layout. `name` is what it was called by. */
void help_usage(const char *name, const struct command *command, FILE *out); // two lines
void help_command(const char *name, const struct command *command, FILE *out);
void help_commands(const char *name, enum tool tool, FILE *out); // all there are

#endif
