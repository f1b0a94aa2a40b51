#include "base/bytes.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/wire.h"

void bytes_grow(struct bytes *bytes, size_t more)
{
    size_t cap = bytes->cap ? bytes->cap : 64;
    while (cap - bytes->len < more) {
        cap *= 2;
    }
    bytes->ptr = memory_grow(bytes->ptr, cap);
    bytes->cap = cap;
}

void bytes_add(struct bytes *bytes, struct slice value)
{
    if (value.len > 0) { // nothing may be added to nothing, and there is no octet behind NULL
        slice_copy(bytes_reserve(bytes, value.len), value);
        bytes->len += value.len;
    }
}

void bytes_add_u32(struct bytes *bytes, uint32_t value)
{
    wire_store_u32(bytes_reserve(bytes, 4), value);
    bytes->len += 4;
}

void bytes_add_u64(struct bytes *bytes, uint64_t value)
{
    wire_store_u64(bytes_reserve(bytes, 8), value);
    bytes->len += 8;
}

void bytes_add_varint(struct bytes *bytes, uint64_t value)
{
    uint8_t *to = bytes_reserve(bytes, WIRE_VARINT_MAX);
    size_t len = 0;
    for (; value > 0x7f; value >>= 7) {
        to[len++] = (uint8_t)(value | 0x80);
    }
    to[len++] = (uint8_t)value;
    bytes->len += len;
}

void bytes_consume(struct bytes *bytes, size_t used)
{
    CHECK(used <= bytes->len);
    bytes->len -= used;
    if (bytes->len > 0 && used > 0) {
        memmove(bytes->ptr, bytes->ptr + used, bytes->len);
    }
}

void bytes_finish(struct bytes *bytes)
{
    free(bytes->ptr);
    *bytes = (struct bytes){0};
}
