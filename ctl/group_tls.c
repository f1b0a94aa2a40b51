#include "ctl/groups.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/listeners.h"
#include "ctl/term.h"

/* What of TLS there is: the broker and this program use the same library. */

static int tls_versions(struct run *run)
{
    static const char *const versions[] = {"tlsv1.3", "tlsv1.2", "tlsv1.1", "tlsv1"};
    enum { COUNT = sizeof versions / sizeof *versions };
    run_banner(run, "Listing all TLS versions supported by the runtime...");
    if (run_wants_data(run)) {
        return run_tell(run, json_pack("{s:[s,s,s,s]}", "versions", versions[0], versions[1],
                                       versions[2], versions[3]));
    }
    for (size_t i = 0; i < COUNT; i++) {
        run_say(run, "%s", versions[i]);
    }
    return EXIT_OK;
}

/* The names of the suites that are offered unless the settings say which, or of all that there
 * are; a new reference. NULL if the library has none. */
static json_t *find_suites(bool all)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    json_t *names = NULL;
    if (context && all) {
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL");
    }
    if (context) {
        names = json_array();
        STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(context);
        for (int i = 0; i < sk_SSL_CIPHER_num(suites); i++) {
            const char *name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i));
            json_array_append_new(names, json_string(name));
        }
    }
    SSL_CTX_free(context);
    return names;
}

/* A list in lines, as RabbitMQ streams its lists. */
static void print_lines(struct run *run, const json_t *list)
{
    size_t index;
    json_t *element;
    fputs("[\n", run->out);
    json_array_foreach(list, index, element)
    {
        fputs(index > 0 ? "," : "", run->out);
        json_dumpf(element, run->out, JSON_COMPACT | JSON_ENCODE_ANY);
        fputc('\n', run->out);
    }
    fputs("]\n", run->out);
}

static void print_suites(struct run *run, const json_t *names)
{
    size_t index;
    json_t *name;
    if (run->formatter == FORMATTER_JSON) {
        print_lines(run, names);
        return;
    }
    json_array_foreach(names, index, name)
    {
        run_say(run, "%s", json_string_value(name));
    }
}

static int cipher_suites(struct run *run)
{
    const char *format = options_value(&run->options, "format");
    bool erlang = format && (strcmp(format, "erlang") == 0 || strcmp(format, "map") == 0);
    if (format && !erlang && strcasecmp(format, "openssl") != 0) {
        return run_misuse(run, EXIT_DATA,
                          "Bad argument: Format should be either openssl, erlang or map");
    }
    if (erlang) {
        return run_fail(run, EXIT_UNAVAILABLE,
                        "there is no Erlang here that has names for suites: use --format openssl");
    }
    run_banner(run, "Listing available cipher suites in OpenSSL format");
    json_t *names = find_suites(options_has(&run->options, "all"));
    if (!names) {
        return run_fail(run, EXIT_SOFTWARE, "the TLS library has no suites");
    }
    print_suites(run, names);
    json_decref(names);
    return EXIT_OK;
}

/* What a file has in it; NULL as a term without one, and the error where it cannot be read. */
static json_t *content_of(const char *path)
{
    struct bytes text = {0};
    char part[4096];
    size_t len;
    if (!*path) {
        return json_null();
    }
    FILE *file = fopen(path, "re");
    if (!file) {
        return json_pack("{s:s}", "error", strerror(errno));
    }
    while ((len = fread(part, 1, sizeof part, file)) > 0) {
        bytes_add(&text, (struct slice){(const uint8_t *)part, len});
    }
    fclose(file);
    json_t *content = json_stringn((const char *)text.ptr, text.len);
    bytes_finish(&text);
    return content ? content : json_pack("{s:s}", "error", "this is no PEM file");
}

/* The settings of which listeners of a protocol take their certificates; NULL: it has no TLS. */
static const char *settings_of(const char *protocol)
{
    return strcmp(protocol, "amqp/ssl") == 0           ? "ssl_options"
           : strcmp(protocol, "https") == 0            ? "management.ssl"
           : strcmp(protocol, "https/prometheus") == 0 ? "prometheus.ssl"
                                                       : NULL;
}

/* The value of the line "PREFIX.NAME = VALUE"; owned by the caller. */
static char *find_setting(const char *settings, const char *prefix, const char *name)
{
    struct bytes key = {0};
    format_add(&key, "\n%s.%s = %c", prefix, name, '\0');
    const char *at = strstr(settings, (const char *)key.ptr);
    struct slice value = {NULL, 0};
    if (at) {
        at += key.len - 1;
        value = (struct slice){(const uint8_t *)at, strcspn(at, "\n")};
    }
    bytes_finish(&key);
    return format_copy(value);
}

/* Adds to the listeners what is in the files of those with TLS, and leaves out the others. */
static void add_certificates(json_t *listeners, const char *settings)
{
    static const char *const names[] = {"certfile", "cacertfile"};
    for (size_t i = json_array_size(listeners); i-- > 0;) {
        json_t *listener = json_array_get(listeners, i);
        const char *prefix = settings_of(member_text(listener, "protocol"));
        if (!prefix) {
            json_array_remove(listeners, i);
            continue;
        }
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            char *path = find_setting(settings, prefix, names[j]);
            json_object_set_new(listener, names[j], content_of(path));
            free(path);
        }
    }
}

static void print_certificates(struct run *run, const json_t *listeners)
{
    struct bytes text = {0};
    bool empty = json_array_size(listeners) == 0;
    if (run->formatter == FORMATTER_JSON && empty) {
        fputs("[]\n", run->out);
    } else if (run->formatter == FORMATTER_JSON) {
        print_lines(run, listeners);
    } else {
        json_t *term = empty ? term_map() : term_of(listeners, TERM_PROPLISTS);
        term_print(term, &text);
        fprintf(run->out, "%.*s\n", (int)text.len, (const char *)text.ptr);
        json_decref(term);
        bytes_finish(&text);
    }
}

static int certificates(struct run *run)
{
    struct answer overview = {.status = 0}, settings = {.status = 0};
    run_banner(run, "Certificates of node %s ...", run_node(run));
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("overview", NULL)}, &overview);
    if (code == EXIT_OK) {
        code = run_demand(
            run, (struct question){.method = "GET", .path = http_path("leveret", "settings", NULL)},
            &settings);
    }
    if (code == EXIT_OK) {
        json_t *listeners = listeners_json(overview.json);
        add_certificates(listeners, member_text(settings.json, "settings"));
        print_certificates(run, listeners);
        json_decref(listeners);
    }
    answer_finish(&overview);
    answer_finish(&settings);
    return code;
}

static const struct command commands[] = {
    {.name = "certificates",
     .usage = "",
     .help = "Displays the certificates of every listener with TLS",
     .run = certificates},
    {.name = "cipher_suites",
     .usage = "[--format <openssl | erlang | map>] [--all] [--timeout <timeout>]",
     .help = "Lists the cipher suites that are offered by default, or all",
     .options = "format= all",
     .run = cipher_suites},
    {.name = "tls_versions",
     .usage = "",
     .help = "Lists the versions of TLS that can be allowed",
     .run = tls_versions},
};

const struct command_group group_tls = COMMAND_GROUP("TLS", commands);
