#ifndef CTL_ADMIN_MODERN_INTERNAL_H
#define CTL_ADMIN_MODERN_INTERNAL_H

#include <stddef.h>

#include "ctl/admin_modern.h"

/* What reading a command line of the newer kind and translating it share. */

/* A command line taken apart. All texts are borrowed from it. */
struct reading {
    const char *group;  // "queues", or a verb
    const char *action; // "declare", or a type
    const char *globals[MODERN_WORDS_MAX];
    size_t global_count;
    struct {
        const char *name;
        const char *value; // "" of a flag
    } options[MODERN_WORDS_MAX];
    size_t option_count;
    const char *vhost;
    bool too_much;
    bool older; // there are words of the older kind
};

/* What several command lines have in common, by either name. */
struct pair {
    const char *newer;
    const char *older;
};

/* The older word of a newer one in a table; NULL if it is not there. */
const char *modern_find(const struct pair *table, size_t count, const char *name);

#define FIND(table, name) modern_find(table, sizeof(table) / sizeof *(table), name)

/* Takes a command line apart. */
void modern_read(struct reading *reading, int argc, char *const *argv);

/* Whether a text, which may be NULL, is this one. */
bool modern_is(const char *text, const char *wanted);

/* Whether an option has no value. */
bool modern_is_flag(const char *name);

#endif
