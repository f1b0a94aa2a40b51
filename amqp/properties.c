#include "amqp/properties.h"

#include "amqp/table.h"
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
