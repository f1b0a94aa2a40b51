#ifndef CTL_ADMIN_INTERNAL_H
#define CTL_ADMIN_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "ctl/admin_sheet.h"
#include "ctl/http.h"
#include "ctl/options.h"

/* What the verbs of rabbitmqadmin share. */
struct admin {
    struct options options;
    const char *const *arguments; // behind the verb; the last one NULL
    size_t argument_count;
    struct http_server server;
    char host[256]; // of --base-uri
    char port[8];
    FILE *out; // borrowed
    FILE *err; // borrowed
    bool verbose;
};

/* Each returns the exit code. */
typedef int (*admin_verb)(struct admin *admin);

/* The verb of this name; NULL if there is none. */
admin_verb admin_verb_find(const char *name);

void admin_help_subcommands(FILE *out);

/* What was used wrongly, and where to read how to do it; 1. */
__attribute__((format(printf, 2, 3))) int admin_misuse(const struct admin *admin,
                                                       const char *format, ...);
__attribute__((format(printf, 2, 3))) int admin_die(const struct admin *admin, const char *format,
                                                    ...);

/* Asks the broker. The answer, a new reference, or json_null without one; NULL, and told, if it was
 * refused. Takes the path. */
json_t *admin_ask(struct admin *admin, const char *method, char *path, const json_t *body);

#endif
