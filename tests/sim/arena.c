#include "tests/sim/arena.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"

struct arena_block {
    struct list_node link; // arena.blocks
    max_align_t content[];
};

void arena_init(struct arena *arena)
{
    list_init(&arena->blocks);
}

void arena_finish(struct arena *arena)
{
    struct list_node *node;
    while ((node = list_first(&arena->blocks))) {
        list_unlink(node);
        free(container_of(node, struct arena_block, link));
    }
}

void *arena_new(struct arena *arena, size_t size)
{
    struct arena_block *block = memory_new(sizeof *block + size);
    list_push(&arena->blocks, &block->link);
    return block->content;
}

struct slice arena_copy(struct arena *arena, struct slice octets)
{
    uint8_t *copy = arena_new(arena, octets.len);
    slice_copy(copy, octets);
    return (struct slice){copy, octets.len};
}
