#ifndef EXCHANGE_FIELDS_H
#define EXCHANGE_FIELDS_H

#include "amqp/table.h"
#include "base/text.h"

/* The entries of one field table by name; entries of the same name stay in the order in which
 * they came. Zero-initialise it; it may be read into again and again. */
struct field {
    struct slice name;        // borrowed from the table
    struct field_value value; // borrows from the table
};

struct fields {
    struct field *items; // owned: cap entries, and as many again to sort with
    size_t count;
    size_t cap;
};

void fields_read(struct fields *fields, struct slice table);
void fields_finish(struct fields *fields);

/* Writes the entries of a table to the end of another, by name. */
void fields_add_sorted(struct slice table, struct bytes *out);

/* Whether RabbitMQ takes two values for the same when it matches headers: by what they mean, not
 * by their type. Whole numbers, timestamps and floating point numbers compare as numbers, strings
 * compare with octets. Within arrays and tables the types, too, must be the same. */
bool field_equal(const struct field_value *a, const struct field_value *b);

/* Adds a value the way RabbitMQ's error texts show it, as an Erlang term: <<"text">>, 5, true.
 * Floating point numbers are shown as the octets that encode them. */
void field_text(struct text *text, const struct field_value *value);

/* Adds RabbitMQ's error text about an argument that should be a string and is not. */
void field_text_wrong_type(struct text *text, struct slice name, const struct field_value *value);

#endif
