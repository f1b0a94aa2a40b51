#ifndef TESTS_DIALOGUES_PLAYER_ARENA_H
#define TESTS_DIALOGUES_PLAYER_ARENA_H

#include "base/slice.h"

/* Memory that lives as long as one dialogue is played: values, events, names. Nothing is given
 * back before arena_finish gives back all of it. Zero-initialise it. */
struct arena {
    struct arena_block *blocks; // owned
};

void *arena_new(struct arena *arena, size_t size);                 // zeroed
struct slice arena_copy(struct arena *arena, struct slice octets); // copies
char *arena_string(struct arena *arena, struct slice octets);      // copies, NUL-terminated
void arena_finish(struct arena *arena);

#endif
