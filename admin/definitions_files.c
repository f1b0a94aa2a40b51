#include "admin/definitions_files.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "admin/base64.h"
#include "base/memory.h"
#include "conf/file_content.h"
#include "conf/format.h"
#include "server/auth.h"

static bool refuse(struct text *error, const char *path, const char *why)
{
    text_clear(error);
    text_format(error, "definitions: %s: %s", format_slice(path), format_slice(why));
    return false;
}

static bool refuse_json(struct text *error, const char *path, const json_error_t *why)
{
    text_clear(error);
    text_format(error, "definitions: %s: line %u, column %u: %s", format_slice(path),
                (uint64_t)why->line, (uint64_t)why->column, format_slice(why->text));
    return false;
}

/* Appends the content to *all, and what it means to *out. */
static bool read_file(const char *path, struct definitions_files *out, struct bytes *all,
                      struct text *error)
{
    json_error_t why;
    size_t from = all->len;
    int rc = file_content(path, DEFINITIONS_SIZE_MAX, all);
    if (rc < 0) {
        return refuse(error, path, strerror(-rc));
    }
    json_t *json = json_loadb((const char *)all->ptr + from, all->len - from, JSON_ALLOW_NUL, &why);
    if (!json) {
        return refuse_json(error, path, &why);
    }
    if (!json_is_object(json)) {
        json_decref(json);
        return refuse(error, path, "not a JSON object");
    }
    out->items[out->count++] =
        (struct definitions_file){.path = format_copy(format_slice(path)), .json = json};
    return true;
}

static bool read_all(char *const *paths, size_t count, struct definitions_files *out,
                     struct text *error)
{
    uint8_t digest[PASSWORD_HASH_MAX];
    struct bytes all = {0};
    bool done = true;
    out->items = memory_array(count + 1, sizeof *out->items);
    for (size_t i = 0; i < count && done; i++) {
        done = read_file(paths[i], out, &all, error);
    }
    /* The digest of a password without salt is a digest of anything. */
    size_t len =
        password_hash(HASHING_SHA256, (uint8_t[PASSWORD_SALT_SIZE]){0}, bytes_slice(&all), digest);
    bytes_add_u8(&out->hash, '"');
    base64_encode((struct slice){digest + PASSWORD_SALT_SIZE, len - PASSWORD_SALT_SIZE},
                  &out->hash);
    bytes_add_u8(&out->hash, '"');
    bytes_finish(&all);
    return done;
}

static bool read_directory(const char *path, struct definitions_files *out, struct text *error)
{
    struct bytes pattern = {0};
    glob_t found = {0};
    for (const char *at = path; *at; at++) { // its own name may have characters of patterns
        format_add(&pattern, strchr("*?[\\", *at) ? "\\%c" : "%c", *at);
    }
    format_add(&pattern, "/*.json%c", '\0');
    int rc = glob((const char *)pattern.ptr, 0, NULL, &found);
    bool done = rc == 0 || rc == GLOB_NOMATCH || refuse(error, path, "cannot be read");
    done = done && read_all(found.gl_pathv, found.gl_pathc, out, error);
    globfree(&found);
    bytes_finish(&pattern);
    return done;
}

bool definitions_files_read(const char *path, struct definitions_files *out, struct text *error)
{
    struct stat status;
    *out = (struct definitions_files){.count = 0};
    if (stat(path, &status) < 0) {
        return refuse(error, path, strerror(errno));
    }
    bool done = S_ISDIR(status.st_mode) ? read_directory(path, out, error)
                                        : read_all((char *[]){(char *)path}, 1, out, error);
    if (!done) {
        definitions_files_finish(out);
    }
    return done;
}

void definitions_files_finish(struct definitions_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].path);
        json_decref(files->items[i].json);
    }
    free(files->items);
    bytes_finish(&files->hash);
    *files = (struct definitions_files){.count = 0};
}

bool definitions_files_name(const struct definitions_files *files, const char *section)
{
    for (size_t i = 0; i < files->count; i++) {
        if (json_array_size(json_object_get(files->items[i].json, section)) > 0) {
            return true;
        }
    }
    return false;
}
