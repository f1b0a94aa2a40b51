#include "broker/topology.h"

#include "amqp/table.h"

const char *topology_name(uint8_t kind)
{
    switch (kind) {
#define T(code, name, fields)                                                                      \
    case code:                                                                                     \
        return #name;
        TOPOLOGY_KINDS(T)
#undef T
    default:
        return NULL;
    }
}

static void put_text(struct bytes *out, struct slice value)
{
    bytes_add_varint(out, value.len);
    bytes_add(out, value);
}

static void put_table(struct bytes *out, struct slice value)
{
    put_text(out, value);
}

static void put_number(struct bytes *out, uint64_t value)
{
    bytes_add_varint(out, value);
}

static void put_flag(struct bytes *out, bool value)
{
    bytes_add_u8(out, value);
}

void topology_encode(const struct topology *topology, struct bytes *out)
{
    bytes_add_u8(out, topology->kind);
    switch ((enum topology_kind)topology->kind) {
#define F(type, field) put_##type(out, in->field);
#define T(code, name, fields)                                                                      \
    case code: {                                                                                   \
        const struct topology_##name *in = &topology->name;                                        \
        fields(F) break;                                                                           \
    }
        TOPOLOGY_KINDS(T)
#undef T
#undef F
    }
}

static struct slice get_text(struct wire_reader *r)
{
    uint64_t len = wire_get_varint(r);
    if (len > wire_left(r)) {
        r->bad = true;
        return (struct slice){0};
    }
    return wire_get_bytes(r, len);
}

static struct slice get_table(struct wire_reader *r)
{
    struct slice table = get_text(r);
    r->bad |= !table_valid(table);
    return table;
}

static uint64_t get_number(struct wire_reader *r)
{
    return wire_get_varint(r);
}

static bool get_flag(struct wire_reader *r)
{
    uint8_t value = wire_get_u8(r);
    r->bad |= value > 1;
    return value == 1;
}

bool topology_decode(struct wire_reader *r, struct topology *out)
{
    *out = (struct topology){.kind = wire_get_u8(r)};
    switch (out->kind) {
#define F(type, field) to->field = get_##type(r);
#define T(code, name, fields)                                                                      \
    case code: {                                                                                   \
        struct topology_##name *to = &out->name;                                                   \
        fields(F) break;                                                                           \
    }
        TOPOLOGY_KINDS(T)
#undef T
#undef F
    default:
        r->bad = true;
    }
    return !r->bad;
}
