#include "ctl/admin_internal.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/run.h"

/* What can be listed or shown: whether by virtual host, and what of it unless something is asked
 * for. */
static const struct listable {
    const char *verb;
    const char *type;
    bool by_vhost;
    const char *columns; // with commas between them
    const char *json;
} listables[] = {
    {"list", "connections", false, "name,user,channels", NULL},
    {"list", "channels", false, "name,user", NULL},
    {"list", "consumers", true, NULL, NULL},
    {"list", "exchanges", true, "name,type", NULL},
    {"list", "queues", true, "name,messages", NULL},
    {"list", "bindings", true, "source,destination,routing_key", NULL},
    {"list", "users", false, NULL, NULL},
    {"list", "vhosts", false, "name,messages", NULL},
    {"list", "permissions", false, NULL, NULL},
    {"list", "nodes", false, "name,type,mem_used", NULL},
    {"list", "parameters", false, NULL, "value"},
    {"list", "policies", false, NULL, "definition"},
    {"list", "operator_policies", false, NULL, "definition"},
    {"list", "vhost_limits", false, NULL, "value"},
    {"list", "user_limits", false, NULL, "value"},
    {"list", "global_parameters", false, NULL, "value"},
    {"list", "feature_flags", false, "name,state", NULL},
    {"list", "deprecated_features", false, "name,deprecation_phase,state", NULL},
    {"show", "queue", true, "name,type,messages", NULL},
    {"show", "overview", false,
     "rabbitmq_version,cluster_name,queue_totals.messages,object_totals.queues", NULL},
};

static const struct listable *find_listable(const char *verb, const char *type)
{
    for (size_t i = 0; i < sizeof listables / sizeof *listables; i++) {
        if (strcmp(listables[i].verb, verb) == 0 && strcmp(listables[i].type, type) == 0) {
            return &listables[i];
        }
    }
    return NULL;
}

int admin_print_items(const struct admin *admin, struct admin_sheet sheet, const json_t *items)
{
    const char *format = options_value(&admin->options, "format");
    const char *depth = options_value(&admin->options, "depth");
    sheet.format = format ? format : "table";
    sheet.depth = depth ? (unsigned)strtoul(depth, NULL, 10) : 1;
    sheet.verbose = admin->verbose;
    return admin_sheet_print(&sheet, items, admin->out)
               ? EXIT_SUCCESS
               : admin_misuse(admin, "Format %s not recognised", sheet.format);
}

/* The name in "name=q", of what is shown alone; NULL if that is none. */
static const char *shown_name(const struct listable *listable, const char *argument)
{
    bool alone = strcmp(listable->verb, "show") == 0 && listable->by_vhost;
    return alone && strncmp(argument, "name=", 5) == 0 ? argument + 5 : NULL;
}

/* The path of it; NULL if it has no name. */
static char *shown_path(const struct admin *admin, const struct listable *listable)
{
    const char *vhost = options_value(&admin->options, "vhost");
    for (size_t i = 1; i < admin->argument_count; i++) {
        const char *name = shown_name(listable, admin->arguments[i]);
        if (name) {
            return http_path("queues", vhost ? vhost : "/", name, NULL);
        }
    }
    return NULL;
}

/* Those that were named, or those of the listable unless all are wanted. Kept in *text. */
static size_t choose_columns(const struct admin *admin, const struct listable *listable,
                             const char *columns[COLUMNS_MAX + 1], struct bytes *text)
{
    const char *format = options_value(&admin->options, "format");
    size_t count = 0;
    for (size_t i = 1; i < admin->argument_count && count < COLUMNS_MAX; i++) {
        if (!shown_name(listable, admin->arguments[i])) {
            columns[count++] = admin->arguments[i];
        }
    }
    bool all = options_has(&admin->options, "depth") || (format && strstr(format, "json"));
    if (count > 0 || all || !listable->columns) {
        return count;
    }
    format_add(text, "%s%c", listable->columns, '\0');
    for (char *at = (char *)text->ptr; *at && count < COLUMNS_MAX;) {
        size_t len = strcspn(at, ",");
        bool last = at[len] == '\0';
        columns[count++] = at;
        at[len] = '\0';
        at += len + !last;
    }
    return count;
}

static char *list_path(const struct admin *admin, const struct listable *listable,
                       const char *const *columns)
{
    struct bytes path = {0};
    const char *vhost = options_value(&admin->options, "vhost");
    const char *sort = options_value(&admin->options, "sort");
    format_add(&path, "/api/");
    for (const char *at = listable->type; *at; at++) {
        bytes_add_u8(&path, (uint8_t)(*at == '_' ? '-' : *at));
    }
    if (listable->by_vhost && vhost) {
        format_add(&path, "/");
        http_escape(&path, vhost);
    }
    format_add(&path, "?");
    for (size_t i = 0; columns[i]; i++) {
        format_add(&path, i == 0 ? "columns=" : ",");
        http_escape(&path, columns[i]);
    }
    if (sort) {
        format_add(&path, "&sort=");
        http_escape(&path, sort);
    }
    if (options_has(&admin->options, "sort-reverse")) {
        format_add(&path, "&sort_reverse=true");
    }
    char *copy = format_copy(bytes_slice(&path));
    bytes_finish(&path);
    return copy;
}

int admin_list(struct admin *admin)
{
    const char *columns[COLUMNS_MAX + 1] = {NULL};
    const char *verb = admin->options.command, *type = admin->arguments[0];
    const struct listable *listable = type ? find_listable(verb, type) : NULL;
    struct bytes text = {0};
    if (!listable) {
        return admin_misuse(admin, "Don't know how to %s %s", verb, type ? type : "nothing");
    }
    choose_columns(admin, listable, columns, &text);
    bool alone = strcmp(type, "queue") == 0;
    char *path = alone ? shown_path(admin, listable) : list_path(admin, listable, columns);
    if (!path) {
        bytes_finish(&text);
        return admin_misuse(admin, "mandatory argument \"name\" is required");
    }
    json_t *answer = admin_ask(admin, "GET", path, NULL);
    json_t *items = json_is_object(answer) ? json_pack("[O]", answer) : json_incref(answer);
    int code = EXIT_FAILURE;
    if (answer) {
        code = admin_print_items(
            admin, (struct admin_sheet){.columns = columns, .json = listable->json}, items);
    }
    json_decref(items);
    json_decref(answer);
    bytes_finish(&text);
    return code;
}

void admin_print_listable(const char *verb, FILE *out)
{
    for (size_t i = 0; i < sizeof listables / sizeof *listables; i++) {
        if (strcmp(listables[i].verb, verb) == 0) {
            fprintf(out, " %s", listables[i].type);
        }
    }
}

void admin_help_lists(FILE *out)
{
    for (size_t i = 0; i < sizeof listables / sizeof *listables; i++) {
        const char *name = strcmp(listables[i].type, "queue") == 0 ? " name=..." : "";
        fprintf(out, "  %s %s%s [<column>...]\n", listables[i].verb, listables[i].type, name);
    }
}
