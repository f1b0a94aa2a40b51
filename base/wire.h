#ifndef BASE_WIRE_H
#define BASE_WIRE_H

#include "base/slice.h"

/* Big-endian readers and writers with a sticky error.
 *
 * A read past the end yields zero and sets `bad`; so does a write past the end. Callers do a
 * whole record in straight-line code and test `bad` once, at the end. The functions are inline:
 * they are the inner loop of the codec. */
struct wire_reader {
    const uint8_t *pos;
    const uint8_t *end;
    uint8_t bits; // the octet that holds the current run of AMQP bits
    uint8_t bit;  // next bit to take from it; 0 = no run is open
    bool bad;
};

/* Octets of the longest varint. */
enum { WIRE_VARINT_MAX = 10 };

struct wire_writer {
    uint8_t *pos;
    uint8_t *end;
    uint8_t bit; // next bit to set in pos[-1]; 0 = no run is open
    bool bad;
};

static inline uint16_t wire_load_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t wire_load_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t wire_load_u64(const uint8_t *p)
{
    return (uint64_t)wire_load_u32(p) << 32 | wire_load_u32(p + 4);
}

static inline void wire_store_u16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void wire_store_u32(uint8_t *p, uint32_t value)
{
    wire_store_u16(p, (uint16_t)(value >> 16));
    wire_store_u16(p + 2, (uint16_t)value);
}

static inline void wire_store_u64(uint8_t *p, uint64_t value)
{
    wire_store_u32(p, (uint32_t)(value >> 32));
    wire_store_u32(p + 4, (uint32_t)value);
}

static inline struct wire_reader wire_reader_of(struct slice bytes)
{
    return (struct wire_reader){.pos = bytes.ptr,
                                .end = bytes.len ? bytes.ptr + bytes.len : bytes.ptr};
}

static inline size_t wire_left(const struct wire_reader *r)
{
    return (size_t)(r->end - r->pos);
}

/* True, and ends a run of bits, if len octets are there to be read. */
static inline bool wire_has(struct wire_reader *r, size_t len)
{
    r->bit = 0;
    if (wire_left(r) < len) {
        r->bad = true;
        r->pos = r->end;
        return false;
    }
    return true;
}

static inline uint8_t wire_get_u8(struct wire_reader *r)
{
    return wire_has(r, 1) ? *r->pos++ : 0;
}

static inline uint16_t wire_get_u16(struct wire_reader *r)
{
    if (!wire_has(r, 2)) {
        return 0;
    }
    r->pos += 2;
    return wire_load_u16(r->pos - 2);
}

static inline uint32_t wire_get_u32(struct wire_reader *r)
{
    if (!wire_has(r, 4)) {
        return 0;
    }
    r->pos += 4;
    return wire_load_u32(r->pos - 4);
}

static inline uint64_t wire_get_u64(struct wire_reader *r)
{
    if (!wire_has(r, 8)) {
        return 0;
    }
    r->pos += 8;
    return wire_load_u64(r->pos - 8);
}

static inline bool wire_get_bit(struct wire_reader *r)
{
    uint8_t bit = r->bit;
    if (bit == 0) {
        r->bits = wire_get_u8(r);
    }
    r->bit = (bit + 1) & 7;
    return r->bits >> bit & 1;
}

/* A number in groups of seven bits, the lowest first, with the top bit set in all octets but the
 * last. Longer than need be, or beyond 64 bits, is bad: a number has one encoding. */
static inline uint64_t wire_get_varint(struct wire_reader *r)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t octet = wire_get_u8(r);
        value |= (uint64_t)(octet & 0x7f) << shift;
        if (!(octet & 0x80)) {
            r->bad |= (octet == 0 && shift > 0) || (shift == 63 && octet > 1);
            return r->bad ? 0 : value;
        }
    }
    r->bad = true;
    return 0;
}

/* Takes len octets; borrows from the reader's buffer. */
static inline struct slice wire_get_bytes(struct wire_reader *r, size_t len)
{
    if (!wire_has(r, len)) {
        return (struct slice){r->pos, 0};
    }
    r->pos += len;
    return (struct slice){r->pos - len, len};
}

static inline struct slice wire_get_shortstr(struct wire_reader *r) // borrows
{
    return wire_get_bytes(r, wire_get_u8(r));
}

static inline struct slice wire_get_longstr(struct wire_reader *r) // borrows
{
    return wire_get_bytes(r, wire_get_u32(r));
}

/* A field table is taken whole, without its length; amqp/table.h reads what is inside. */
static inline struct slice wire_get_table(struct wire_reader *r) // borrows
{
    return wire_get_longstr(r);
}

/* True, and ends a run of bits, if there is room for len octets. */
static inline bool wire_room(struct wire_writer *w, size_t len)
{
    w->bit = 0;
    if ((size_t)(w->end - w->pos) < len) {
        w->bad = true;
        return false;
    }
    return true;
}

static inline void wire_put_u8(struct wire_writer *w, uint8_t value)
{
    if (wire_room(w, 1)) {
        *w->pos++ = value;
    }
}

static inline void wire_put_u16(struct wire_writer *w, uint16_t value)
{
    if (wire_room(w, 2)) {
        wire_store_u16(w->pos, value);
        w->pos += 2;
    }
}

static inline void wire_put_u32(struct wire_writer *w, uint32_t value)
{
    if (wire_room(w, 4)) {
        wire_store_u32(w->pos, value);
        w->pos += 4;
    }
}

static inline void wire_put_u64(struct wire_writer *w, uint64_t value)
{
    if (wire_room(w, 8)) {
        wire_store_u64(w->pos, value);
        w->pos += 8;
    }
}

static inline void wire_put_bit(struct wire_writer *w, bool value)
{
    uint8_t bit = w->bit;
    if (bit == 0) {
        wire_put_u8(w, 0);
    }
    if (!w->bad) {
        w->pos[-1] |= (uint8_t)(value << bit);
    }
    w->bit = (bit + 1) & 7;
}

static inline void wire_put_bytes(struct wire_writer *w, struct slice value)
{
    if (wire_room(w, value.len)) {
        slice_copy(w->pos, value);
        w->pos += value.len;
    }
}

static inline void wire_put_shortstr(struct wire_writer *w, struct slice value)
{
    if (value.len > 255) {
        w->bad = true;
        return;
    }
    wire_put_u8(w, (uint8_t)value.len);
    wire_put_bytes(w, value);
}

static inline void wire_put_longstr(struct wire_writer *w, struct slice value)
{
    if (value.len > UINT32_MAX) {
        w->bad = true;
        return;
    }
    wire_put_u32(w, (uint32_t)value.len);
    wire_put_bytes(w, value);
}

static inline void wire_put_table(struct wire_writer *w, struct slice value)
{
    wire_put_longstr(w, value);
}

#endif
