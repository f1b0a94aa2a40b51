#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* O(name, letter, has a value): what every command takes. RabbitMQ's options that mean nothing here
 * are taken and passed over. */
#define COMMON_OPTIONS(O)                                                                          \
    O("help", '?', false)                                                                          \
    O("node", 'n', true)                                                                           \
    O("quiet", 'q', false)                                                                         \
    O("silent", 's', false)                                                                        \
    O("vhost", 'p', true)                                                                          \
    O("timeout", 't', true)                                                                        \
    O("longnames", 'l', false)                                                                     \
    O("formatter", '\0', true)                                                                     \
    O("printer", '\0', true)                                                                       \
    O("no-table-headers", '\0', false)                                                             \
    O("table-headers", '\0', false)                                                                \
    O("socket", '\0', true)                                                                        \
    O("script-name", '\0', true)                                                                   \
    O("erlang-cookie", '\0', true)                                                                 \
    O("rabbitmq-home", '\0', true)                                                                 \
    O("dry-run", '\0', false)                                                                      \
    O("print-stacktrace", '\0', false)

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

/* Takes argv[1] and what follows apart. `own` names the command's own options, with blanks between
 * them: "name", "name/n" with a letter, "name=" or "name/n=" with a value. Options may stand
 * anywhere, as --name value,
 * --name=value or -n value; behind `--` there are none. False if there is too much of anything. */
bool options_parse(struct options *options, int argc, char *const *argv, const char *own);

/* The value; NULL if the option was not given. */
const char *options_value(const struct options *options, const char *name);
bool options_has(const struct options *options, const char *name);

#endif
