#include "tests/dialogues/player/json.h"

#include <inttypes.h>
#include <stdio.h>

#include "amqp/table.h"

static bool add_value(struct bytes *out, const struct field_value *value);

void json_add_text(struct bytes *out, struct slice text)
{
    char escaped[8];
    bytes_add_u8(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.ptr[i];
        if (octet < ' ' || octet == '"' || octet == '\\') {
            int len = snprintf(escaped, sizeof escaped, "\\u%04x", octet);
            bytes_add(out, (struct slice){(const uint8_t *)escaped, (size_t)len});
        } else {
            bytes_add_u8(out, octet);
        }
    }
    bytes_add_u8(out, '"');
}

bool json_add_object(struct bytes *out, struct slice table)
{
    struct wire_reader reader = {.pos = table.ptr, .end = table.ptr + table.len};
    struct slice key;
    struct field_value value;
    bool good = true;
    bytes_add_u8(out, '{');
    for (bool first = true; good && table_next(&reader, &key, &value); first = false) {
        if (!first) {
            bytes_add_u8(out, ',');
        }
        json_add_text(out, key);
        bytes_add_u8(out, ':');
        good = add_value(out, &value);
    }
    bytes_add_u8(out, '}');
    return good;
}

static bool add_array(struct bytes *out, struct slice array)
{
    struct wire_reader reader = {.pos = array.ptr, .end = array.ptr + array.len};
    struct field_value value;
    bool good = true;
    bytes_add_u8(out, '[');
    for (bool first = true; good && array_next(&reader, &value); first = false) {
        if (!first) {
            bytes_add_u8(out, ',');
        }
        good = add_value(out, &value);
    }
    bytes_add_u8(out, ']');
    return good;
}

static void add_number(struct bytes *out, int64_t number)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRId64, number);
    bytes_add(out, (struct slice){(const uint8_t *)text, (size_t)len});
}

static bool add_value(struct bytes *out, const struct field_value *value)
{
    switch (value->type) {
    case 't':
        bytes_add(out, value->integer ? SLICE("true") : SLICE("false"));
        return true;
    case 'S':
        json_add_text(out, value->bytes);
        return true;
    case 'F':
        return json_add_object(out, value->bytes);
    case 'A':
        return add_array(out, value->bytes);
    default:
        if (field_is_integer(value)) {
            add_number(out, value->integer);
        }
        return field_is_integer(value);
    }
}
