#ifndef TESTS_DIALOGUES_PLAYER_SCRIPT_H
#define TESTS_DIALOGUES_PLAYER_SCRIPT_H

#include "tests/dialogues/player/arena.h"

/* A dialogue's text as statements: comments and blank lines are gone, lines that end in \ are
 * joined. */
struct statement {
    const char *text; // owned by the arena, NUL-terminated, without white space at its ends
    int line;         // where it starts in the file
};

struct script {
    const char *path;
    struct statement *statements; // owned by the arena
    size_t count;
};

/* False if the file cannot be read. */
bool script_load(struct script *script, struct arena *arena, const char *path);

/* The index of the `end` that closes the block opened at `open`; script->count if there is
 * none. */
size_t script_block_end(const struct script *script, size_t open);

#endif
