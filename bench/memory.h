#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stddef.h>

/* Allocation that cannot fail: without memory the tool ends with a message, for there is nothing
 * to measure then. */
void *memory_zeroed(size_t count, size_t size);
void *memory_resize(void *block, size_t size); // takes block, returns its successor
char *memory_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
