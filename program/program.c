#include "program/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/format.h"
#include "conf/log.h"
#include "program/program_internal.h"
#include "server/auth.h"
#include "server/clock.h"
#include "server/from_settings.h"
#include "server/machine.h"
#include "server/server.h"

/* It becomes part of the name of a file. */
static bool is_node_name(const char *name)
{
    const char *host = strchr(name, '@');
    size_t sound =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@");
    return name[sound] == '\0' && name[0] != '@' && name[0] != '.' &&
           (!host || (host[1] != '\0' && !strchr(host + 1, '@')));
}

/* "rabbit@host", as a node of RabbitMQ is called. */
static bool name_node(struct program *program)
{
    char host[256] = "localhost";
    const char *said = *program->settings->node_name ? program->settings->node_name : "rabbit";
    if (!is_node_name(said)) {
        log_error(program->log, LOG_DEFAULT, "node.name: '%s' cannot be the name of a node", said);
        return false;
    }
    gethostname(host, sizeof host - 1);
    struct bytes name = {0};
    format_add(&name, "%s", said);
    if (!strchr(said, '@')) {
        format_add(&name, "@%.*s", (int)strcspn(host, "."), host);
    }
    program->node = format_copy(bytes_slice(&name));
    bytes_finish(&name);
    return true;
}

uint64_t program_memory_total(const struct program *program)
{
    uint64_t said = program->settings->total_memory;
    return said == VALUE_UNLIMITED ? machine_memory() : said;
}

uint64_t program_memory_limit(const struct program *program)
{
    return settings_memory_limit(program->settings, program_memory_total(program));
}

struct api_options program_api_options(const struct program *program)
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
        .directory = program->store ? (const char *)program->directory.ptr : NULL,
        .started_ms = clock_now(&clock),
        .wall_offset_ms = clock_wall_offset(),
        .store = program->store,
        .disk = program->store ? &program->disk : NULL,
        .memory_total = program_memory_total(program),
    };
}

static bool build(struct program *program)
{
    machine_raise_descriptor_limit();
    return name_node(program) && program_build_core(program) && program_build_tls(program) &&
           program_build_server(program);
}

static bool tear_down(struct program *program)
{
    admin_free(program->admin);
    server_free(program->server);
    program_free_tls(program);
    engine_free(program->engine);
    bool closed = program_close_store(program);
    auth_free(program->auth);
    broker_free(program->broker);
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

int program_run(const struct command_line *line, struct settings *settings, struct logger *log)
{
    struct program all = {.line = line, .settings = settings, .log = log}, *program = &all;
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
