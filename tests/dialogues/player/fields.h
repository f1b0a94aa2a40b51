#ifndef TESTS_DIALOGUES_PLAYER_FIELDS_H
#define TESTS_DIALOGUES_PLAYER_FIELDS_H

#include "amqp/method.h"
#include "amqp/properties.h"

/* Methods and their fields by the names that the specification gives them ("basic.get-empty",
 * "routing-key"), so that a script can name any of them. Expanded from the method table. */
enum field_type {
    FIELD_u8,
    FIELD_u16,
    FIELD_u32,
    FIELD_u64,
    FIELD_bit,
    FIELD_shortstr,
    FIELD_longstr,
    FIELD_table,
};

struct field {
    const char *name; // with '_' where the specification has '-'
    enum field_type type;
    size_t offset; // in the method's or the properties' struct
    uint16_t flag; // the property's flag; 0 of a method's field
};

/* All fields of a method, or all properties; the last entry has no name. */
const struct field *fields_of(enum amqp_method method);
const struct field *fields_of_properties(void);

/* NULL if none of them has this name. */
const struct field *field_named(const struct field *fields, struct slice name);

bool method_named(struct slice name, enum amqp_method *out);

/* "basic.get-empty" of basic_get_empty; `out` has room for `cap` octets. */
void method_spec_name(enum amqp_method method, char *out, size_t cap);
void field_spec_name(const char *name, char *out, size_t cap);

/* The struct of args->method, which field offsets are relative to. */
void *fields_base(struct amqp_args *args);

bool field_is_number(const struct field *field);
uint64_t field_number(const struct field *field, const void *base);
void field_set_number(const struct field *field, void *base, uint64_t value);
struct slice field_octets(const struct field *field, const void *base);
void field_set_octets(const struct field *field, void *base, struct slice value); // borrows

#endif
