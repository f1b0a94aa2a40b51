#include "amqp/table.h"

#include "base/check.h"

static bool get_value(struct wire_reader *r, struct field_value *value)
{
    const uint8_t *start = r->pos;
    *value = (struct field_value){.type = wire_get_u8(r)};
    switch (value->type) {
    case 't':
    case 'B':
        value->integer = wire_get_u8(r);
        break;
    case 'b':
        value->integer = (int8_t)wire_get_u8(r);
        break;
    case 's':
        value->integer = (int16_t)wire_get_u16(r);
        break;
    case 'u':
        value->integer = wire_get_u16(r);
        break;
    case 'I':
        value->integer = (int32_t)wire_get_u32(r);
        break;
    case 'i':
        value->integer = wire_get_u32(r);
        break;
    case 'l':
    case 'L':
    case 'T':
        value->integer = (int64_t)wire_get_u64(r);
        break;
    case 'f':
        wire_get_bytes(r, 4);
        break;
    case 'd':
        wire_get_bytes(r, 8);
        break;
    case 'D':
        wire_get_u8(r);
        value->integer = (int32_t)wire_get_u32(r);
        break;
    case 'S':
    case 'x':
    case 'A':
    case 'F':
        value->bytes = wire_get_longstr(r);
        break;
    case 'V':
        break;
    default:
        r->bad = true;
    }
    value->raw = (struct slice){start, (size_t)(r->pos - start)};
    return !r->bad;
}

bool table_next(struct wire_reader *r, struct slice *key, struct field_value *value)
{
    if (r->bad || wire_left(r) == 0) {
        return false;
    }
    *key = wire_get_shortstr(r);
    return get_value(r, value);
}

bool array_next(struct wire_reader *r, struct field_value *value)
{
    return !r->bad && wire_left(r) > 0 && get_value(r, value);
}

static bool valid(struct slice entries, bool is_array, int depth)
{
    if (depth > TABLE_DEPTH_MAX) {
        return false;
    }
    struct wire_reader r = wire_reader_of(entries);
    struct slice key;
    struct field_value value;
    while (is_array ? array_next(&r, &value) : table_next(&r, &key, &value)) {
        bool nested = value.type == 'F' || value.type == 'A';
        if (nested && !valid(value.bytes, value.type == 'A', depth + 1)) {
            return false;
        }
    }
    return !r.bad;
}

bool table_valid(struct slice table)
{
    return table.len == 0 || valid(table, false, 1);
}

bool table_get(struct slice table, struct slice key, struct field_value *out)
{
    struct wire_reader r = wire_reader_of(table);
    struct slice at;
    while (table_next(&r, &at, out)) {
        if (slice_eq(at, key)) {
            return true;
        }
    }
    return false;
}

bool field_is_integer(const struct field_value *value)
{
    switch (value->type) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
    case 'L':
        return true;
    default:
        return false;
    }
}

double field_float(const struct field_value *value)
{
    if (value->type == 'f') {
        uint32_t bits = wire_load_u32(value->raw.ptr + 1);
        float number;
        memcpy(&number, &bits, sizeof number);
        return (double)number;
    }
    uint64_t bits = wire_load_u64(value->raw.ptr + 1);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

const char *field_type_name(uint8_t type)
{
    static const struct {
        uint8_t type;
        const char *name;
    } names[] = {
        {'t', "bool"},          {'b', "byte"},      {'B', "unsignedbyte"}, {'s', "short"},
        {'u', "unsignedshort"}, {'I', "signedint"}, {'i', "unsignedint"},  {'l', "long"},
        {'L', "long"},          {'f', "float"},     {'d', "double"},       {'D', "decimal"},
        {'S', "longstr"},       {'A', "array"},     {'T', "timestamp"},    {'F', "table"},
        {'V', "void"},          {'x', "binary"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].type == type) {
            return names[i].name;
        }
    }
    return "unknown";
}

static void add_key(struct bytes *table, struct slice key)
{
    CHECK(key.len <= 255);
    bytes_add_u8(table, (uint8_t)key.len);
    bytes_add(table, key);
}

static void add_long(struct bytes *table, struct slice key, uint8_t type, struct slice value)
{
    add_key(table, key);
    bytes_add_u8(table, type);
    bytes_add_u32(table, (uint32_t)value.len);
    bytes_add(table, value);
}

void table_add_string(struct bytes *table, struct slice key, struct slice value)
{
    add_long(table, key, 'S', value);
}

void table_add_bool(struct bytes *table, struct slice key, bool value)
{
    add_key(table, key);
    bytes_add_u8(table, 't');
    bytes_add_u8(table, value);
}

void table_add_table(struct bytes *table, struct slice key, struct slice value)
{
    add_long(table, key, 'F', value);
}

void table_add_array(struct bytes *table, struct slice key, struct slice values)
{
    add_long(table, key, 'A', values);
}

void table_add_i32(struct bytes *table, struct slice key, int32_t value)
{
    add_key(table, key);
    bytes_add_u8(table, 'I');
    bytes_add_u32(table, (uint32_t)value);
}

void table_add_i64(struct bytes *table, struct slice key, int64_t value)
{
    add_key(table, key);
    bytes_add_u8(table, 'l');
    bytes_add_u64(table, (uint64_t)value);
}

void table_add_raw(struct bytes *table, struct slice key, struct slice raw)
{
    add_key(table, key);
    bytes_add(table, raw);
}
