#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* AMQP's bytes: a borrowed view, a growing buffer, big-endian readers and writers, and the frame
 * around them. */
struct slice {
    const uint8_t *ptr;
    size_t len;
};

struct bytes {
    uint8_t *ptr; // owned
    size_t len;
    size_t cap;
};

/* A read past the end yields zero and sets `bad`; the caller tests it once, at the end. */
struct wire_reader {
    const uint8_t *pos;
    const uint8_t *end;
    bool bad;
};

enum frame_type { FRAME_METHOD = 1, FRAME_HEADER = 2, FRAME_BODY = 3, FRAME_HEARTBEAT = 8 };
enum { FRAME_HEAD = 7, FRAME_OVERHEAD = 8, FRAME_END = 0xCE, FRAME_MAX = 131072 };

static inline uint16_t wire_load_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t wire_load_u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return __builtin_bswap32(value);
}

static inline uint64_t wire_load_u64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return __builtin_bswap64(value);
}

static inline void wire_store_u32(uint8_t *at, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(at, &value, sizeof value);
}

static inline void wire_store_u64(uint8_t *at, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(at, &value, sizeof value);
}

struct slice slice_of(const char *text); // borrows the text, without its NUL

void bytes_reserve(struct bytes *bytes, size_t more);
void bytes_consume(struct bytes *bytes, size_t used); // drops the first `used` bytes
void bytes_finish(struct bytes *bytes);

uint8_t wire_get_u8(struct wire_reader *reader);
uint16_t wire_get_u16(struct wire_reader *reader);
uint32_t wire_get_u32(struct wire_reader *reader);
uint64_t wire_get_u64(struct wire_reader *reader);
struct slice wire_get_shortstr(struct wire_reader *reader); // borrows from the reader's buffer

void wire_put_u8(struct bytes *out, uint8_t value);
void wire_put_u16(struct bytes *out, uint16_t value);
void wire_put_u32(struct bytes *out, uint32_t value);
void wire_put_u64(struct bytes *out, uint64_t value);
void wire_put_raw(struct bytes *out, struct slice raw);
void wire_put_shortstr(struct bytes *out, const char *text);
void wire_put_longstr(struct bytes *out, struct slice text);

/* A frame's size is not known when it begins: frame_begin returns where it started, and
 * frame_end, given that, fills the size in and closes the frame. */
size_t frame_begin(struct bytes *out, enum frame_type type, uint16_t channel);
void frame_end(struct bytes *out, size_t start);

#endif
