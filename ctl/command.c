#include "ctl/command.h"

#include <string.h>

#include "ctl/groups.h"

enum { NAME_ROOM = 80 };

const struct command_group *command_group(enum tool tool, size_t index)
{
    static const struct command_group *const groups[] = {
#define G(name) &group_##name,
        CTL_GROUPS(G)
#undef G
    };
    enum { COUNT = sizeof groups / sizeof *groups };
    if (tool == TOOL_PLUGINS) {
        return index == 0 ? &group_plugins : NULL;
    }
    if (index < COUNT) {
        return groups[index];
    }
    return tool == TOOL_EVERY && index == COUNT ? &group_plugins : NULL;
}

const struct command *command_find(enum tool tool, const char *name)
{
    const struct command_group *group;
    for (size_t i = 0; (group = command_group(tool, i)); i++) {
        for (size_t j = 0; j < group->count; j++) {
            if (strcmp(group->commands[j].name, name) == 0) {
                return &group->commands[j];
            }
        }
    }
    return NULL;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to be put in, taken out or changed to make one name of the other. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_ROOM + 1];
    size_t len = strlen(b);
    for (size_t j = 0; j <= len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < len; j++) {
            size_t changed = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = least(changed, least(row[j], row[j + 1]) + 1);
        }
    }
    return row[len];
}

const struct command *command_suggest(enum tool tool, const char *name)
{
    const struct command *best = NULL;
    const struct command_group *group;
    size_t nearest = strlen(name) / 3; // more than that is another name
    if (strlen(name) > NAME_ROOM) {
        return NULL;
    }
    for (size_t i = 0; (group = command_group(tool, i)); i++) {
        for (size_t j = 0; j < group->count; j++) {
            size_t found = distance(name, group->commands[j].name);
            if (found < nearest || (found == nearest && !best && nearest > 0)) {
                nearest = found;
                best = &group->commands[j];
            }
        }
    }
    return best;
}
