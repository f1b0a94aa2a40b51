#include "program/program_internal.h"

#include <errno.h>
#include <string.h>

#include "conf/log.h"
#include "conf/settings_change.h"
#include "conf/settings_load.h"
#include "server/address.h"
#include "server/from_settings.h"
#include "server/server.h"
#include "server/tls.h"

extern char **environ;

/* SIGHUP: the levels of the log and the files of TLS. Nothing else changes while running. */
static void on_reload(void *context)
{
    struct program *program = context;
    struct findings findings = {0};
    struct text error = {.len = 0};
    struct settings *settings = settings_load(program->line, environ, &findings);
    logger_tell(program->log, &findings);
    if (findings_count(&findings, FINDING_ERROR) == 0) {
        settings_take_log(program->settings, settings);
        logger_configure(program->log, program->settings);
    }
    settings_free(settings);
    findings_finish(&findings);
    if (!program_reload_tls(program, &error)) {
        log_error(program->log, LOG_DEFAULT, "TLS stays as it was: %s", error.ptr);
        return;
    }
    log_notice(program->log, LOG_DEFAULT, "SIGHUP received - reloaded");
}

static bool build_server(struct program *program)
{
    const struct settings *settings = program->settings;
    uint64_t total = program_memory_total(program);
    program->server = server_new(&(struct server_options){
        .engine = program->engine,
        .broker = program->broker,
        .store = program->store,
        .log = program->log,
        .node = program->node,
        .memory_limit = program_memory_limit(program),
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
        .api = program_api_options(program),
    });
    if (!admin_listen(program->admin, &error) ||
        !admin_listen_for_metrics(program->admin, &error) ||
        !admin_listen_locally(program->admin, first_port(program), &error)) {
        log_error(program->log, LOG_DEFAULT, "%s", error.ptr);
        return false;
    }
    return true;
}

bool program_build_server(struct program *program)
{
    return build_server(program) && listen_to(program, &program->settings->listeners_tcp, NULL) &&
           listen_to(program, &program->settings->listeners_ssl, program->tls) &&
           build_admin(program);
}
