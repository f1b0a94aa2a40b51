#include "ctl/run.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/format.h"
#include "ctl/finder.h"
#include "ctl/help.h"
#include "ctl/term.h"

enum { TIMEOUT_SECONDS = 60 };

#define NODE_VARIABLE "RABBITMQ_NODENAME"

void run_finish(struct run *run)
{
    free(run->node);
}

const char *run_argument(const struct run *run, size_t index)
{
    return index < run->options.argument_count ? run->options.arguments[index] : NULL;
}

const char *run_vhost(const struct run *run)
{
    const char *vhost = options_value(&run->options, "vhost");
    return vhost ? vhost : "/";
}

long run_number(const struct run *run, const char *option, long fallback)
{
    char *end;
    const char *text = options_value(&run->options, option);
    if (!text) {
        return fallback;
    }
    long number = strtol(text, &end, 10);
    return *text && !*end && number >= 0 ? number : -1;
}

unsigned run_timeout(const struct run *run)
{
    long said = run_number(run, "timeout", TIMEOUT_SECONDS);
    return said < 0 ? TIMEOUT_SECONDS : (unsigned)said;
}

static void print_line(FILE *out, const char *format, va_list args)
{
    struct bytes text = {0};
    format_add_list(&text, format, args);
    fprintf(out, "%.*s\n", (int)text.len, (const char *)text.ptr);
    bytes_finish(&text);
}

void run_banner(const struct run *run, const char *format, ...)
{
    va_list args;
    bool machine = run->formatter == FORMATTER_JSON || run->formatter == FORMATTER_CSV;
    if (machine || options_has(&run->options, "quiet") || options_has(&run->options, "silent")) {
        return;
    }
    va_start(args, format);
    print_line(run->out, format, args);
    va_end(args);
    fflush(run->out);
}

bool run_wants_data(const struct run *run)
{
    return run->formatter == FORMATTER_JSON || run->formatter == FORMATTER_ERLANG;
}

static void print_term(struct run *run, json_t *term)
{
    struct bytes text = {0};
    term_print(term, &text);
    fprintf(run->out, "%.*s\n", (int)text.len, (const char *)text.ptr);
    bytes_finish(&text);
    json_decref(term);
}

int run_tell(struct run *run, json_t *told)
{
    if (run->formatter == FORMATTER_ERLANG) {
        print_term(run, term_of(told, TERM_PROPLISTS));
    } else {
        json_dumpf(told, run->out, JSON_COMPACT | JSON_REAL_PRECISION(15));
        fputc('\n', run->out);
    }
    json_decref(told);
    return EXIT_OK;
}

int run_tell_failure(struct run *run, json_t *told)
{
    FILE *out = run->out;
    run->out = run->err;
    run_tell(run, told);
    run->out = out;
    return EXIT_UNAVAILABLE;
}

static int say(struct run *run, const char *format, va_list args)
{
    struct bytes text = {0};
    format_add_list(&text, format, args);
    if (run->formatter == FORMATTER_JSON) {
        run_tell(run, json_pack("{s:s%}", "message", (const char *)text.ptr, (size_t)text.len));
    } else if (run->formatter == FORMATTER_ERLANG) {
        print_term(run, term_binary(bytes_slice(&text)));
    } else if (run->formatter == FORMATTER_PRETTY_TABLE) {
        formatter_print_box(bytes_slice(&text), run->out);
    } else {
        fprintf(run->out, "%.*s\n", (int)text.len, (const char *)text.ptr);
    }
    bytes_finish(&text);
    return EXIT_OK;
}

int run_say(struct run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int code = say(run, format, args);
    va_end(args);
    return code;
}

int run_done(struct run *run, const char *format, ...)
{
    va_list args;
    struct bytes text = {0};
    va_start(args, format);
    format_add_list(&text, format, args);
    va_end(args);
    int code = run->formatter == FORMATTER_JSON
                   ? run_tell(run, json_pack("{s:s,s:s,s:s%}", "node", run_node(run), "result",
                                             "ok", "value", (const char *)text.ptr, text.len))
                   : run_say(run, "%.*s", (int)text.len, (const char *)text.ptr);
    bytes_finish(&text);
    return code;
}

int run_pass(struct run *run, const char *format, ...)
{
    va_list args;
    int code = EXIT_OK;
    if (run->formatter == FORMATTER_JSON) {
        return run_tell(run, json_pack("{s:s}", "result", "ok"));
    }
    va_start(args, format);
    if (!options_has(&run->options, "silent")) {
        code = say(run, format, args);
    }
    va_end(args);
    return code;
}

int run_fail(const struct run *run, enum exit_code code, const char *format, ...)
{
    va_list args;
    fflush(run->out);
    fputs("Error:\n", run->err);
    va_start(args, format);
    print_line(run->err, format, args);
    va_end(args);
    return code;
}

int run_refuse(struct run *run, enum exit_code code, const char *format, ...)
{
    va_list args;
    struct bytes text = {0};
    va_start(args, format);
    format_add_list(&text, format, args);
    va_end(args);
    if (run->formatter == FORMATTER_JSON) {
        code = (enum exit_code)run_tell_failure(
            run, json_pack("{s:s%,s:s,s:s}", "message", (const char *)text.ptr, text.len, "node",
                           run_node(run), "result", "error"));
    } else {
        run_fail(run, code, "%.*s", (int)text.len, (const char *)text.ptr);
    }
    bytes_finish(&text);
    return code;
}

void run_usage(const struct run *run)
{
    fputs("Arguments given:\n\t", run->err);
    for (int i = 1; i < run->argc; i++) {
        fprintf(run->err, "%s%s", run->argv[i], i + 1 < run->argc ? " " : "\n");
    }
    help_usage(run->tool, run->command, run->err);
}

int run_misuse(const struct run *run, enum exit_code code, const char *format, ...)
{
    va_list args;
    fputs("Error (argument validation): ", run->err);
    va_start(args, format);
    print_line(run->err, format, args);
    va_end(args);
    run_usage(run);
    return code;
}

int run_no_vhost(const struct run *run, const char *name)
{
    fflush(run->out);
    fprintf(run->err, "Virtual host '%s' does not exist\n", name);
    return EXIT_DATA;
}

int run_find(struct run *run, struct text *why)
{
    struct finder finder = {.socket = options_value(&run->options, "socket"),
                            .node = options_value(&run->options, "node"),
                            .runtime_directory = getenv("XDG_RUNTIME_DIR"),
                            .user = (unsigned)geteuid()};
    const char *socket = getenv("LEVERET_SOCKET"), *node = getenv(NODE_VARIABLE);
    if (run->found) {
        return 0;
    }
    if (!finder.socket && !finder.node && socket && *socket) {
        finder.socket = socket;
    }
    if (!finder.socket && !finder.node && node && *node) {
        finder.node = node;
    }
    run->server.timeout_s = run_timeout(run) > 0 ? run_timeout(run) : TIMEOUT_SECONDS;
    int rc = finder_find(&finder, &run->server, why);
    run->found = rc == 0;
    return rc;
}

bool run_reach(struct run *run, long *process)
{
    struct text why = {.len = 0};
    *process = 0;
    return run_find(run, &why) == 0 && http_knock(&run->server, process) == 0;
}

int run_timed_out(struct run *run)
{
    fflush(run->out);
    fprintf(run->err, "Error: operation %s on node %s timed out. Timeout value used: %u\n",
            run->options.command, run_node(run), run_timeout(run) * 1000);
    return EXIT_TIMED_OUT;
}

/* RabbitMQ's first line, which scripts look for, and what is known. */
static int tell_down(struct run *run, int rc, const char *why)
{
    fflush(run->out);
    if (rc == -ETIMEDOUT) {
        return run_timed_out(run);
    }
    fprintf(run->err,
            "Error: unable to perform an operation on node '%s'. Please see diagnostics "
            "information and suggestions below.\n\n"
            "DIAGNOSTICS\n===========\n\n",
            run_node(run));
    if (run->server.socket[0]) {
        fprintf(run->err, " * socket: %s\n", run->server.socket);
    }
    fprintf(run->err, " * %s\n\n", why[0] ? why : strerror(-rc));
    fputs("Most common reasons for this are:\n\n"
          " * the broker is not running, or not on this machine\n"
          " * it runs as another user: try as that user, or as root\n"
          " * its socket is elsewhere (management.unix_socket): say where with --socket or "
          "LEVERET_SOCKET\n",
          run->err);
    return EXIT_UNAVAILABLE;
}

void answer_finish(struct answer *answer)
{
    json_decref(answer->json);
    *answer = (struct answer){.status = 0};
}

const char *member_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

const char *answer_reason(const struct answer *answer)
{
    const char *reason = member_text(answer->json, "reason");
    if (*reason) {
        return reason;
    }
    return answer->status == 404   ? "not_found"
           : answer->status == 405 ? "this broker has nothing that does it"
                                   : "the broker refused it";
}

/* Asks whoever run->server is. */
static int ask_server(struct run *run, const struct question *question, struct answer *answer)
{
    struct http_response response = {.status = 0};
    char *body = question->body ? json_dumps(question->body, JSON_COMPACT) : NULL;
    struct http_request request = {.method = question->method,
                                   .path = question->path,
                                   .body = body ? format_slice(body) : (struct slice){NULL, 0},
                                   .reason = question->reason};
    int rc = http_ask(&run->server, &request, &response);
    if (rc == 0) {
        answer->status = response.status;
        answer->json = json_loadb((const char *)response.body.ptr, response.body.len,
                                  JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    }
    http_response_finish(&response);
    free(body);
    return rc;
}

int run_ask(struct run *run, struct question question, struct answer *answer)
{
    struct text why = {.len = 0};
    int rc = run_find(run, &why);
    if (rc == 0) {
        rc = ask_server(run, &question, answer);
    }
    free(question.path);
    return rc < 0 ? tell_down(run, rc, why.ptr) : EXIT_OK;
}

int run_demand(struct run *run, struct question question, struct answer *answer)
{
    int code = run_ask(run, question, answer);
    if (code == EXIT_OK && answer->status >= 400) {
        code = run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(answer));
    }
    return code;
}

int run_change(struct run *run, struct question question, json_t *body)
{
    struct answer answer = {.status = 0};
    question.body = body;
    int code = run_demand(run, question, &answer);
    answer_finish(&answer);
    json_decref(body);
    return code;
}

int run_exists(struct run *run, char *path)
{
    struct answer answer = {.status = 0};
    int code = run_ask(run, (struct question){.method = "GET", .path = path}, &answer);
    int exists = answer.status < 400;
    answer_finish(&answer);
    return code == EXIT_OK ? exists : -code;
}

static char *ask_node(struct run *run)
{
    struct text why = {.len = 0};
    struct answer answer = {.status = 0};
    char path[] = "/api/overview?columns=node";
    struct question question = {.method = "GET", .path = path};
    char *node = NULL;
    if (run_find(run, &why) == 0 && ask_server(run, &question, &answer) == 0 &&
        *member_text(answer.json, "node")) {
        node = format_copy(format_slice(member_text(answer.json, "node")));
    }
    answer_finish(&answer);
    return node;
}

const char *run_node(struct run *run)
{
    const char *said = options_value(&run->options, "node");
    char host[256] = "localhost";
    if (run->node) {
        return run->node;
    }
    said = said ? said : getenv(NODE_VARIABLE);
    run->node = ask_node(run);
    if (!run->node && said && *said) {
        run->node = format_copy(format_slice(said));
    } else if (!run->node) {
        struct bytes name = {0};
        gethostname(host, sizeof host - 1);
        format_add(&name, "rabbit@%.*s", (int)strcspn(host, "."), host);
        run->node = format_copy(bytes_slice(&name));
        bytes_finish(&name);
    }
    return run->node;
}
