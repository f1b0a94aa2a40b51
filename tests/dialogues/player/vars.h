#ifndef TESTS_DIALOGUES_PLAYER_VARS_H
#define TESTS_DIALOGUES_PLAYER_VARS_H

#include "tests/dialogues/player/arena.h"

/* A dialogue's variables. Names in capitals are the player's own ($ID, $USER, ...). */
struct vars {
    struct arena *arena; // borrowed: holds the entries
    struct variable *first;
};

/* Sets or replaces; copies both. */
void vars_set(struct vars *vars, struct slice name, struct slice text);
bool vars_get(const struct vars *vars, struct slice name, struct slice *out);

#endif
