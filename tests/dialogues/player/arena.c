#include "tests/dialogues/player/arena.h"

#include <stdlib.h>

#include "base/memory.h"

struct arena_block {
    struct arena_block *next;
    max_align_t octets[];
};

void *arena_new(struct arena *arena, size_t size)
{
    struct arena_block *block = memory_new(sizeof *block + size);
    block->next = arena->blocks;
    arena->blocks = block;
    return block->octets;
}

struct slice arena_copy(struct arena *arena, struct slice octets)
{
    return (struct slice){(const uint8_t *)arena_string(arena, octets), octets.len};
}

char *arena_string(struct arena *arena, struct slice octets)
{
    char *copy = arena_new(arena, octets.len + 1);
    slice_copy((uint8_t *)copy, octets);
    return copy;
}

void arena_finish(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
