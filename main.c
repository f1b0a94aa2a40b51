#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "broker/broker.h"
#include "conf/format.h"
#include "conf/log.h"
#include "conf/settings_help.h"
#include "conf/settings_load.h"
#include "conf/settings_print.h"
#include "server/auth.h"
#include "server/bootstrap.h"
#include "server/clock.h"
#include "server/engine.h"
#include "server/from_settings.h"
#include "server/machine.h"
#include "server/policy_settings.h"
#include "server/server.h"
#include "server/tls.h"

extern char **environ;

/* The running program: everything that is built at the start, in the order of building, and torn
 * down in the other. */
struct program {
    struct command_line line;
    struct settings *settings;
    struct logger *log;
    char *node; // "rabbit@" and the host's name, unless the cluster has a name of its own
    struct bytes mechanisms;
    struct bytes ciphers;
    struct broker *broker;
    struct auth *auth;
    struct engine *engine;
    struct tls *tls; // NULL without TLS listeners
    struct server *server;
};

static bool told_errors(struct logger *log, const struct findings *findings)
{
    logger_tell(log, findings);
    return findings_count(findings, FINDING_ERROR) > 0;
}

static bool load_settings(struct program *program)
{
    struct findings findings = {0};
    program->settings = settings_load(&program->line, environ, &findings);
    logger_configure(program->log, program->settings);
    bool failed = told_errors(program->log, &findings);
    findings_finish(&findings);
    return !failed;
}

static void name_node(struct program *program)
{
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    struct bytes name = {0};
    bytes_add(&name, SLICE("rabbit@"));
    bytes_add(&name, (struct slice){(const uint8_t *)host, strcspn(host, ".")});
    program->node = format_copy(bytes_slice(&name));
    bytes_finish(&name);
}

static void build_engine(struct program *program)
{
    struct engine_options options = engine_options_of(program->settings, &program->mechanisms);
    options.broker = program->broker;
    options.wall_offset_ms = clock_wall_offset();
    options.log = program->log;
    options.authenticator = auth_authenticator(program->auth);
    if (options.cluster_name.len == 0) {
        options.cluster_name = format_slice(program->node);
    }
    program->engine = engine_new(&options);
}

static bool build_core(struct program *program)
{
    struct effects fx = {0};
    struct broker_options options = broker_options_of(program->settings);
    program->broker = broker_new(&options);
    program->auth = auth_new(program->broker);
    bool done = bootstrap(program->broker, program->auth, program->settings, &fx) &&
                policy_settings_apply(program->broker, program->settings, &fx);
    if (done) {
        build_engine(program);
    } else {
        log_error(program->log, LOG_DEFAULT, "%s", fx.error.ptr);
    }
    effects_free(&fx);
    return done;
}

static bool build_tls(struct program *program)
{
    struct text error = {.len = 0};
    if (program->settings->listeners_ssl.count == 0) {
        return true;
    }
    struct tls_options options = tls_options_of(program->settings, &program->ciphers);
    program->tls = tls_new(&options, &error);
    if (!program->tls) {
        log_error(program->log, LOG_DEFAULT, "Failed to set up TLS: %s", error.ptr);
    }
    return program->tls != NULL;
}

/* SIGHUP: the levels of the log and the files of TLS. Nothing else changes while running. */
static void on_reload(void *context)
{
    struct program *program = context;
    struct findings findings = {0};
    struct text error = {.len = 0};
    struct settings *settings = settings_load(&program->line, environ, &findings);
    if (!told_errors(program->log, &findings)) {
        logger_configure(program->log, settings);
    }
    settings_free(settings);
    findings_finish(&findings);
    if (program->tls && !tls_reload(program->tls, &error)) {
        log_error(program->log, LOG_DEFAULT, "TLS stays as it was: %s", error.ptr);
        return;
    }
    log_notice(program->log, LOG_DEFAULT, "SIGHUP received - reloaded");
}

static bool build_server(struct program *program)
{
    const struct settings *settings = program->settings;
    uint64_t total = settings->total_memory;
    if (total == VALUE_UNLIMITED) {
        total = machine_memory();
    }
    program->server = server_new(&(struct server_options){
        .engine = program->engine,
        .broker = program->broker,
        .log = program->log,
        .node = program->node,
        .memory_limit = settings_memory_limit(settings, total),
        .memory_total = total,
        .memory_interval_ms = (uint32_t)settings->memory_monitor_interval,
        .tls_handshake_timeout_ms = (uint32_t)settings->ssl_handshake_timeout,
        .on_reload = on_reload,
        .context = program,
    });
    if (!program->server) {
        log_error(program->log, LOG_DEFAULT, "Failed to start: %s", strerror(errno));
    }
    return program->server != NULL;
}

static bool listen_to(struct program *program, const struct listener_list *list, struct tls *tls)
{
    struct text error = {.len = 0};
    struct acceptor_options options = acceptor_options_of(program->settings, tls);
    for (size_t i = 0; i < list->count; i++) {
        if (server_listen(program->server, &list->items[i], &options, &error) < 0) {
            log_error(program->log, LOG_DEFAULT, "%s", error.ptr);
            return false;
        }
    }
    return true;
}

static bool build(struct program *program)
{
    machine_raise_descriptor_limit();
    name_node(program);
    return build_core(program) && build_tls(program) && build_server(program) &&
           listen_to(program, &program->settings->listeners_tcp, NULL) &&
           listen_to(program, &program->settings->listeners_ssl, program->tls);
}

static void tear_down(struct program *program)
{
    server_free(program->server);
    tls_free(program->tls);
    engine_free(program->engine);
    auth_free(program->auth);
    broker_free(program->broker);
    bytes_finish(&program->ciphers);
    bytes_finish(&program->mechanisms);
    free(program->node);
}

/* What scripts that start a RabbitMQ wait for, one or the other, on either output. */
static void tell_started(const struct program *program, struct clock *clock, uint64_t begun)
{
    clock_expire(clock);
    log_info(program->log, LOG_DEFAULT, "Time to start %s: %llu ms",
             program->settings->product_name, (unsigned long long)(clock_now(clock) - begun));
    log_info(program->log, LOG_DEFAULT, "Server startup complete; 0 plugins started.");
    puts("  Starting broker... completed with 0 plugins.");
    fflush(stdout);
}

static int run(struct program *program)
{
    int status = EXIT_FAILURE;
    struct clock clock = {.read = false};
    uint64_t begun = clock_now(&clock);
    log_info(program->log, LOG_DEFAULT, "Starting Leveret " LEVERET_VERSION);
    if (build(program)) {
        tell_started(program, &clock, begun);
        while (!server_stopped(program->server)) {
            server_tick(program->server);
        }
        status = EXIT_SUCCESS;
    }
    tear_down(program);
    if (status == EXIT_SUCCESS) {
        log_info(program->log, LOG_DEFAULT, "Successfully stopped");
    }
    return status;
}

static void print_bytes(struct bytes *text)
{
    fwrite(text->ptr, 1, text->len, stdout);
    bytes_finish(text);
}

static int act(struct program *program)
{
    struct bytes text = {0};
    switch (program->line.action) {
    case COMMAND_HELP:
        fputs(command_line_help(), stdout);
        return EXIT_SUCCESS;
    case COMMAND_VERSION:
        puts("leveret " LEVERET_VERSION);
        return EXIT_SUCCESS;
    case COMMAND_HELP_SETTINGS:
        settings_help_text(&text);
        print_bytes(&text);
        return EXIT_SUCCESS;
    case COMMAND_HELP_SETTINGS_MARKDOWN:
        settings_help_markdown(&text);
        print_bytes(&text);
        return EXIT_SUCCESS;
    case COMMAND_PRINT_SETTINGS:
        if (!load_settings(program)) {
            return EXIT_FAILURE;
        }
        settings_print(program->settings, true, &text);
        print_bytes(&text);
        return EXIT_SUCCESS;
    case COMMAND_INSPECT: // in a later step
        return EXIT_FAILURE;
    case COMMAND_RUN:
        break;
    }
    return load_settings(program) ? run(program) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct program program = {.log = logger_new(STDERR_FILENO)};
    struct findings findings = {0};
    bool understood = command_line_parse(&program.line, argc, argv, &findings);
    logger_tell(program.log, &findings);
    findings_finish(&findings);
    int status = understood ? act(&program) : 2;
    settings_free(program.settings);
    command_line_finish(&program.line);
    logger_free(program.log);
    return status;
}
