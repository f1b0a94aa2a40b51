#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/slice.h"

/* A growable run of octets. Zero-initialise it; bytes_finish gives the memory back. `ptr` is
 * owned. Slices taken of it are valid until it grows. */
struct bytes {
    uint8_t *ptr;
    size_t len;
    size_t cap;
};

void bytes_grow(struct bytes *bytes, size_t more); // for bytes_reserve

/* Makes room for `more` octets behind len and returns where they go. */
static inline uint8_t *bytes_reserve(struct bytes *bytes, size_t more)
{
    if (bytes->cap - bytes->len < more) {
        bytes_grow(bytes, more);
    }
    return bytes->ptr + bytes->len;
}

static inline void bytes_add_u8(struct bytes *bytes, uint8_t value)
{
    *bytes_reserve(bytes, 1) = value;
    bytes->len += 1;
}

void bytes_add(struct bytes *bytes, struct slice value); // copies
void bytes_add_u32(struct bytes *bytes, uint32_t value); // big-endian
void bytes_add_u64(struct bytes *bytes, uint64_t value); // big-endian

void bytes_add_varint(struct bytes *bytes, uint64_t value); // as wire_get_varint reads it

/* Removes the first `used` octets; the rest moves to the front. */
void bytes_consume(struct bytes *bytes, size_t used);
void bytes_finish(struct bytes *bytes);

static inline struct slice bytes_slice(const struct bytes *bytes)
{
    return (struct slice){bytes->ptr, bytes->len};
}

#endif
