#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed view of bytes: two words, passed by value, never freed, never NUL-terminated.
 * It is valid as long as the buffer it points into. A function that keeps one past its
 * return must copy it. */
struct slice {
    const uint8_t *ptr;
    size_t len;
};

/* Only accepts string literals: "" s fails to compile for anything else. */
#define SLICE(s) ((struct slice){(const uint8_t *)("" s), sizeof(s) - 1})

static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

/* memcmp order; a prefix comes first. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* memcpy that allows an empty source with a NULL pointer, which memcpy itself does not. */
static inline void slice_copy(uint8_t *dst, struct slice src)
{
    if (src.len > 0) {
        memcpy(dst, src.ptr, src.len);
    }
}

#endif
