#include "ctl/admin_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/admin_shape.h"
#include "ctl/base64.h"
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

__attribute__((format(printf, 2, 3))) static void say(const struct admin *admin, const char *format,
                                                      ...)
{
    va_list args;
    va_start(args, format);
    if (admin->verbose) {
        vfprintf(admin->out, format, args);
        fputc('\n', admin->out);
    }
    va_end(args);
}

static const char *vhost_of(const struct admin *admin)
{
    const char *vhost = options_value(&admin->options, "vhost");
    return vhost ? vhost : "/";
}

static int print(const struct admin *admin, struct admin_sheet sheet, const json_t *items)
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

/* Those that were named, or those of the listable unless all are wanted. Kept in *text. */
static size_t choose_columns(const struct admin *admin, const struct listable *listable,
                             const char *columns[COLUMNS_MAX + 1], struct bytes *text)
{
    const char *format = options_value(&admin->options, "format");
    size_t count = 0;
    for (size_t i = 1; i < admin->argument_count && count < COLUMNS_MAX; i++) {
        columns[count++] = admin->arguments[i];
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

static int list(struct admin *admin)
{
    const char *columns[COLUMNS_MAX + 1] = {NULL};
    const char *verb = admin->options.command, *type = admin->arguments[0];
    const struct listable *listable = type ? find_listable(verb, type) : NULL;
    struct bytes text = {0};
    if (!listable) {
        return admin_misuse(admin, "Don't know how to %s %s", verb, type ? type : "nothing");
    }
    choose_columns(admin, listable, columns, &text);
    json_t *answer = admin_ask(admin, "GET", list_path(admin, listable, columns), NULL);
    json_t *items = json_is_object(answer) ? json_pack("[O]", answer) : json_incref(answer);
    int code = EXIT_FAILURE;
    if (answer) {
        code =
            print(admin, (struct admin_sheet){.columns = columns, .json = listable->json}, items);
    }
    json_decref(items);
    json_decref(answer);
    bytes_finish(&text);
    return code;
}

/* The request that the arguments make; NULL and told if they make none. */
static json_t *body_of(const struct admin *admin, const struct admin_shape *shape,
                       const char *const *arguments)
{
    struct text why = {.len = 0};
    json_t *body = admin_shape_body(shape, arguments, vhost_of(admin), &why);
    if (!body) {
        admin_misuse(admin, "%s", why.ptr);
    }
    return body;
}

/* declare, delete, close, purge. */
static int change(struct admin *admin)
{
    const char *verb = admin->options.command, *type = admin->arguments[0];
    const struct admin_shape *shape = type ? admin_shape_find(verb, type) : NULL;
    if (!shape) {
        return type ? admin_misuse(admin, "Type %s not recognised", type)
                    : admin_misuse(admin, "Type not specified");
    }
    json_t *body = body_of(admin, shape, admin->arguments + 1);
    if (!body) {
        return EXIT_FAILURE;
    }
    bool deletes = strcmp(shape->method, "DELETE") == 0;
    json_t *answer =
        admin_ask(admin, shape->method, admin_shape_path(shape, body), deletes ? NULL : body);
    if (answer) {
        say(admin, "%s %sd", type, verb);
    }
    json_decref(body);
    bool done = answer != NULL;
    json_decref(answer);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Without a payload the standard input is it. */
static void read_payload(json_t *body)
{
    char buffer[4096];
    size_t len;
    struct bytes octets = {0}, text = {0};
    while ((len = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
        bytes_add(&octets, (struct slice){(const uint8_t *)buffer, len});
    }
    base64_add(&text, bytes_slice(&octets));
    json_object_set_new(body, "payload",
                        json_stringn(text.len > 0 ? (const char *)text.ptr : "", text.len));
    json_object_set_new(body, "payload_encoding", json_string("base64"));
    bytes_finish(&octets);
    bytes_finish(&text);
}

static int publish(struct admin *admin)
{
    const struct admin_shape *shape = admin_shape_find("publish", "");
    json_t *body = body_of(admin, shape, admin->arguments);
    if (!body) {
        return EXIT_FAILURE;
    }
    if (!json_object_get(body, "payload")) {
        read_payload(body);
    }
    json_t *answer = admin_ask(admin, shape->method, admin_shape_path(shape, body), body);
    json_decref(body);
    if (!answer) {
        return EXIT_FAILURE;
    }
    say(admin, "%s",
        json_is_true(json_object_get(answer, "routed")) ? "Message published"
                                                        : "Message published but NOT routed");
    json_decref(answer);
    return EXIT_SUCCESS;
}

static int write_payload(const struct admin *admin, const char *path, const json_t *message)
{
    struct bytes octets = {0};
    const char *payload = member_text(message, "payload");
    bool encoded = strcmp(member_text(message, "payload_encoding"), "base64") == 0;
    if (!encoded || !base64_add_decoded(&octets, format_slice(payload))) {
        bytes_add(&octets, format_slice(payload));
    }
    FILE *file = fopen(path, "we");
    bool written = file && fwrite(octets.ptr ? octets.ptr : (const uint8_t *)"", 1, octets.len,
                                  file) == octets.len;
    written = file && fclose(file) == 0 && written;
    bytes_finish(&octets);
    return written ? EXIT_SUCCESS : admin_die(admin, "%s: %s", path, strerror(errno));
}

static int print_messages(const struct admin *admin, const char *file, const json_t *messages)
{
    static const char *const without_payload[] = {"routing_key",   "exchange",    "message_count",
                                                  "payload_bytes", "redelivered", NULL};
    int code = EXIT_SUCCESS;
    if (file && json_array_size(messages) > 0) {
        code = write_payload(admin, file, json_array_get(messages, 0));
    }
    return code == EXIT_SUCCESS
               ? print(admin, (struct admin_sheet){.columns = file ? without_payload : NULL},
                       messages)
               : code;
}

static int get(struct admin *admin)
{
    const struct admin_shape *shape = admin_shape_find("get", "");
    json_t *body = body_of(admin, shape, admin->arguments);
    const char *file = json_string_value(json_object_get(body, "payload_file"));
    if (!body) {
        return EXIT_FAILURE;
    }
    if (file && strcmp(member_text(body, "count"), "1") != 0) {
        json_decref(body);
        return admin_misuse(admin, "Cannot get multiple messages using payload_file");
    }
    json_t *answer = admin_ask(admin, shape->method, admin_shape_path(shape, body), body);
    int code = answer ? print_messages(admin, file, answer) : EXIT_FAILURE;
    json_decref(answer);
    json_decref(body);
    return code;
}

static char *definitions_path(const struct admin *admin)
{
    return http_path("definitions", options_value(&admin->options, "vhost"), NULL);
}

static int export_definitions(struct admin *admin)
{
    const char *path = admin->arguments[0];
    if (admin->argument_count != 1) {
        return admin_misuse(admin, "Exactly one argument required");
    }
    json_t *definitions = admin_ask(admin, "GET", definitions_path(admin), NULL);
    int code = EXIT_FAILURE;
    if (definitions && json_dump_file(definitions, path, JSON_COMPACT) == 0) {
        say(admin, "Exported definitions to \"%s\"", path);
        code = EXIT_SUCCESS;
    } else if (definitions) {
        code = admin_die(admin, "%s: %s", path, strerror(errno));
    }
    json_decref(definitions);
    return code;
}

static int import_definitions(struct admin *admin)
{
    json_error_t error;
    const char *path = admin->arguments[0];
    if (admin->argument_count != 1) {
        return admin_misuse(admin, "Exactly one argument required");
    }
    json_t *definitions = json_load_file(path, 0, &error);
    if (!definitions) {
        return admin_die(admin, "%s: %s", path, error.text);
    }
    json_t *answer = admin_ask(admin, "POST", definitions_path(admin), definitions);
    json_decref(definitions);
    if (!answer) {
        return EXIT_FAILURE;
    }
    json_decref(answer);
    say(admin, "Uploaded definitions from \"%s\".", path);
    return EXIT_SUCCESS;
}

/* "name=... [durable=...]" of the words of a list. */
static void print_words(const char *words, FILE *out)
{
    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " "), name = strcspn(at, " =");
        fprintf(out, "%s%.*s=...", at == words ? "" : " ", (int)name, at);
        at += word;
    }
}

void admin_help_subcommands(FILE *out)
{
    const struct admin_shape *shape;
    fputs("Usage\n=====\n  rabbitmqadmin [options] subcommand\n\n  where subcommand is one of:\n\n",
          out);
    for (size_t i = 0; i < sizeof listables / sizeof *listables; i++) {
        fprintf(out, "  %s %s [<column>...]\n", listables[i].verb, listables[i].type);
    }
    for (size_t i = 0; (shape = admin_shape_at(i)); i++) {
        fprintf(out, "  %s %s%s", shape->verb, shape->type, *shape->type ? " " : "");
        print_words(shape->mandatory, out);
        if (*shape->optional) {
            fputs(" [", out);
            print_words(shape->optional, out);
            fputc(']', out);
        }
        fputc('\n', out);
    }
    fputs("  export <file>\n  import <file>\n\n"
          "  * If payload is not specified on publish, standard input is used\n\n"
          "  * If payload_file is not specified on get, the payload will be shown on standard\n"
          "    output along with the message metadata\n\n"
          "  * If payload_file is specified on get, count must not be set\n",
          out);
}

static int help(struct admin *admin)
{
    if (strcmp(admin->arguments[0], "subcommands") != 0) {
        return admin_misuse(admin, "help topic must be subcommands");
    }
    admin_help_subcommands(admin->out);
    return EXIT_SUCCESS;
}

admin_verb admin_verb_find(const char *name)
{
    static const struct {
        const char *name;
        admin_verb run;
    } verbs[] = {
        {"list", list},
        {"show", list},
        {"declare", change},
        {"delete", change},
        {"close", change},
        {"purge", change},
        {"publish", publish},
        {"get", get},
        {"export", export_definitions},
        {"import", import_definitions},
        {"help", help},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return verbs[i].run;
        }
    }
    return NULL;
}
