#include "bench/wire.h"

#include <stdlib.h>

#include "bench/memory.h"

struct slice slice_of(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

void bytes_reserve(struct bytes *bytes, size_t more)
{
    if (bytes->len + more > bytes->cap) {
        bytes->cap = 2 * (bytes->len + more);
        bytes->ptr = memory_resize(bytes->ptr, bytes->cap);
    }
}

void bytes_consume(struct bytes *bytes, size_t used)
{
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

static const uint8_t *take(struct wire_reader *reader, size_t count)
{
    static const uint8_t nothing[8];
    const uint8_t *at = reader->pos;
    if (reader->bad || (size_t)(reader->end - at) < count) {
        reader->bad = true;
        return nothing;
    }
    reader->pos += count;
    return at;
}

uint8_t wire_get_u8(struct wire_reader *reader)
{
    return *take(reader, 1);
}

uint16_t wire_get_u16(struct wire_reader *reader)
{
    return wire_load_u16(take(reader, 2));
}

uint32_t wire_get_u32(struct wire_reader *reader)
{
    return wire_load_u32(take(reader, 4));
}

uint64_t wire_get_u64(struct wire_reader *reader)
{
    return wire_load_u64(take(reader, 8));
}

struct slice wire_get_shortstr(struct wire_reader *reader)
{
    size_t len = wire_get_u8(reader);
    const uint8_t *ptr = take(reader, len);
    return (struct slice){ptr, reader->bad ? 0 : len};
}

void wire_put_u8(struct bytes *out, uint8_t value)
{
    bytes_reserve(out, 1);
    out->ptr[out->len++] = value;
}

void wire_put_u16(struct bytes *out, uint16_t value)
{
    wire_put_u8(out, (uint8_t)(value >> 8));
    wire_put_u8(out, (uint8_t)value);
}

void wire_put_u32(struct bytes *out, uint32_t value)
{
    bytes_reserve(out, sizeof value);
    wire_store_u32(out->ptr + out->len, value);
    out->len += sizeof value;
}

void wire_put_u64(struct bytes *out, uint64_t value)
{
    bytes_reserve(out, sizeof value);
    wire_store_u64(out->ptr + out->len, value);
    out->len += sizeof value;
}

void wire_put_raw(struct bytes *out, struct slice raw)
{
    if (raw.len > 0) {
        bytes_reserve(out, raw.len);
        memcpy(out->ptr + out->len, raw.ptr, raw.len);
        out->len += raw.len;
    }
}

void wire_put_shortstr(struct bytes *out, const char *text)
{
    struct slice slice = slice_of(text);
    slice.len = slice.len > UINT8_MAX ? UINT8_MAX : slice.len;
    wire_put_u8(out, (uint8_t)slice.len);
    wire_put_raw(out, slice);
}

void wire_put_longstr(struct bytes *out, struct slice text)
{
    wire_put_u32(out, (uint32_t)text.len);
    wire_put_raw(out, text);
}

size_t frame_begin(struct bytes *out, enum frame_type type, uint16_t channel)
{
    size_t start = out->len;
    wire_put_u8(out, (uint8_t)type);
    wire_put_u16(out, channel);
    wire_put_u32(out, 0);
    return start;
}

void frame_end(struct bytes *out, size_t start)
{
    wire_store_u32(out->ptr + start + 3, (uint32_t)(out->len - start - FRAME_HEAD));
    wire_put_u8(out, FRAME_END);
}
