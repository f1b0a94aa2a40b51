#include "admin/definitions_load.h"

#include "admin/api_internal.h"
#include "admin/definitions.h"
#include "admin/operation.h"
#include "broker/parameter.h"
#include "conf/format.h"
#include "conf/log.h"
#include "server/clock.h"

/* RabbitMQ's name for what it keeps the hash of the last import in. */
#define HASH_NAME SLICE("imported_definition_hash_value")

bool definitions_find(const struct settings *settings, struct definitions_files *out,
                      struct text *error)
{
    bool backend = settings->definitions_backend != CHOICE_UNSET;
    const char *path = *settings->load_definitions ? settings->load_definitions
                       : backend                   ? settings->definitions_local_path
                                                   : "";
    *out = (struct definitions_files){.count = 0};
    if (*path) {
        return definitions_files_read(path, out, error);
    }
    if (backend) {
        text_clear(error);
        text_add_str(error, "definitions.import_backend needs definitions.local.path");
    }
    return !backend;
}

/* The reason of a refusal as it would have been answered: a text, or a term. */
static void add_reason(struct text *error, const struct bytes *body)
{
    json_error_t why;
    json_t *answer = json_loadb((const char *)body->ptr, body->len, 0, &why);
    const json_t *reason = json_object_get(answer, "reason");
    if (json_is_string(reason)) {
        text_add(error, format_slice(json_string_value(reason)));
    }
    for (size_t i = 0; i < json_array_size(reason); i++) {
        const char *part = json_string_value(json_array_get(reason, i));
        text_add_str(error, i > 0 ? " " : "");
        text_add_str(error, part ? part : "");
    }
    json_decref(answer);
}

/* "queues[3] 'name' in vhost 'v'". */
static void add_place(struct text *error, const struct definitions_file *file,
                      const struct definitions_stop *stop)
{
    const json_t *item = json_array_get(json_object_get(file->json, stop->section), stop->index);
    struct slice name = operation_text(item, "name"), vhost = operation_text(item, "vhost");
    text_format(error, "%s[%u]", format_slice(stop->section), (uint64_t)stop->index);
    if (name.len > 0) {
        text_format(error, " '%s'", name);
    }
    if (vhost.len > 0) {
        text_format(error, " in vhost '%s'", vhost);
    }
}

static bool load_file(const struct api *api, const struct definitions_file *file, uint64_t *after,
                      struct text *error)
{
    struct clock clock = {.read = false};
    struct request request = {.method = HTTP_POST, .now_ms = clock_now(&clock)};
    struct reply reply = {.status = 0};
    struct call call = {.api = api,
                        .request = &request,
                        .reply = &reply,
                        .user = SLICE("rmq-internal"),
                        .rights = RIGHT_ADMINISTRATOR};
    struct definitions_stop stop;
    bool done = definitions_import(&call, file->json, &stop);
    if (!done) {
        text_clear(error);
        text_format(error, "definitions: %s: ", format_slice(file->path));
        add_place(error, file, &stop);
        text_add_str(error, ": ");
        add_reason(error, &reply.body);
    }
    *after = reply.after > *after ? reply.after : *after;
    arena_finish(&call.arena);
    reply_finish(&reply);
    return done;
}

static bool is_unchanged(const struct api_options *options, struct slice hash)
{
    struct parameter last = {.name = HASH_NAME};
    return options->settings->definitions_skip_if_unchanged &&
           broker_find_parameter(options->broker, &last) && slice_eq(last.value, hash);
}

static void remember(const struct api_options *options, struct slice hash, uint64_t *after)
{
    struct clock clock = {.read = false};
    struct deputy op;
    struct parameter parameter = {.name = HASH_NAME, .value = hash};
    if (options->settings->definitions_skip_if_unchanged) {
        deputy_begin(&op, options->engine, clock_now(&clock));
        broker_put_parameter(op.broker, &parameter, op.fx);
        uint64_t record = deputy_end(&op);
        *after = record > *after ? record : *after;
    }
}

bool definitions_load(const struct api_options *options, const struct definitions_files *files,
                      uint64_t *after, struct text *error)
{
    struct slice hash = bytes_slice(&files->hash);
    if (is_unchanged(options, hash)) {
        log_info(options->log, LOG_DEFAULT, "definitions are those of the last import: skipped");
        return true;
    }
    struct api *api = api_new(options);
    bool done = true;
    for (size_t i = 0; i < files->count && done; i++) {
        log_info(options->log, LOG_DEFAULT, "importing definitions from %s", files->items[i].path);
        done = load_file(api, &files->items[i], after, error);
    }
    api_free(api);
    if (done) {
        remember(options, hash, after);
    }
    return done;
}
