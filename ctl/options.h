#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Options that are known: words with blanks between them, "name", "name/n" with a letter, "name="
 * or "name/n=" with a value. */
struct option_set {
    const char *own;    // of the command; or NULL
    const char *common; // of all commands of the tool
};

/* What every command of RabbitMQ's tools takes. Some mean nothing here and are passed over. */
#define OPTIONS_COMMON                                                                             \
    "help/? node/n= quiet/q silent/s vhost/p= timeout/t= longnames/l formatter= printer= "         \
    "no-table-headers table-headers socket= script-name= erlang-cookie= rabbitmq-home= dry-run "   \
    "print-stacktrace"

enum { OPTIONS_MAX = 24, ARGUMENTS_MAX = 48 };

struct option_value {
    const char *name;  // as in the table
    const char *value; // "" of one that has none
};

/* A command line taken apart; the texts are borrowed from it. */
struct options {
    const char *command; // NULL: none was given
    const char *arguments[ARGUMENTS_MAX];
    size_t argument_count;
    struct option_value values[OPTIONS_MAX];
    size_t value_count;
    const char *unknown[OPTIONS_MAX]; // as they were written
    size_t unknown_count;
};

/* The first word that is no option, and that does not stand behind one with a value; NULL if there
 * is none. It tells which options there are besides. */
const char *options_command(int argc, char *const *argv);

/* Takes argv[1] and what follows apart. Options may stand anywhere, as --name value, --name=value
 * or -n value; behind `--` there are none. False if there is too much of anything. */
bool options_parse(struct options *options, int argc, char *const *argv,
                   const struct option_set *known);

/* The value; NULL if the option was not given. */
const char *options_value(const struct options *options, const char *name);
bool options_has(const struct options *options, const char *name);

#endif
