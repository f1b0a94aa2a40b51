#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/admin.h"
#include "admin/definitions_load.h"
#include "admin/identity.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "broker/broker.h"
#include "conf/format.h"
#include "conf/log.h"
#include "conf/settings_help.h"
#include "conf/settings_load.h"
#include "conf/settings_print.h"
#include "server/address.h"
#include "server/auth.h"
#include "server/bootstrap.h"
#include "server/clock.h"
#include "server/data_directory.h"
#include "server/engine.h"
#include "server/from_settings.h"
#include "server/inspect.h"
#include "server/machine.h"
#include "server/policy_settings.h"
#include "server/random.h"
#include "server/server.h"
#include "server/store.h"
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
    struct bytes management_ciphers;
    struct bytes metrics_ciphers;
    struct bytes directory; // of the data, with a zero behind it
    struct disk disk;
    struct broker *broker;
    struct auth *auth;
    struct store *store; // NULL: all is in memory
    struct engine *engine;
    struct tls *tls;            // NULL without TLS listeners
    struct tls *management_tls; // NULL without TLS for the HTTP API
    struct tls *metrics_tls;    // NULL without TLS for the metrics
    struct server *server;
    struct admin *admin;
    bool half_made; // the first start has failed: the next one is to be the first again
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

static uint64_t memory_total(const struct program *program)
{
    uint64_t said = program->settings->total_memory;
    return said == VALUE_UNLIMITED ? machine_memory() : said;
}

static uint64_t memory_limit(const struct program *program)
{
    return settings_memory_limit(program->settings, memory_total(program));
}

/* --- The data. --- */

static bool find_directory(struct program *program, struct text *error)
{
    const char *said = program->settings->storage_directory;
    struct data_places places = {.root = geteuid() == 0,
                                 .system = "/var/lib/leveret",
                                 .state_home = getenv("XDG_STATE_HOME"),
                                 .home = getenv("HOME")};
    if (*said) {
        format_add(&program->directory, "%s%c", said, '\0');
        return true;
    }
    return data_directory_default(&places, &program->directory, error);
}

static void tell_holder(const struct program *program, char *line, size_t size)
{
    snprintf(line, size, "process %ld, Leveret " LEVERET_VERSION ", %s", (long)getpid(),
             program->node);
}

static void tell_mode(const struct program *program)
{
    const struct settings *settings = program->settings;
    if (!program->store) {
        log_info(program->log, LOG_DEFAULT, "database dir   : none, everything is in memory only");
        return;
    }
    log_info(program->log, LOG_DEFAULT, "database dir   : %s", program->directory.ptr);
    if (!settings->storage_sync) {
        log_warning(program->log, LOG_DEFAULT,
                    "no-sync: what is confirmed survives the end of the "
                    "process, but not that of the machine");
    }
}

static bool open_store(struct program *program, struct effects *fx, struct text *error)
{
    char holder[128];
    struct clock clock = {.read = false};
    struct store_options options = store_options_of(program->settings);
    if (!find_directory(program, error) ||
        !data_directory_make((const char *)program->directory.ptr, error)) {
        return false;
    }
    tell_holder(program, holder, sizeof holder);
    disk_init(&program->disk);
    options.disk = &program->disk;
    options.broker = program->broker;
    options.log = program->log;
    options.dir = (const char *)program->directory.ptr;
    options.holder = holder;
    options.now_ms = clock_now(&clock);
    options.salvage = program->line.salvage;
    options.spill_above = memory_limit(program) / 2;
    random_fill(options.store_id, sizeof options.store_id);
    random_fill(&options.first_position, sizeof options.first_position);
    options.first_position = options.first_position >> 24 & ~(uint64_t)7;
    program->store = store_open(&options, fx, error);
    return program->store != NULL;
}

static void build_engine(struct program *program, uint64_t wall_offset_ms)
{
    struct engine_options options = engine_options_of(program->settings, &program->mechanisms);
    options.broker = program->broker;
    options.store = program->store;
    options.wall_offset_ms = wall_offset_ms;
    options.log = program->log;
    options.authenticator = auth_authenticator(program->auth);
    if (options.cluster_name.len == 0) {
        options.cluster_name = format_slice(program->node);
    }
    program->engine = engine_new(&options);
}

static struct api_options api_options_of(const struct program *program)
{
    struct clock clock = {.read = false};
    return (struct api_options){
        .broker = program->broker,
        .engine = program->engine,
        .server = program->server,
        .settings = program->settings,
        .log = program->log,
        .authenticator = auth_authenticator(program->auth),
        .node = program->node,
        .started_ms = clock_now(&clock),
        .wall_offset_ms = clock_wall_offset(),
        .store = program->store,
        .memory_limit = memory_limit(program),
        .disk_limit = settings_disk_limit(program->settings, memory_total(program)),
    };
}

/* What the settings promise for the first start is made at the first start: whoever removes the
 * user guest does not want it back. */
static bool make_first_things(struct program *program, const struct definitions_files *definitions,
                              struct effects *fx, struct text *error)
{
    struct bootstrap_options options = {
        .users_come = definitions_files_name(definitions, "users"),
        .vhosts_come = definitions_files_name(definitions, "vhosts"),
    };
    bool made = bootstrap(program->broker, program->settings, &options, fx);
    *error = fx->error;
    engine_run(program->engine, fx);
    return made;
}

/* At the first start all is made as a whole, also if the power goes in between. */
static bool make_things(struct program *program, const struct definitions_files *definitions,
                        struct effects *fx, struct text *error)
{
    struct api_options options = api_options_of(program);
    bool first = !program->store || store_is_new(program->store);
    if (first && program->store) {
        store_begin_group(program->store);
    }
    bool made = (!first || make_first_things(program, definitions, fx, error)) &&
                definitions_load(&options, definitions, error);
    if (made && first && program->store) {
        store_end_group(program->store);
    }
    program->half_made = first && !made;
    return made;
}

static void take_identity(struct program *program, struct effects *fx)
{
    identity_begin(program->broker, program->settings, fx);
    engine_run(program->engine, fx);
    identity_renew(program->broker, program->engine, program->node);
}

/* Those of the settings, which may be others than at the last start. */
static bool put_policies(struct program *program, struct effects *fx, struct text *error)
{
    bool put = policy_settings_apply(program->broker, program->settings, fx);
    *error = fx->error;
    engine_run(program->engine, fx);
    return put;
}

/* The core with what the disk has of it. */
static bool restore_core(struct program *program, struct effects *fx, struct text *error)
{
    uint64_t wall_offset_ms = clock_wall_offset();
    struct clock clock = {.read = false};
    struct broker_options options = broker_options_of(program->settings);
    options.wall_offset_ms = wall_offset_ms;
    options.node = format_slice(program->node);
    program->broker = broker_new(&options);
    program->auth = auth_new(program->broker);
    broker_set_time(program->broker, clock_now(&clock),
                    (clock_now(&clock) + wall_offset_ms) / 1000);
    if (!program->settings->storage_in_memory && !open_store(program, fx, error)) {
        return false;
    }
    tell_mode(program);
    build_engine(program, wall_offset_ms);
    engine_run(program->engine, fx);
    bootstrap_loopback_users(program->auth, program->settings);
    return true;
}

/* Definitions are read before anything is made, so that a mistake in them leaves nothing behind. */
static bool restore_and_make(struct program *program, struct effects *fx, struct text *error)
{
    struct definitions_files definitions;
    if (!definitions_find(program->settings, &definitions, error)) {
        return false;
    }
    bool made = restore_core(program, fx, error) && make_things(program, &definitions, fx, error);
    definitions_files_finish(&definitions);
    if (!made) {
        return false;
    }
    take_identity(program, fx);
    return put_policies(program, fx, error);
}

static bool build_core(struct program *program)
{
    struct text error = {.len = 0};
    struct effects fx = {0};
    bool built = restore_and_make(program, &fx, &error);
    if (!built) {
        log_error(program->log, LOG_DEFAULT, "%s", error.ptr);
    }
    effects_free(&fx);
    return built;
}

static struct tls *new_tls(struct program *program, const struct tls_options *options,
                           const char *whose)
{
    struct text error = {.len = 0};
    struct tls *tls = tls_new(options, &error);
    if (!tls) {
        log_error(program->log, LOG_DEFAULT, "Failed to set up TLS (%s): %s", whose, error.ptr);
    }
    return tls;
}

static bool build_management_tls(struct program *program)
{
    if (program->settings->management_ssl_port == VALUE_UNLIMITED) {
        return true;
    }
    struct tls_options options =
        management_tls_options_of(program->settings, &program->management_ciphers);
    program->management_tls = new_tls(program, &options, "management.ssl");
    return program->management_tls;
}

static bool build_metrics_tls(struct program *program)
{
    if (program->settings->prometheus_ssl_port == VALUE_UNLIMITED) {
        return true;
    }
    struct tls_options options =
        metrics_tls_options_of(program->settings, &program->metrics_ciphers);
    program->metrics_tls = new_tls(program, &options, "prometheus.ssl");
    return program->metrics_tls;
}

static bool build_tls(struct program *program)
{
    const struct settings *settings = program->settings;
    if (settings->listeners_ssl.count > 0) {
        struct tls_options options = tls_options_of(settings, &program->ciphers);
        program->tls = new_tls(program, &options, "ssl_options");
        if (!program->tls) {
            return false;
        }
    }
    return build_management_tls(program) && build_metrics_tls(program);
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
    if ((program->tls && !tls_reload(program->tls, &error)) ||
        (program->management_tls && !tls_reload(program->management_tls, &error)) ||
        (program->metrics_tls && !tls_reload(program->metrics_tls, &error))) {
        log_error(program->log, LOG_DEFAULT, "TLS stays as it was: %s", error.ptr);
        return;
    }
    log_notice(program->log, LOG_DEFAULT, "SIGHUP received - reloaded");
}

static bool build_server(struct program *program)
{
    const struct settings *settings = program->settings;
    uint64_t total = memory_total(program);
    program->server = server_new(&(struct server_options){
        .engine = program->engine,
        .broker = program->broker,
        .store = program->store,
        .log = program->log,
        .node = program->node,
        .memory_limit = memory_limit(program),
        .memory_total = total,
        .disk_limit = settings_disk_limit(settings, total),
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

/* The port that tells this broker from others of this machine; 0 if it has none. */
static uint16_t first_port(const struct program *program)
{
    const struct address *address;
    uint16_t port = 0;
    bool tls;
    for (size_t i = 0; port == 0 && (address = server_listener(program->server, i, &tls)); i++) {
        port = address_port(address);
    }
    return port;
}

static bool build_admin(struct program *program)
{
    struct text error = {.len = 0};
    program->admin = admin_new(&(struct admin_options){
        .base = server_base(program->server),
        .tls = program->management_tls,
        .metrics_tls = program->metrics_tls,
        .api = api_options_of(program),
    });
    if (!admin_listen(program->admin, &error) ||
        !admin_listen_for_metrics(program->admin, &error) ||
        !admin_listen_locally(program->admin, first_port(program), &error)) {
        log_error(program->log, LOG_DEFAULT, "%s", error.ptr);
        return false;
    }
    return true;
}

static bool build(struct program *program)
{
    machine_raise_descriptor_limit();
    name_node(program);
    return build_core(program) && build_tls(program) && build_server(program) &&
           listen_to(program, &program->settings->listeners_tcp, NULL) &&
           listen_to(program, &program->settings->listeners_ssl, program->tls) &&
           build_admin(program);
}

/* After the engine, which gives up what clients have not settled, and before the core, of which the
 * last checkpoint is made. */
static bool close_store(struct program *program)
{
    if (program->half_made) {
        store_abandon(program->store);
        return true;
    }
    int rc = store_close(program->store);
    if (rc < 0) {
        log_error(program->log, LOG_DEFAULT, "the data directory could not be closed well: %s",
                  strerror(-rc));
    }
    return rc == 0;
}

static bool tear_down(struct program *program)
{
    admin_free(program->admin);
    server_free(program->server);
    tls_free(program->metrics_tls);
    tls_free(program->management_tls);
    tls_free(program->tls);
    engine_free(program->engine);
    bool closed = close_store(program);
    auth_free(program->auth);
    broker_free(program->broker);
    bytes_finish(&program->ciphers);
    bytes_finish(&program->management_ciphers);
    bytes_finish(&program->metrics_ciphers);
    bytes_finish(&program->mechanisms);
    bytes_finish(&program->directory);
    free(program->node);
    return closed;
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
            admin_end_tick(program->admin);
        }
        status = EXIT_SUCCESS;
    }
    if (!tear_down(program)) {
        status = EXIT_FAILURE;
    }
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
    case COMMAND_INSPECT: {
        bool sound = inspect(program->line.directory, &text);
        print_bytes(&text);
        return sound ? EXIT_SUCCESS : EXIT_FAILURE;
    }
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
