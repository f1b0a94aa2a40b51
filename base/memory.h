#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Small allocations never fail: these abort when memory is gone. Whatever a peer can make large
 * is limited before it gets here. All memory is owned by the caller and given back with free(). */
void *memory_new(size_t size);                 // zeroed
void *memory_array(size_t count, size_t size); // zeroed; count * size is checked for overflow
void *memory_grow(void *old, size_t size);     // realloc; the new part is not zeroed
void *memory_raw(size_t size);                 // not zeroed

#endif
