#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Small allocations never fail: these abort when memory is gone. Whatever a peer can make large
 * is limited before it gets here. All memory is owned by the caller and given back with free(). */
void *memory_new(size_t size);                 // zeroed
void *memory_array(size_t count, size_t size); // zeroed; count * size is checked for overflow
void *memory_grow(void *old, size_t size);     // realloc; the new part is not zeroed
void *memory_raw(size_t size);                 // not zeroed

/* Whole pages from the system, zeroed, that go back to it at once, each by itself: what is freed
 * piece by piece goes back when there is very much of it, which takes milliseconds. NULL if there
 * are none. */
void *memory_pages(size_t size);
void memory_pages_free(void *pages, size_t size);

#endif
