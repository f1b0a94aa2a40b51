#include "conf/config_file.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "conf/file_content.h"
#include "conf/format.h"
#include "conf/parser.h"

enum { INCLUDE_DEPTH_MAX = 8 };

/* A file that is being read, and the one that includes it. */
struct reading {
    struct settings *settings;
    struct findings *findings;
    const char *path;
    unsigned depth;
};

bool config_file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

char *config_file_content(const char *path, const char *user, struct findings *findings)
{
    struct bytes content = {0};
    char *copy = NULL;
    int rc = file_content(path, PARSER_VALUE_MAX, &content);
    if (rc < 0) {
        findings_add(findings, FINDING_ERROR, "%s: cannot read %s: %s", user, path, strerror(-rc));
    } else {
        while (content.len > 0 && strchr("\r\n", content.ptr[content.len - 1])) {
            content.len--;
        }
        copy = format_copy(bytes_slice(&content));
    }
    bytes_finish(&content);
    return copy;
}

/* The name, if it is relative beside the file that is being read; owned by the caller. */
static char *beside(const char *path, struct slice name)
{
    struct bytes out = {0};
    const char *slash = strrchr(path, '/');
    if (slash && name.len > 0 && name.ptr[0] != '/') {
        bytes_add(&out, (struct slice){(const uint8_t *)path, (size_t)(slash - path) + 1});
    }
    bytes_add(&out, name);
    char *joined = format_copy(bytes_slice(&out));
    bytes_finish(&out);
    return joined;
}

static struct slice trim(struct slice text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
        text = (struct slice){text.ptr + 1, text.len - 1};
    }
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')) {
        text.len--;
    }
    return text;
}

/* The name in $(<name); false if the value is another one. */
static bool names_a_file(struct slice value, struct slice *name)
{
    if (value.len < 5 || !slice_starts(value, SLICE("$(<")) || value.ptr[value.len - 1] != ')') {
        return false;
    }
    *name = trim((struct slice){value.ptr + 3, value.len - 4});
    return name->len > 0;
}

static void set(const struct reading *reading, const struct parser_item *item)
{
    struct setting_origin origin = {
        .source = SOURCE_FILE, .name = reading->path, .line = item->line};
    struct slice name;
    if (!names_a_file(item->value, &name)) {
        settings_set(reading->settings, item->key, item->value, origin, reading->findings);
        return;
    }
    struct bytes user = {0};
    format_add(&user, "%s:%u: %.*s%c", reading->path, item->line, (int)item->key.len,
               (const char *)item->key.ptr, '\0');
    char *path = beside(reading->path, name);
    char *content = config_file_content(path, (const char *)user.ptr, reading->findings);
    if (content) {
        settings_set(reading->settings, item->key, format_slice(content), origin,
                     reading->findings);
    }
    free(content);
    free(path);
    bytes_finish(&user);
}

static void read_file(const struct reading *reading);

/* Patterns without a match are themselves, so that a missing file is told of. */
static void read_matches(struct reading inner, const char *pattern, int flags)
{
    glob_t found = {0};
    if (glob(pattern, flags, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            inner.path = found.gl_pathv[i];
            read_file(&inner);
        }
    }
    globfree(&found);
}

static void include(const struct reading *reading, const struct parser_item *item)
{
    struct reading inner = *reading;
    inner.depth++;
    if (inner.depth > INCLUDE_DEPTH_MAX) {
        findings_add(reading->findings, FINDING_ERROR, "%s:%u: files include each other too deeply",
                     reading->path, item->line);
        return;
    }
    char *pattern = beside(reading->path, item->value);
    read_matches(inner, pattern, strchr(pattern, '*') ? 0 : GLOB_NOCHECK);
    free(pattern);
}

static void read_items(const struct reading *reading, struct slice text)
{
    struct parser parser = parser_of(text);
    struct parser_item item;
    while ((item = parser_next(&parser)).kind != PARSER_END) {
        switch (item.kind) {
        case PARSER_SETTING:
            set(reading, &item);
            break;
        case PARSER_INCLUDE:
            include(reading, &item);
            break;
        case PARSER_FAULT:
            findings_add(reading->findings, FINDING_ERROR, "%s:%u: %s", reading->path, item.line,
                         item.fault);
            break;
        case PARSER_END:
            break;
        }
    }
}

static void read_file(const struct reading *reading)
{
    struct bytes content = {0};
    int rc = file_content(reading->path, PARSER_TEXT_MAX, &content);
    if (rc == 0) {
        settings_note_file(reading->settings, reading->path);
        read_items(reading, bytes_slice(&content));
    } else {
        findings_add(reading->findings, FINDING_ERROR, "%s: cannot read it: %s", reading->path,
                     strerror(-rc));
    }
    bytes_finish(&content);
}

void config_file_read(struct settings *settings, const char *path, struct findings *findings)
{
    read_file(&(struct reading){.settings = settings, .findings = findings, .path = path});
}

void config_file_read_all(struct settings *settings, const char *wildcard,
                          struct findings *findings)
{
    read_matches((struct reading){.settings = settings, .findings = findings}, wildcard, 0);
}
