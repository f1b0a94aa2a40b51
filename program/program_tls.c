#include "program/program_internal.h"

#include "conf/log.h"
#include "server/from_settings.h"
#include "server/tls.h"

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

bool program_build_tls(struct program *program)
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

bool program_reload_tls(struct program *program, struct text *error)
{
    struct tls *all[] = {program->tls, program->management_tls, program->metrics_tls};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] && !tls_reload(all[i], error)) {
            return false;
        }
    }
    return true;
}

void program_free_tls(struct program *program)
{
    tls_free(program->metrics_tls);
    tls_free(program->management_tls);
    tls_free(program->tls);
    bytes_finish(&program->ciphers);
    bytes_finish(&program->management_ciphers);
    bytes_finish(&program->metrics_ciphers);
}
