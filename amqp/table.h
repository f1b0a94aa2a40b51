#ifndef AMQP_TABLE_H
#define AMQP_TABLE_H

#include "base/bytes.h"
#include "base/slice.h"
#include "base/wire.h"

/* Field tables (AMQP 0-9-1 section 4.2.5.5, with the types that RabbitMQ knows). A table is kept
 * as the octets that arrived, without its leading length, and read in place; what was sent is
 * what is handed on, unknown entries included.
 *
 *   t bool   b int8    B uint8   s int16   u uint16   I int32   i uint32   l int64   L int64
 *   f float  d double  D decimal S string  A array    T time    F table    V void    x octets
 */
enum { TABLE_DEPTH_MAX = 32 };

struct field_value {
    uint8_t type;       // one of the letters above
    int64_t integer;    // t b B s u I i l L T: the value; D: the unscaled value
    struct slice bytes; // S x: the octets; A F: the entries, without their length; borrowed
    struct slice raw;   // the value as encoded, its type letter included; borrowed
};

/* True if every entry, at every depth up to TABLE_DEPTH_MAX, is well-formed. */
bool table_valid(struct slice table);

/* Read the next entry of a table, or the next value of an array. False at the end, and for
 * anything malformed, which then also sets r->bad. */
bool table_next(struct wire_reader *r, struct slice *key, struct field_value *value);
bool array_next(struct wire_reader *r, struct field_value *value);

/* Finds the first entry with this key. */
bool table_get(struct slice table, struct slice key, struct field_value *out);

/* True of b B s u I i l L: the types that carry a whole number. */
bool field_is_integer(const struct field_value *value);

/* The value of f or d: the types that carry a floating-point number. */
double field_float(const struct field_value *value);

/* RabbitMQ's name of a field type, as its error texts have it: "longstr", "signedint", ... */
const char *field_type_name(uint8_t type);

/* Write entries at the end of a table under construction. Keys are at most 255 octets. */
void table_add_string(struct bytes *table, struct slice key, struct slice value); // S
void table_add_bool(struct bytes *table, struct slice key, bool value);           // t
void table_add_table(struct bytes *table, struct slice key, struct slice value);  // F
void table_add_array(struct bytes *table, struct slice key, struct slice values); // A
void table_add_i32(struct bytes *table, struct slice key, int32_t value);         // I
void table_add_i64(struct bytes *table, struct slice key, int64_t value);         // l
void table_add_raw(struct bytes *table, struct slice key, struct slice raw); // type letter + value

#endif
