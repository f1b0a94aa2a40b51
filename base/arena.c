#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

enum {
    BLOCK_SIZE = 16 * 1024 - 64,
    SMALL_BLOCKS = 64,      // after these,
    PAGES_SIZE = 512 * 1024 // blocks are pages of the system's
};

struct arena_block {
    struct arena_block *before;
    size_t size;     // of what follows
    uint32_t number; // of those before it
    bool pages;
    alignas(max_align_t) uint8_t octets[];
};

static struct arena_block *block_new(size_t size, bool pages)
{
    struct arena_block *block = pages ? memory_pages(sizeof *block + size) : NULL;
    if (block) {
        block->pages = true;
    } else {
        block = memory_new(sizeof *block + size);
    }
    block->size = size;
    return block;
}

static void block_free(struct arena_block *block)
{
    if (block->pages) {
        memory_pages_free(block, sizeof *block + block->size);
    } else {
        free(block);
    }
}

/* A block with room for at least this many octets becomes the last one. */
static void add_block(struct arena *arena, size_t least)
{
    uint32_t number = arena->last ? arena->last->number + 1 : 0;
    bool pages = number >= SMALL_BLOCKS;
    size_t usual = pages ? PAGES_SIZE - sizeof(struct arena_block) : BLOCK_SIZE;
    struct arena_block *block = block_new(least > usual ? least : usual, pages);
    block->before = arena->last;
    block->number = number;
    arena->last = block;
    arena->used = 0;
    arena->room = block->size;
}

static uint8_t *take(struct arena *arena, size_t size)
{
    if (!arena->last || arena->room - arena->used < size) {
        add_block(arena, size);
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
        block_free(block);
    }
    arena->used = arena->room = 0;
    return arena->last;
}

void arena_finish(struct arena *arena)
{
    while (arena->last) {
        struct arena_block *block = arena->last;
        arena->last = block->before;
        block_free(block);
    }
    *arena = (struct arena){0};
}
