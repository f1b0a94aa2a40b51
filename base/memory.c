#include "base/memory.h"

#include <stdlib.h>

#include "base/check.h"

void *memory_new(size_t size)
{
    void *block = calloc(1, size);
    CHECK(block);
    return block;
}

void *memory_array(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size);
    CHECK(block);
    return block;
}

void *memory_grow(void *old, size_t size)
{
    void *block = realloc(old, size);
    CHECK(block);
    return block;
}

void *memory_raw(size_t size)
{
    void *block = malloc(size);
    CHECK(block);
    return block;
}
