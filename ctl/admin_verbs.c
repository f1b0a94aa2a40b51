#include "ctl/admin_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/admin_shape.h"
#include "ctl/base64.h"
#include "ctl/run.h"

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
    const char *declared = options_value(&admin->options, "declare-vhost");
    return vhost ? vhost : declared ? declared : "/";
}

/* Bad JSON is told without how the command is used, as the original does. */
static void tell_misuse(const struct admin *admin, const char *why)
{
    if (strncmp(why, "Could not parse JSON", 20) == 0) {
        fprintf(admin->err, "ERROR: %s\n", why);
    } else {
        admin_misuse(admin, "%s", why);
    }
}

/* The request that the arguments make; NULL and told if they make none. */
static json_t *body_of(const struct admin *admin, const struct admin_shape *shape,
                       const char *const *arguments)
{
    struct text why = {.len = 0};
    json_t *body = admin_shape_body(shape, arguments, vhost_of(admin), &why);
    if (!body) {
        tell_misuse(admin, why.ptr);
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
               ? admin_print_items(admin,
                                   (struct admin_sheet){.columns = file ? without_payload : NULL},
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
    admin_help_lists(out);
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

static void help_config(FILE *out)
{
    fputs("Usage\n=====\n"
          "  Hosts, users and files can stand in a configuration file, one section each:\n\n"
          "  rabbitmqadmin -c FILE -N NODE subcommand\n\n"
          "  Without -c it is ~/.rabbitmqadmin.conf, without -N the section is 'default'. What is\n"
          "  given on the command line counts for more.\n\n"
          "Example\n=======\n"
          "  [default]\n"
          "  hostname = broker.example\n"
          "  username = monitor\n"
          "  password = secret\n"
          "  vhost = /\n\n"
          "  [secure]\n"
          "  hostname = broker.example\n"
          "  port = 15671\n"
          "  ssl = True\n"
          "  ssl_ca_cert_file = /path/to/ca_certificate.pem\n"
          "  ssl_cert_file = /path/to/client_certificate.pem\n"
          "  ssl_key_file = /path/to/client_key.pem\n\n"
          "  Also path_prefix, base_uri, declare_vhost, ssl_insecure,\n"
          "  ssl_disable_hostname_verification, request_timeout, format, depth, sort and\n"
          "  sort_reverse.\n",
          out);
}

static int help(struct admin *admin)
{
    const char *topic = admin->arguments[0];
    if (strcmp(topic, "config") == 0) {
        help_config(admin->out);
    } else if (strcmp(topic, "subcommands") == 0) {
        admin_help_subcommands(admin->out);
    } else {
        return admin_misuse(admin, "help topic must be one of:\n  subcommands\n  config");
    }
    return EXIT_SUCCESS;
}

admin_verb admin_verb_find(const char *name)
{
    static const struct {
        const char *name;
        admin_verb run;
    } verbs[] = {
        {"list", admin_list},
        {"show", admin_list},
        {"declare", change},
        {"delete", change},
        {"close", change},
        {"purge", change},
        {"publish", publish},
        {"get", get},
        {"export", export_definitions},
        {"import", import_definitions},
        {"health_check", admin_health_check},
        {"help", help},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return verbs[i].run;
        }
    }
    return NULL;
}
