#include "conf/settings.h"

#include <stdlib.h>

#include "base/memory.h"
#include "conf/format.h"
#include "conf/parser.h"
#include "conf/setting_field.h"
#include "conf/settings_help.h"

static const struct setting table[] = {
#define G(name, title) {.help = title},
#define S(key_, field, type_, fallback_, allowed_, unit_, effect_, help_)                          \
    {.key = key_,                                                                                  \
     .id = SETTING_##field,                                                                        \
     .type = SETTING_TYPE_##type_,                                                                 \
     .offset = offsetof(struct settings, field),                                                   \
     .fallback = fallback_,                                                                        \
     .allowed = allowed_,                                                                          \
     .unit = unit_,                                                                                \
     .effect = EFFECT_##effect_,                                                                   \
     .help = help_},
    SETTINGS(G, S)
#undef S
#undef G
};

enum { TABLE_SIZE = sizeof table / sizeof table[0] };

/* Where in the table each setting is. */
enum table_position {
#define G(name, title) POSITION_GROUP_##name,
#define S(key, field, ...) POSITION_##field,
    SETTINGS(G, S)
#undef S
#undef G
};

static const enum table_position positions[SETTING_COUNT] = {
#define G(name, title)
#define S(key, field, ...) [SETTING_##field] = POSITION_##field,
    SETTINGS(G, S)
#undef S
#undef G
};

static const struct {
    const char *alias;
    const char *key;
} aliases[] = {
#define A(alias_, key_) {.alias = alias_, .key = key_},
    SETTINGS_ALIASES(A)
#undef A
};

static const struct {
    const char *key;
    const char *reason;
} ignored[] = {
#define I(key_, reason_) {.key = key_, .reason = reason_},
    SETTINGS_IGNORED(I)
#undef I
};

enum { IGNORED_SIZE = sizeof ignored / sizeof ignored[0] };
_Static_assert(IGNORED_SIZE <= 64, "settings.ignored_told has one bit for each");

const struct setting *settings_row(enum setting_id id)
{
    return &table[positions[id]];
}

const struct setting *settings_row_at(size_t index)
{
    return index < TABLE_SIZE ? &table[index] : NULL;
}

static void *field_of(struct settings *settings, const struct setting *row)
{
    return (char *)settings + row->offset;
}

struct settings *settings_new(void)
{
    struct settings *settings = memory_new(sizeof *settings);
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        if (table[i].key) {
            setting_field_default(field_of(settings, &table[i]), &table[i]);
        }
    }
    return settings;
}

void settings_free(struct settings *settings)
{
    if (!settings) {
        return;
    }
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        if (table[i].key) {
            setting_field_finish(field_of(settings, &table[i]), table[i].type);
        }
    }
    for (size_t i = 0; i < settings->files.count; i++) {
        free(settings->files.names[i]);
    }
    free(settings->files.names);
    free(settings);
}

void settings_note_file(struct settings *settings, const char *path)
{
    struct settings_files *files = &settings->files;
    char *absolute = realpath(path, NULL);
    files->names = memory_grow(files->names, (files->count + 1) * sizeof *files->names);
    files->names[files->count++] = absolute ? absolute : format_copy(format_slice(path));
}

void settings_clear(struct settings *settings, enum setting_id id)
{
    const struct setting *row = settings_row(id);
    setting_field_finish(field_of(settings, row), row->type);
    settings->none_by[id] = SOURCE_DEFAULT;
}

/* Whether the key fits the pattern of a row; names gets what stands for its $parts. */
static bool key_fits(const struct parser_key *key, const char *pattern, struct slice names[2])
{
    size_t part = 0;
    size_t name = 0;
    while (*pattern != '\0') {
        size_t len = strcspn(pattern, ".");
        if (part == key->count) {
            return false;
        }
        if (*pattern == '*') {
            return true;
        }
        if (*pattern == '$') {
            names[name++] = key->parts[part];
        } else if (!slice_eq(key->parts[part], (struct slice){(const uint8_t *)pattern, len})) {
            return false;
        }
        part++;
        pattern += len + (pattern[len] == '.');
    }
    return part == key->count;
}

static const struct setting *find_row(const struct parser_key *key, struct slice names[2])
{
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        if (table[i].key && key_fits(key, table[i].key, names)) {
            return &table[i];
        }
    }
    return NULL;
}

/* The row of a list of which key is all but the $part: where `key = none` is said. */
static const struct setting *find_list(struct slice key)
{
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        if (table[i].key && setting_type_is_list(table[i].type)) {
            size_t prefix = strcspn(table[i].key, "$");
            bool one_part = table[i].key[prefix] == '$' && !strchr(table[i].key + prefix, '.');
            struct slice list = {(const uint8_t *)table[i].key, one_part ? prefix - 1 : 0};
            if (one_part && slice_eq(key, list)) {
                return &table[i];
            }
        }
    }
    return NULL;
}

static struct slice resolve_alias(struct slice key)
{
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (slice_eq(key, format_slice(aliases[i].alias))) {
            return format_slice(aliases[i].key);
        }
    }
    return key;
}

const struct setting *settings_find(struct slice text)
{
    struct parser_key key;
    struct slice names[2];
    return parser_split_key(resolve_alias(text), &key) ? find_row(&key, names) : NULL;
}

static void add_origin(struct bytes *out, struct setting_origin origin)
{
    if (origin.line > 0) {
        format_add(out, "%s:%u: ", origin.name, origin.line);
    } else {
        format_add(out, "%s: ", origin.name);
    }
}

static void tell(struct findings *findings, enum finding_kind kind, struct setting_origin origin,
                 struct slice key, const char *text)
{
    struct bytes line = {0};
    add_origin(&line, origin);
    format_add(&line, "%.*s: %s", (int)key.len, (const char *)key.ptr, text);
    findings_add(findings, kind, "%.*s", (int)line.len, (const char *)line.ptr);
    bytes_finish(&line);
}

static bool is_secret(const struct setting *row, const struct slice names[2])
{
    return row->type == SETTING_TYPE_secret ||
           (row->type == SETTING_TYPE_users && slice_eq(names[1], SLICE("password")));
}

/* Says what is allowed; not the value, where that may be a password. */
static void refuse(const struct assignment *a, struct setting_origin origin,
                   struct findings *findings)
{
    enum { SHOWN_MAX = 100 };
    struct bytes text = {0};
    bool cut = a->value.len > SHOWN_MAX;
    if (is_secret(a->row, a->names)) {
        format_add(&text, "this value is not allowed: ");
    } else {
        format_add(&text, "'%.*s%s' is not allowed: ", cut ? SHOWN_MAX : (int)a->value.len,
                   (const char *)a->value.ptr, cut ? "..." : "");
    }
    settings_help_allowed(a->row, &text);
    bytes_add_u8(&text, '\0');
    tell(findings, FINDING_ERROR, origin, a->key, (const char *)text.ptr);
    bytes_finish(&text);
}

static bool set_none(struct settings *settings, const struct setting *row,
                     enum setting_source source)
{
    settings_clear(settings, row->id);
    settings->none_by[row->id] = (uint8_t)source;
    settings->source[row->id] = (uint8_t)source;
    return true;
}

static bool assign(struct settings *settings, const struct assignment *a,
                   struct setting_origin origin, struct findings *findings)
{
    enum setting_id id = a->row->id;
    bool first = settings->source[id] == SOURCE_DEFAULT && origin.source != SOURCE_DEFAULT;
    if (settings->none_by[id] != SOURCE_DEFAULT && settings->none_by[id] >= origin.source) {
        return true;
    }
    /* Tried on a field of its own first, since a default list goes when its first item is set. */
    if (first && setting_type_is_list(a->row->type)) {
        struct settings *trial = memory_new(sizeof *trial);
        bool allowed = setting_field_assign(field_of(trial, a->row), a);
        setting_field_finish(field_of(trial, a->row), a->row->type);
        free(trial);
        if (allowed) {
            settings_clear(settings, id);
        }
    }
    if (!setting_field_assign(field_of(settings, a->row), a)) {
        refuse(a, origin, findings);
        return false;
    }
    settings->none_by[id] = SOURCE_DEFAULT;
    settings->source[id] = (uint8_t)origin.source;
    return true;
}

/* True if it is a key that means something to RabbitMQ and nothing here; told once per row. */
static bool set_ignored(struct settings *settings, const struct parser_key *key, struct slice text,
                        struct setting_origin origin, struct findings *findings)
{
    struct slice names[2];
    for (size_t i = 0; i < IGNORED_SIZE; i++) {
        if (!key_fits(key, ignored[i].key, names)) {
            continue;
        }
        if (!(settings->ignored_told >> i & 1)) {
            struct bytes reason = {0};
            format_add(&reason, "known, without effect here: %s%c", ignored[i].reason, '\0');
            tell(findings, FINDING_INFO, origin, text, (const char *)reason.ptr);
            bytes_finish(&reason);
        }
        settings->ignored_told |= (uint64_t)1 << i;
        return true;
    }
    return false;
}

bool settings_set(struct settings *settings, struct slice text, struct slice value,
                  struct setting_origin origin, struct findings *findings)
{
    struct parser_key key;
    struct assignment a = {.key = text, .value = value};
    if (!parser_split_key(resolve_alias(text), &key)) {
        tell(findings, FINDING_ERROR, origin, text,
             "this is not a key: letters, digits, _ and -, joined by dots");
        return false;
    }
    if (value.len > 0 && memchr(value.ptr, '\0', value.len)) {
        tell(findings, FINDING_ERROR, origin, text, "a value cannot have a zero octet in it");
        return false;
    }
    const struct setting *list = find_list(text);
    if (list && slice_eq(value, SLICE("none"))) {
        return set_none(settings, list, origin.source);
    }
    a.row = find_row(&key, a.names);
    if (a.row) {
        return assign(settings, &a, origin, findings);
    }
    if (!set_ignored(settings, &key, text, origin, findings)) {
        tell(findings, FINDING_WARNING, origin, text, "unknown setting, ignored");
    }
    return true;
}

static bool given(const struct settings *settings, enum setting_id id)
{
    return settings->source[id] != SOURCE_DEFAULT;
}

static uint64_t part_of(double ratio, uint64_t total)
{
    double part = ratio * (double)total;
    return part < (double)(UINT64_MAX / 2) ? (uint64_t)part : UINT64_MAX / 2;
}

uint64_t settings_memory_limit(const struct settings *settings, uint64_t total)
{
    if (settings->total_memory != VALUE_UNLIMITED) {
        total = settings->total_memory;
    }
    uint64_t limit = settings->memory_watermark_absolute != VALUE_UNLIMITED
                         ? settings->memory_watermark_absolute
                         : part_of(settings->memory_watermark_relative, total);
    return limit < total ? limit : total;
}

uint64_t settings_disk_limit(const struct settings *settings, uint64_t total)
{
    bool relative =
        settings->disk_free_relative >= 0 && !given(settings, SETTING_disk_free_absolute);
    return relative ? part_of(settings->disk_free_relative, total) : settings->disk_free_absolute;
}
