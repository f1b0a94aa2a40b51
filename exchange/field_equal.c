#include "exchange/fields.h"

enum field_class {
    CLASS_NUMBER,
    CLASS_OCTETS,
    CLASS_BOOL,
    CLASS_LIST,
    CLASS_ENCODED, // decimals and void: the same if encoded the same
};

static enum field_class class_of(const struct field_value *value)
{
    switch (value->type) {
    case 'T':
    case 'f':
    case 'd':
        return CLASS_NUMBER;
    case 'S':
    case 'x':
        return CLASS_OCTETS;
    case 't':
        return CLASS_BOOL;
    case 'F':
    case 'A':
        return CLASS_LIST;
    default:
        return field_is_integer(value) ? CLASS_NUMBER : CLASS_ENCODED;
    }
}

static bool is_floating(const struct field_value *value)
{
    return value->type == 'f' || value->type == 'd';
}

/* Exact also where a double cannot hold the whole number. */
static bool whole_equals_floating(int64_t whole, double number)
{
    const double limit = 9223372036854775808.0; // 2^63
    if (!(number >= -limit && number < limit)) {
        return false;
    }
    int64_t truncated = (int64_t)number;
    return truncated == whole && (double)truncated == number;
}

static bool number_equal(const struct field_value *a, const struct field_value *b)
{
    if (is_floating(a)) {
        return is_floating(b) ? field_float(a) == field_float(b) : number_equal(b, a);
    }
    bool a_huge = a->type == 'T' && a->integer < 0; // timestamps have no sign
    bool b_huge = b->type == 'T' && b->integer < 0;
    if (a_huge || b_huge) {
        return a_huge == b_huge && a->integer == b->integer;
    }
    return is_floating(b) ? whole_equals_floating(a->integer, field_float(b))
                          : a->integer == b->integer;
}

static bool same_type(const struct field_value *a, const struct field_value *b)
{
    uint8_t a_type = a->type == 'L' ? 'l' : a->type; // two letters for one type
    uint8_t b_type = b->type == 'L' ? 'l' : b->type;
    return a_type == b_type;
}

static bool next(struct wire_reader *r, bool is_array, struct field *field)
{
    field->name = (struct slice){0};
    return is_array ? array_next(r, &field->value) : table_next(r, &field->name, &field->value);
}

static bool list_equal(const struct field_value *a, const struct field_value *b)
{
    if (a->type != b->type) {
        return a->bytes.len == 0 && b->bytes.len == 0;
    }
    struct wire_reader a_reader = wire_reader_of(a->bytes);
    struct wire_reader b_reader = wire_reader_of(b->bytes);
    struct field a_field;
    struct field b_field;
    for (;;) {
        bool a_more = next(&a_reader, a->type == 'A', &a_field);
        bool b_more = next(&b_reader, a->type == 'A', &b_field);
        if (!a_more || !b_more) {
            return a_more == b_more;
        }
        if (!slice_eq(a_field.name, b_field.name) || !same_type(&a_field.value, &b_field.value) ||
            !field_equal(&a_field.value, &b_field.value)) {
            return false;
        }
    }
}

bool field_equal(const struct field_value *a, const struct field_value *b)
{
    enum field_class class = class_of(a);
    if (class != class_of(b)) {
        return false;
    }
    switch (class) {
    case CLASS_NUMBER:
        return number_equal(a, b);
    case CLASS_OCTETS:
        return slice_eq(a->bytes, b->bytes);
    case CLASS_BOOL:
        return !a->integer == !b->integer;
    case CLASS_LIST:
        return list_equal(a, b);
    case CLASS_ENCODED:
        return slice_eq(a->raw, b->raw);
    }
    return false;
}
