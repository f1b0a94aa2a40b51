#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

enum { BLOCK_SIZE = 16 * 1024 - 64 };

struct arena_block {
    struct arena_block *before;
    size_t size; // of what follows
    alignas(max_align_t) uint8_t octets[];
};

/* A block of this many octets becomes the last one. */
static void add_block(struct arena *arena, size_t size)
{
    struct arena_block *block = memory_new(sizeof *block + size);
    block->before = arena->last;
    block->size = size;
    arena->last = block;
    arena->used = 0;
    arena->room = size;
}

static uint8_t *take(struct arena *arena, size_t size)
{
    if (!arena->last || arena->room - arena->used < size) {
        add_block(arena, size > BLOCK_SIZE ? size : BLOCK_SIZE);
    }
    uint8_t *place = arena->last->octets + arena->used;
    arena->used += size;
    return place;
}

void *arena_new(struct arena *arena, size_t size)
{
    size_t rest = arena->used % alignof(max_align_t);
    if (rest > 0 && arena->room - arena->used >= alignof(max_align_t)) {
        arena->used += alignof(max_align_t) - rest;
    } else if (rest > 0) {
        arena->used = arena->room;
    }
    return take(arena, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    CHECK(size == 0 || count <= SIZE_MAX / 2 / size);
    return arena_new(arena, count * size);
}

struct slice arena_copy(struct arena *arena, struct slice value)
{
    uint8_t *copy = take(arena, value.len);
    slice_copy(copy, value);
    return (struct slice){copy, value.len};
}

bool arena_release(struct arena *arena, size_t octets)
{
    size_t released = 0;
    while (arena->last && released < octets) {
        struct arena_block *block = arena->last;
        released += block->size;
        arena->last = block->before;
        free(block);
    }
    arena->used = arena->room = 0;
    return arena->last;
}

void arena_finish(struct arena *arena)
{
    while (arena->last) {
        struct arena_block *block = arena->last;
        arena->last = block->before;
        free(block);
    }
    *arena = (struct arena){0};
}
