#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

struct command_line;
struct logger;
struct settings;

/* Runs a broker by these settings until it is told to stop, and returns the process's exit status.
 * The command line is read again when the settings are (SIGHUP). Everything is borrowed. */
int program_run(const struct command_line *line, struct settings *settings, struct logger *log);

#endif
