#include "amqp/properties.h"

#include "amqp/table.h"
#include "base/check.h"
#include "base/wire.h"

bool properties_decode(struct slice encoded, struct amqp_properties *out)
{
    struct wire_reader r = wire_reader_of(encoded);
    *out = (struct amqp_properties){.flags = wire_get_u16(&r)};
#define P(type, name)                                                                              \
    if (out->flags & PROPERTY_##name) {                                                            \
        out->name = wire_get_##type(&r);                                                           \
    }
    AMQP_BASIC_PROPERTIES(P)
#undef P
    return !r.bad && wire_left(&r) == 0 && table_valid(out->headers);
}

enum property_type { TYPE_shortstr, TYPE_table, TYPE_u8, TYPE_u64 };

static const uint8_t types[] = {
#define P(type, name) TYPE_##type,
    AMQP_BASIC_PROPERTIES(P)
#undef P
};

/* The first of the flags that are left. */
static unsigned next_index(unsigned *flags)
{
    unsigned index = (unsigned)(__builtin_clz(*flags) - __builtin_clz(0x8000u));
    *flags &= ~(0x8000u >> index);
    return index;
}

bool properties_skim(struct slice encoded, struct properties_gist *out)
{
    enum { KNOWN = (1 << 16) - (1 << (16 - sizeof types)) };
    struct wire_reader r = wire_reader_of(encoded);
    *out = (struct properties_gist){.flags = wire_get_u16(&r)};
    unsigned flags = out->flags & (unsigned)KNOWN;
    while (flags) {
        unsigned index = next_index(&flags);
        struct slice text = {.len = 0};
        uint8_t number = 0;
        switch ((enum property_type)types[index]) {
        case TYPE_shortstr:
            text = wire_get_shortstr(&r);
            break;
        case TYPE_table:
            wire_get_table(&r);
            break;
        case TYPE_u8:
            number = wire_get_u8(&r);
            break;
        case TYPE_u64:
            wire_get_u64(&r);
            break;
        }
        out->expiration = index == PROPERTY_INDEX_expiration ? text : out->expiration;
        out->delivery_mode = index == PROPERTY_INDEX_delivery_mode ? number : out->delivery_mode;
        out->priority = index == PROPERTY_INDEX_priority ? number : out->priority;
    }
    return !r.bad && wire_left(&r) == 0;
}

size_t properties_encode(const struct amqp_properties *in, uint8_t *dst, size_t cap)
{
    struct wire_writer w = {.pos = dst, .end = dst + cap};
    wire_put_u16(&w, in->flags);
#define P(type, name)                                                                              \
    if (in->flags & PROPERTY_##name) {                                                             \
        wire_put_##type(&w, in->name);                                                             \
    }
    AMQP_BASIC_PROPERTIES(P)
#undef P
    return w.bad ? 0 : (size_t)(w.pos - dst);
}

static size_t size_of_shortstr(struct slice text)
{
    return 1 + text.len;
}

static size_t size_of_table(struct slice table)
{
    return sizeof(uint32_t) + table.len;
}

static size_t size_of_u8(uint8_t number)
{
    return sizeof number;
}

static size_t size_of_u64(uint64_t number)
{
    return sizeof number;
}

void properties_add(struct bytes *out, const struct amqp_properties *in)
{
    size_t size = sizeof in->flags;
#define P(type, name) size += in->flags & PROPERTY_##name ? size_of_##type(in->name) : 0;
    AMQP_BASIC_PROPERTIES(P)
#undef P
    size_t len = properties_encode(in, bytes_reserve(out, size), size);
    CHECK(len == size);
    out->len += size;
}
