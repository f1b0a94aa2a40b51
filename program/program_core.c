#include "program/program_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/definitions_load.h"
#include "admin/identity.h"
#include "conf/format.h"
#include "conf/log.h"
#include "conf/settings_load.h"
#include "server/bootstrap.h"
#include "server/clock.h"
#include "server/data_directory.h"
#include "server/from_settings.h"
#include "server/policy_settings.h"
#include "server/random.h"

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
    disk_init(&program->real_disk);
    disk_meter_init(&program->disk, &program->real_disk);
    options.disk = &program->disk.disk;
    options.broker = program->broker;
    options.log = program->log;
    options.dir = (const char *)program->directory.ptr;
    options.holder = holder;
    options.now_ms = clock_now(&clock);
    options.salvage = program->line->salvage;
    options.spill_above = store_spill_above_of(program_memory_limit(program));
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
    struct api_options options = program_api_options(program);
    bool first = !program->store || store_is_new(program->store);
    if (first && program->store) {
        store_begin_group(program->store);
    }
    uint64_t after = 0; // nobody waits for an answer
    bool made = (!first || make_first_things(program, definitions, fx, error)) &&
                definitions_load(&options, definitions, &after, error);
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
    options.event_vhost = event_vhost_of(program->settings);
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

bool program_build_core(struct program *program)
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

/* After the engine, which gives up what clients have not settled, and before the core, of which the
 * last checkpoint is made. */
bool program_close_store(struct program *program)
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
