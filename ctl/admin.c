#include "ctl/admin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/admin_config.h"
#include "ctl/admin_connect.h"
#include "ctl/admin_internal.h"
#include "ctl/admin_modern.h"
#include "ctl/run.h"

#define ADMIN_OPTIONS                                                                              \
    "help/h version config/c= node/N= host/H= port/P= path-prefix= vhost/V= username/u= "          \
    "password/p= base-uri/U= quiet/q ssl/s ssl-key-file= ssl-cert-file= ssl-ca-cert-file= "        \
    "ssl-disable-hostname-verification ssl-insecure/k request-timeout/t= format/f= sort/S= "       \
    "sort-reverse/R depth/d= bash-completion socket= declare-vhost="

static void print_line(FILE *out, const char *before, const char *format, va_list args)
{
    fputs(before, out);
    vfprintf(out, format, args);
    fputs("\n\n", out);
}

int admin_misuse(const struct admin *admin, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(admin->err, "\nERROR: ", format, args);
    va_end(args);
    fputs("rabbitmqadmin --help for help\n\n", admin->err);
    return EXIT_FAILURE;
}

int admin_die(const struct admin *admin, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(admin->err, "*** ", format, args);
    va_end(args);
    return EXIT_FAILURE;
}

static json_t *read_answer(const struct admin *admin, const struct http_response *response,
                           const char *path)
{
    json_t *json = json_loadb((const char *)response->body.ptr, response->body.len,
                              JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (response->status < 400) {
        return json ? json : json_null();
    }
    if (response->status == 404 && admin->idempotent) {
        json_decref(json);
        return json_null();
    }
    if (response->status == 400) {
        admin_die(admin, "%s", member_text(json, "reason"));
    } else if (response->status == 401) {
        admin_die(admin, "Access refused: %s", path);
    } else if (response->status == 404) {
        admin_die(admin, "Not found: %s", path);
    } else {
        admin_die(admin, "Received response %d for path %s\n%s", response->status, path,
                  member_text(json, "reason"));
    }
    json_decref(json);
    return NULL;
}

json_t *admin_ask(struct admin *admin, const char *method, char *path, const json_t *body)
{
    struct bytes target = {0};
    struct http_response response = {.status = 0};
    const char *prefix = options_value(&admin->options, "path-prefix");
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    format_add(&target, "%s%s%c", prefix ? prefix : "", path, '\0');
    struct http_request request = {.method = method,
                                   .path = (const char *)target.ptr,
                                   .body = text ? format_slice(text) : (struct slice){NULL, 0}};
    int rc = http_ask(&admin->server, &request, &response);
    json_t *answer = NULL;
    if (rc == -ETIMEDOUT) {
        admin_die(admin, "Timed out getting HTTP response (request timeout: %u seconds)",
                  admin->server.timeout_s);
    } else if (rc < 0) {
        admin_die(admin, "Could not connect: %s",
                  response.why.len > 0 ? response.why.ptr : strerror(-rc));
    } else {
        answer = read_answer(admin, &response, (const char *)target.ptr);
    }
    http_response_finish(&response);
    bytes_finish(&target);
    free(text);
    free(path);
    return answer;
}

static void print_help(FILE *out)
{
    fputs("Usage\n=====\n  rabbitmqadmin [options] subcommand\n\nOptions\n=======\n"
          "--help, -h              show this help message and exit\n"
          "--config=FILE, -c FILE  configuration file [default: ~/.rabbitmqadmin.conf]\n"
          "--node=NODE, -N NODE    section of the configuration file [default: default]\n"
          "--host=HOST, -H HOST    connect to host HOST [default: this machine's socket]\n"
          "--port=PORT, -P PORT    connect to port PORT [default: 15672, with TLS 15671]\n"
          "--path-prefix=PATH      a prefix of all paths\n"
          "--vhost=VHOST, -V VHOST connect to vhost VHOST [default: all vhosts for list, '/' for "
          "declare]\n"
          "--username=NAME, -u NAME  connect using username NAME [default: guest]\n"
          "--password=WORD, -p WORD  connect using password WORD [default: guest]\n"
          "--base-uri=URI, -U URI  connect to http://host:port or https://host:port\n"
          "--socket=PATH           connect to this socket; also the variable LEVERET_SOCKET\n"
          "--quiet, -q             suppress status messages\n"
          "--ssl, -s               connect with TLS\n"
          "--ssl-ca-cert-file=F    trust the certificates of this file [default: the system's]\n"
          "--ssl-cert-file=F       our certificate\n"
          "--ssl-key-file=F        its key\n"
          "--ssl-disable-hostname-verification  accept the certificate of another host\n"
          "--ssl-insecure, -k      accept any certificate\n"
          "--request-timeout=N, -t N  wait so many seconds [default: 120]\n"
          "--format=F, -f F        raw_json, pretty_json, tsv, long, table, kvp or bash [default: "
          "table]\n"
          "--sort=KEY, -S KEY      sort key for listing queries\n"
          "--sort-reverse, -R      reverse the sort order\n"
          "--depth=N, -d N         maximum depth to recurse for listing tables [default: 1]\n"
          "--bash-completion       print a completion script for bash\n"
          "--version               display version and exit\n\nMore Help\n=========\n\n"
          "  rabbitmqadmin help subcommands  # For a list of available subcommands\n"
          "  rabbitmqadmin help config       # For help with the configuration file\n",
          out);
}

static int run_verb(struct admin *admin)
{
    const char *verb = admin->options.command;
    if (options_has(&admin->options, "help") ||
        (verb && strcmp(verb, "help") == 0 && admin->argument_count == 0)) {
        print_help(admin->out);
        return EXIT_SUCCESS;
    }
    if (options_has(&admin->options, "version")) {
        fputs("rabbitmqadmin " LEVERET_VERSION " (Leveret)\n", admin->out);
        return EXIT_SUCCESS;
    }
    if (admin->options.unknown_count > 0) {
        return admin_misuse(admin, "no such option: %s", admin->options.unknown[0]);
    }
    if (options_has(&admin->options, "bash-completion")) {
        admin_print_completion(admin->out);
        return EXIT_SUCCESS;
    }
    if (!verb) {
        return admin_misuse(admin, "Action not specified");
    }
    admin_verb run = admin_verb_find(verb);
    if (!run) {
        return admin_misuse(admin, "Action %s not understood", verb);
    }
    int code = admin_config_take(admin) ? admin_connect(admin) : EXIT_FAILURE;
    return code == EXIT_SUCCESS ? run(admin) : code;
}

static int run_older(int argc, char *const *argv, FILE *const files[2], bool idempotent)
{
    struct admin admin = {.out = files[0], .err = files[1], .idempotent = idempotent};
    const struct option_set known = {.common = ADMIN_OPTIONS};
    const char *arguments[ARGUMENTS_MAX + 1] = {NULL};
    if (!options_parse(&admin.options, argc, argv, &known)) {
        return admin_misuse(&admin, "too many arguments");
    }
    admin.argument_count = admin.options.argument_count;
    memcpy(arguments, admin.options.arguments, admin.argument_count * sizeof *arguments);
    admin.arguments = arguments;
    admin.verbose = !options_has(&admin.options, "quiet");
    int code = run_verb(&admin);
    free(admin.config);
    return code;
}

int admin_run(int argc, char *const *argv, FILE *out, FILE *err)
{
    FILE *const files[] = {out, err};
    struct admin_modern modern;
    bool newer = admin_modern_translate(&modern, argc, argv);
    int code = newer ? run_older(modern.count, modern.words, files, modern.idempotent)
                     : run_older(argc, argv, files, false);
    admin_modern_finish(&modern);
    return code;
}
