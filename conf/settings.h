#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "conf/findings.h"
#include "conf/listener.h"
#include "conf/settings_table.h"
#include "conf/value.h"

/* A name and a text, such as one tag, one cipher or one kept setting. */
struct setting_item {
    char *name;  // owned
    char *value; // owned
    bool on;     // of a flag: whether the value is "true"
};

/* The items of `prefix.$name`, in the order of their names where those are numbers, else in the
 * order in which they were first set. */
struct setting_list {
    struct setting_item *items; // owned
    size_t count;
};

struct listener_list {
    struct listener *items; // owned
    size_t count;
};

/* What `default_users.NAME.*` says of one user; NULL is what was not said. All owned. */
struct default_user {
    char *name;
    char *password;
    char *tags;
    char *configure;
    char *write;
    char *read;
    char *vhost_pattern;
};

struct default_user_list {
    struct default_user *items; // owned
    size_t count;
};

/* The type of a row, the C type of its field. Texts are owned and never NULL; an unset one is "".
 * An unset number, size or amount is VALUE_UNLIMITED, as is "infinity"; an unset ratio is
 * VALUE_NO_RATIO; an unset choice is CHOICE_UNSET. */
#define SETTING_TYPES(T)                                                                           \
    T(flag, bool)                                                                                  \
    T(number, uint64_t)                                                                            \
    T(size, uint64_t)                                                                              \
    T(amount, uint64_t)                                                                            \
    T(ratio, double)                                                                               \
    T(choice, int)                                                                                 \
    T(text, char *)                                                                                \
    T(secret, char *)                                                                              \
    T(listeners, struct listener_list)                                                             \
    T(flags, struct setting_list)                                                                  \
    T(texts, struct setting_list)                                                                  \
    T(users, struct default_user_list)                                                             \
    T(kept, struct setting_list)

enum setting_type {
#define T(type, c_type) SETTING_TYPE_##type,
    SETTING_TYPES(T)
#undef T
};

#define T(type, c_type) typedef c_type setting_##type; // glue of the X-macro, used right below
SETTING_TYPES(T)
#undef T

enum setting_id {
#define G(name, title)
#define S(key, field, type, ...) SETTING_##field,
    SETTINGS(G, S)
#undef S
#undef G
        SETTING_COUNT
};

/* Where a value came from; what is greater goes before what is less. */
enum setting_source {
    SOURCE_DEFAULT,
    SOURCE_FILE,
    SOURCE_ENVIRONMENT,
    SOURCE_COMMAND_LINE,
    SOURCE_REQUEST, // while the broker runs: settings_change.h
};

/* Names of files, absolute where that is possible. */
struct settings_files {
    char **names; // owned, as are the names
    size_t count;
};

/* All settings, as plain values. Nothing in here changes by itself: the owner may read every
 * field, and copies what it wants to keep past settings_free. */
struct settings {
#define G(name, title)
#define S(key, field, type, ...) setting_##type field;
    SETTINGS(G, S)
#undef S
#undef G
    uint8_t source[SETTING_COUNT];  // enum setting_source of what was set last
    uint8_t none_by[SETTING_COUNT]; // of a list: the source of its `= none`, or SOURCE_DEFAULT
    uint64_t ignored_told;          // bits of the rows of SETTINGS_IGNORED that were told of
    struct settings_files files;    // that were read, in this order
};

/* Who sets: `name` is a file, a variable or an option; line is 0 where there are no lines. */
struct setting_origin {
    enum setting_source source;
    const char *name; // borrowed, for the length of the call
    unsigned line;
};

struct settings *settings_new(void); // with the defaults
void settings_free(struct settings *settings);

/* Sets the setting of that key (or alias); what was set before is replaced, but for an item of a
 * list only the item of that name. The first item that is set replaces a default list, and
 * `list = none` empties one and keeps it empty for that source and those before it.
 *
 * Returns false, having added an error to findings and changed nothing, for a value that is not
 * allowed. A key that nobody knows is a warning, one that has no meaning here an info. */
bool settings_set(struct settings *settings, struct slice key, struct slice value,
                  struct setting_origin origin, struct findings *findings);

/* A file of settings was read. Copies the name. */
void settings_note_file(struct settings *settings, const char *path);

/* Empties a list, as if nothing had been said of it. */
void settings_clear(struct settings *settings, enum setting_id id);

/* The memory above which publishers are held back, of a machine or control group with `total`. */
uint64_t settings_memory_limit(const struct settings *settings, uint64_t total);

/* The free disk below which publishers are held back, of a machine with `total` memory. */
uint64_t settings_disk_limit(const struct settings *settings, uint64_t total);

/* Whether a setting does something: NOW, LATER or NEVER; see settings_table.h. */
enum setting_effect { EFFECT_NOW, EFFECT_LATER, EFFECT_NEVER };

/* A row of the table. Of a row that begins a group, key is NULL and help is the title. */
struct setting {
    const char *key;
    enum setting_id id;
    enum setting_type type;
    size_t offset; // of its field in struct settings
    const char *fallback;
    const char *allowed;
    const char *unit;
    enum setting_effect effect;
    const char *help;
};

const struct setting *settings_row(enum setting_id id);
const struct setting *settings_row_at(size_t index); // in the order of the table; NULL at its end

/* The row whose key, alias or pattern that is; NULL if there is none. */
const struct setting *settings_find(struct slice key);

#endif
