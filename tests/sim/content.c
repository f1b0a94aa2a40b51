#include "tests/sim/content.h"

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"

static struct slice encode(struct arena *arena, const struct amqp_properties *properties)
{
    size_t room = properties->headers.len + 4000;
    uint8_t *octets = arena_new(arena, room);
    size_t len = properties_encode(properties, octets, room);
    CHECK(len > 0);
    return (struct slice){octets, len};
}

static struct slice replace(struct arena *arena, struct slice encoded, struct slice header,
                            struct slice raw)
{
    struct amqp_properties properties;
    struct bytes table = {0};
    struct slice name;
    struct field_value value;
    CHECK(properties_decode(encoded, &properties));
    struct wire_reader r = wire_reader_of(properties.headers);
    while (table_next(&r, &name, &value)) {
        if (!slice_eq(name, header)) {
            table_add_raw(&table, name, value.raw);
        }
    }
    if (raw.len > 0) {
        table_add_raw(&table, header, raw);
        properties.flags |= PROPERTY_headers;
    }
    properties.headers = bytes_slice(&table);
    struct slice result = encode(arena, &properties);
    bytes_finish(&table);
    return result;
}

struct slice content_without(struct arena *arena, struct slice properties, struct slice header)
{
    return replace(arena, properties, header, SLICE(""));
}

struct slice content_with(struct arena *arena, struct slice properties, struct slice header,
                          struct slice raw)
{
    return replace(arena, properties, header, raw);
}

static bool same_table(struct slice one, struct slice other);

static bool same_array(struct slice one, struct slice other);

static bool same_value(const struct field_value *one, const struct field_value *other)
{
    if (one->type != other->type) {
        return false;
    }
    switch (one->type) {
    case 'F':
        return same_table(one->bytes, other->bytes);
    case 'A':
        return same_array(one->bytes, other->bytes);
    default:
        return slice_eq(one->raw, other->raw);
    }
}

static bool same_array(struct slice one, struct slice other)
{
    struct wire_reader r = wire_reader_of(one), s = wire_reader_of(other);
    struct field_value value, matching;
    while (array_next(&r, &value)) {
        if (!array_next(&s, &matching) || !same_value(&value, &matching)) {
            return false;
        }
    }
    return !array_next(&s, &matching);
}

static uint32_t count_of(struct slice table)
{
    struct wire_reader r = wire_reader_of(table);
    struct slice name;
    struct field_value value;
    uint32_t count = 0;
    while (table_next(&r, &name, &value)) {
        count++;
    }
    return count;
}

static bool same_table(struct slice one, struct slice other)
{
    struct wire_reader r = wire_reader_of(one);
    struct slice name;
    struct field_value value, matching;
    while (table_next(&r, &name, &value)) {
        if (!table_get(other, name, &matching) || !same_value(&value, &matching)) {
            return false;
        }
    }
    return count_of(one) == count_of(other);
}

/* What there is besides headers. */
static struct slice rest_of(struct arena *arena, const struct amqp_properties *properties)
{
    struct amqp_properties rest = *properties;
    rest.headers = SLICE("");
    rest.flags &= (uint16_t)~PROPERTY_headers;
    return encode(arena, &rest);
}

bool content_same(struct arena *arena, struct slice one, struct slice other)
{
    struct amqp_properties a, b;
    if (slice_eq(one, other)) {
        return true;
    }
    if (!properties_decode(one, &a) || !properties_decode(other, &b)) {
        return false;
    }
    return slice_eq(rest_of(arena, &a), rest_of(arena, &b)) && same_table(a.headers, b.headers);
}
