#include "admin/json_table.h"

#include <string.h>

#include "amqp/table.h"

static void write_entries(struct writer *w, struct slice entries, bool is_array);

static double float_of(struct slice raw)
{
    uint32_t octets = wire_load_u32(raw.ptr + 1);
    float value;
    memcpy(&value, &octets, sizeof value);
    return (double)value;
}

static double double_of(struct slice raw)
{
    uint64_t octets = wire_load_u64(raw.ptr + 1);
    double value;
    memcpy(&value, &octets, sizeof value);
    return value;
}

static double decimal_of(const struct field_value *value)
{
    double number = (double)value->integer;
    for (uint8_t scale = value->raw.ptr[1]; scale > 0; scale--) {
        number /= 10;
    }
    return number;
}

/* Whole numbers but the unsigned 64-bit one are in `integer`. */
static void write_value(struct writer *w, struct slice name, const struct field_value *value)
{
    switch (value->type) {
    case 't':
        write_named_truth(w, name, value->integer != 0);
        break;
    case 'L':
    case 'T':
        write_named_u64(w, name, (uint64_t)value->integer);
        break;
    case 'f':
        write_named_real(w, name, float_of(value->raw));
        break;
    case 'd':
        write_named_real(w, name, double_of(value->raw));
        break;
    case 'D':
        write_named_real(w, name, decimal_of(value));
        break;
    case 'S':
    case 'x':
        write_named_text(w, name, value->bytes);
        break;
    case 'A':
        write_named_array(w, name);
        write_entries(w, value->bytes, true);
        write_end(w);
        break;
    case 'F':
        write_named_object(w, name);
        write_entries(w, value->bytes, false);
        write_end(w);
        break;
    case 'V':
        write_named_null(w, name);
        break;
    default:
        write_named_i64(w, name, value->integer);
        break;
    }
}

static void write_entries(struct writer *w, struct slice entries, bool is_array)
{
    struct wire_reader r = wire_reader_of(entries);
    struct slice key = {NULL, 0};
    struct field_value value;
    while (is_array ? array_next(&r, &value) : table_next(&r, &key, &value)) {
        write_value(w, key, &value);
    }
}

void write_table(struct writer *w, const char *name, struct slice table)
{
    write_object(w, name);
    write_entries(w, table, false);
    write_end(w);
}

static void property_shortstr(struct writer *w, const char *name, struct slice value)
{
    write_text(w, name, value);
}

static void property_u8(struct writer *w, const char *name, uint8_t value)
{
    write_u64(w, name, value);
}

static void property_u64(struct writer *w, const char *name, uint64_t value)
{
    write_u64(w, name, value);
}

static void property_table(struct writer *w, const char *name, struct slice value)
{
    write_table(w, name, value);
}

void write_properties(struct writer *w, const char *name, struct slice encoded)
{
    struct amqp_properties properties;
    write_object(w, name);
    if (properties_decode(encoded, &properties)) {
#define P(type, field)                                                                             \
    if (properties.flags & PROPERTY_##field) {                                                     \
        property_##type(w, #field, properties.field);                                              \
    }
        AMQP_BASIC_PROPERTIES(P)
#undef P
    }
    write_end(w);
}

static bool add_value(const json_t *value, struct bytes *out, int depth);

/* Makes room for a length and returns where it is. */
static size_t begin_length(struct bytes *out)
{
    bytes_add_u32(out, 0);
    return out->len;
}

static void end_length(struct bytes *out, size_t from)
{
    wire_store_u32(out->ptr + from - 4, (uint32_t)(out->len - from));
}

static bool add_members(const json_t *object, struct bytes *out, int depth)
{
    /* The iterator takes a pointer to what it does not change. */
    for (void *it = json_object_iter((json_t *)object); it;
         it = json_object_iter_next((json_t *)object, it)) {
        const char *key = json_object_iter_key(it);
        size_t len = strlen(key);
        if (len > UINT8_MAX) {
            return false;
        }
        bytes_add_u8(out, (uint8_t)len);
        bytes_add(out, (struct slice){(const uint8_t *)key, len});
        if (!add_value(json_object_iter_value(it), out, depth)) {
            return false;
        }
    }
    return true;
}

static bool add_items(const json_t *array, struct bytes *out, int depth)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!add_value(json_array_get(array, i), out, depth)) {
            return false;
        }
    }
    return true;
}

static void add_real(double value, struct bytes *out)
{
    uint64_t octets;
    memcpy(&octets, &value, sizeof octets);
    bytes_add_u64(out, octets);
}

static bool add_nested(const json_t *value, struct bytes *out, int depth)
{
    if (depth >= TABLE_DEPTH_MAX) {
        return false;
    }
    bool is_array = json_is_array(value);
    bytes_add_u8(out, is_array ? 'A' : 'F');
    size_t from = begin_length(out);
    bool fits = is_array ? add_items(value, out, depth + 1) : add_members(value, out, depth + 1);
    end_length(out, from);
    return fits;
}

static bool add_value(const json_t *value, struct bytes *out, int depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        return add_nested(value, out, depth);
    case JSON_STRING:
        bytes_add_u8(out, 'S');
        bytes_add_u32(out, (uint32_t)json_string_length(value));
        bytes_add(out, (struct slice){(const uint8_t *)json_string_value(value),
                                      json_string_length(value)});
        return true;
    case JSON_INTEGER:
        bytes_add_u8(out, 'l');
        bytes_add_u64(out, (uint64_t)json_integer_value(value));
        return true;
    case JSON_REAL:
        bytes_add_u8(out, 'd');
        add_real(json_real_value(value), out);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        bytes_add_u8(out, 't');
        bytes_add_u8(out, json_is_true(value));
        return true;
    case JSON_NULL:
        bytes_add_u8(out, 'V');
        return true;
    }
    return false;
}

bool json_to_table(const json_t *object, struct bytes *table)
{
    return !object || add_members(object, table, 1);
}

/* What a member of the properties may be, by the type of the property. */
static bool read_shortstr(const json_t *value, struct bytes *room, struct slice *out)
{
    (void)room;
    *out = (struct slice){(const uint8_t *)json_string_value(value), json_string_length(value)};
    return json_is_string(value) && out->len <= UINT8_MAX;
}

static bool read_u8(const json_t *value, struct bytes *room, uint8_t *out)
{
    (void)room;
    *out = (uint8_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) <= UINT8_MAX;
}

static bool read_u64(const json_t *value, struct bytes *room, uint64_t *out)
{
    (void)room;
    *out = (uint64_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool read_table(const json_t *value, struct bytes *room, struct slice *out)
{
    bool none = json_is_array(value) && json_array_size(value) == 0; // {} of some languages
    bool fits = none || (json_is_object(value) && json_to_table(value, room));
    *out = bytes_slice(room);
    return fits;
}

bool json_to_properties(const json_t *object, struct bytes *encoded, const char **wrong)
{
    struct amqp_properties properties = {.flags = 0};
    struct bytes headers = {0};
    const json_t *value;
    *wrong = NULL;
#define P(type, field)                                                                             \
    value = json_object_get(object, #field);                                                       \
    if (value && !*wrong) {                                                                        \
        properties.flags |= PROPERTY_##field;                                                      \
        *wrong = read_##type(value, &headers, &properties.field) ? NULL : #field;                  \
    }
    AMQP_BASIC_PROPERTIES(P)
#undef P
    if (!*wrong) {
        properties_add(encoded, &properties);
    }
    bytes_finish(&headers);
    return !*wrong;
}
