#include "bench/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void *must(void *block)
{
    if (!block) {
        fprintf(stderr, "leveret-bench: out of memory\n");
        abort();
    }
    return block;
}

void *memory_zeroed(size_t count, size_t size)
{
    return must(calloc(count > 0 ? count : 1, size));
}

void *memory_resize(void *block, size_t size)
{
    return must(realloc(block, size));
}

char *memory_text(const char *format, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    return must(len < 0 ? NULL : text);
}
