#ifndef CTL_ADMIN_INTERNAL_H
#define CTL_ADMIN_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "ctl/admin_sheet.h"
#include "ctl/http.h"
#include "ctl/options.h"
#include "ctl/tls.h"

/* What the verbs of rabbitmqadmin share. */
struct admin {
    struct options options;
    const char *const *arguments; // behind the verb; the last one NULL
    size_t argument_count;
    struct http_server server;
    struct tls_options tls; // of the server, if it speaks TLS
    char *config;           // owned: the text of the configuration file; NULL: there is none
    char uri[512];          // the parts of --base-uri, one behind the other
    size_t uri_len;
    FILE *out; // borrowed
    FILE *err; // borrowed
    bool verbose;
    bool idempotent; // what is not there need not be
};

/* Each returns the exit code. */
typedef int (*admin_verb)(struct admin *admin);

/* The verb of this name; NULL if there is none. */
admin_verb admin_verb_find(const char *name);

void admin_help_subcommands(FILE *out);

void admin_help_lists(FILE *out); // the part of it about list and show

/* The verbs list and show. */
int admin_list(struct admin *admin);

/* The verb health_check, of the newer rabbitmqadmin. */
int admin_health_check(struct admin *admin);

/* Prints items, an array, as --format and --depth say; returns the exit code. */
int admin_print_items(const struct admin *admin, struct admin_sheet sheet, const json_t *items);

/* The types that a verb, list or show, knows, each with a blank in front. */
void admin_print_listable(const char *verb, FILE *out);

/* A script that completes words for bash. */
void admin_print_completion(FILE *out);

/* What was used wrongly, and where to read how to do it; 1. */
__attribute__((format(printf, 2, 3))) int admin_misuse(const struct admin *admin,
                                                       const char *format, ...);
__attribute__((format(printf, 2, 3))) int admin_die(const struct admin *admin, const char *format,
                                                    ...);

/* Asks the broker. The answer, a new reference, or json_null without one; NULL, and told, if it was
 * refused. Takes the path. */
json_t *admin_ask(struct admin *admin, const char *method, char *path, const json_t *body);

#endif
