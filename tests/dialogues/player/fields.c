#include "tests/dialogues/player/fields.h"

#include "base/check.h"
#include "base/wire.h"

/* A field's row does not name its method, so every list is in a function of its own, in which
 * `self` is the method's struct. */
#define F(field_type, field_name)                                                                  \
    {.name = #field_name, .type = FIELD_##field_type, .offset = offsetof(self, field_name)},
#define M(class_id, method_id, name, fields, content)                                              \
    static const struct field *list_##name(void)                                                   \
    {                                                                                              \
        typedef struct amqp_##name self;                                                           \
        static const struct field list[] = {fields(F){.offset = sizeof(self)}};                    \
        return list;                                                                               \
    }
AMQP_METHODS(M)
#undef M
#undef F

const struct field *fields_of(enum amqp_method method)
{
    switch (method) {
#define M(class_id, method_id, name, fields, content)                                              \
    case METHOD_##name:                                                                            \
        return list_##name();
        AMQP_METHODS(M)
#undef M
    }
    check_failed("a method", __FILE__, __LINE__);
}

const struct field *fields_of_properties(void)
{
    static const struct field list[] = {
#define P(field_type, field_name)                                                                  \
    {.name = #field_name,                                                                          \
     .type = FIELD_##field_type,                                                                   \
     .offset = offsetof(struct amqp_properties, field_name),                                       \
     .flag = PROPERTY_##field_name},
        AMQP_BASIC_PROPERTIES(P)
#undef P
            {.name = NULL},
    };
    return list;
}

/* True if `name`, as the specification writes it, is this identifier. */
static bool is_named(const char *identifier, struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i] == '-' || name.ptr[i] == '.' ? '_' : (char)name.ptr[i];
        if (identifier[i] != c) {
            return false;
        }
    }
    return identifier[name.len] == '\0';
}

const struct field *field_named(const struct field *fields, struct slice name)
{
    for (; fields->name; fields++) {
        if (is_named(fields->name, name)) {
            return fields;
        }
    }
    return NULL;
}

bool method_named(struct slice name, enum amqp_method *out)
{
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (is_named(amqp_method_name((enum amqp_method)method), name)) {
            *out = (enum amqp_method)method;
            return true;
        }
    }
    return false;
}

void field_spec_name(const char *name, char *out, size_t cap)
{
    size_t len = 0;
    for (; name[len] && len + 1 < cap; len++) {
        out[len] = name[len] == '_' ? '-' : name[len];
    }
    out[len] = '\0';
}

void method_spec_name(enum amqp_method method, char *out, size_t cap)
{
    field_spec_name(amqp_method_name(method), out, cap);
    for (char *c = out; *c; c++) {
        if (*c == '-') {
            *c = '.';
            return;
        }
    }
}

void *fields_base(struct amqp_args *args)
{
    return &args->connection_start; // all members of a union start at the same address
}

bool field_is_number(const struct field *field)
{
    return field->type <= FIELD_bit;
}

uint64_t field_number(const struct field *field, const void *base)
{
    const void *at = (const uint8_t *)base + field->offset;
    switch (field->type) {
    case FIELD_u8:
        return *(const amqp_u8 *)at;
    case FIELD_u16:
        return *(const amqp_u16 *)at;
    case FIELD_u32:
        return *(const amqp_u32 *)at;
    case FIELD_u64:
        return *(const amqp_u64 *)at;
    case FIELD_bit:
        return *(const amqp_bit *)at;
    case FIELD_shortstr:
    case FIELD_longstr:
    case FIELD_table:
        break;
    }
    check_failed("a number's field", __FILE__, __LINE__);
}

void field_set_number(const struct field *field, void *base, uint64_t value)
{
    void *at = (uint8_t *)base + field->offset;
    switch (field->type) {
    case FIELD_u8:
        *(amqp_u8 *)at = (amqp_u8)value;
        return;
    case FIELD_u16:
        *(amqp_u16 *)at = (amqp_u16)value;
        return;
    case FIELD_u32:
        *(amqp_u32 *)at = (amqp_u32)value;
        return;
    case FIELD_u64:
        *(amqp_u64 *)at = value;
        return;
    case FIELD_bit:
        *(amqp_bit *)at = value != 0;
        return;
    case FIELD_shortstr:
    case FIELD_longstr:
    case FIELD_table:
        break;
    }
    check_failed("a number's field", __FILE__, __LINE__);
}

struct slice field_octets(const struct field *field, const void *base)
{
    CHECK(!field_is_number(field));
    return *(const struct slice *)((const uint8_t *)base + field->offset);
}

void field_set_octets(const struct field *field, void *base, struct slice value)
{
    CHECK(!field_is_number(field));
    *(struct slice *)((uint8_t *)base + field->offset) = value;
}
