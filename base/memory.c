#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "base/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

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

void *memory_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void memory_pages_free(void *pages, size_t size)
{
    CHECK(munmap(pages, size) == 0);
}
