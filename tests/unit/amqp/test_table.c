#include "amqp/table.h"
#include "tests/unit/amqp/kit.h"

/* One entry of every type that RabbitMQ knows. */
#define EVERY_TYPE                                                                                 \
    "\x01tt\x01"                                                                                   \
    "\x01"                                                                                         \
    "bb\xfb"                                                                                       \
    "\x01"                                                                                         \
    "BB\xfa"                                                                                       \
    "\x01ss\xfe\xd4"                                                                               \
    "\x01uu\xea\x60"                                                                               \
    "\x01II\xff\xff\xff\xfe"                                                                       \
    "\x01ii\xff\xff\xff\xfe"                                                                       \
    "\x01ll\xff\xff\xff\xff\xff\xff\xff\xfd"                                                       \
    "\x01LL\0\0\0\x01\0\0\0\0"                                                                     \
    "\x01"                                                                                         \
    "ff\x3f\xc0\0\0"                                                                               \
    "\x01"                                                                                         \
    "dd\xc0\x02\0\0\0\0\0\0"                                                                       \
    "\x01"                                                                                         \
    "DD\x02\0\0\x01\x3a"                                                                           \
    "\x01SS\0\0\0\x02hi"                                                                           \
    "\x01"                                                                                         \
    "AA\0\0\0\x03t\x01V"                                                                           \
    "\x01TT\0\0\0\0\x65\x53\xf1\0"                                                                 \
    "\x01"                                                                                         \
    "FF\0\0\0\x04\x01nt\0"                                                                         \
    "\x01VV"                                                                                       \
    "\x01xx\0\0\0\x01\xff"

static struct field_value get(struct slice table, struct slice key)
{
    struct field_value value;
    cr_assert(table_get(table, key, &value));
    return value;
}

Test(table, every_type_is_read)
{
    struct slice table = OCTETS(EVERY_TYPE);
    cr_assert(table_valid(table));
    cr_assert_eq(get(table, SLICE("t")).integer, 1);
    cr_assert_eq(get(table, SLICE("b")).integer, -5);
    cr_assert_eq(get(table, SLICE("B")).integer, 250);
    cr_assert_eq(get(table, SLICE("s")).integer, -300);
    cr_assert_eq(get(table, SLICE("u")).integer, 60000);
    cr_assert_eq(get(table, SLICE("I")).integer, -2);
    cr_assert_eq(get(table, SLICE("i")).integer, 4294967294);
    cr_assert_eq(get(table, SLICE("l")).integer, -3);
    cr_assert_eq(get(table, SLICE("L")).integer, 4294967296);
    cr_assert_eq(get(table, SLICE("T")).integer, 1700000000);
    cr_assert_eq(get(table, SLICE("D")).integer, 314);
    cr_assert_octets(get(table, SLICE("D")).raw, OCTETS("D\x02\0\0\x01\x3a"));
    cr_assert_octets(get(table, SLICE("f")).raw, OCTETS("f\x3f\xc0\0\0"));
    cr_assert_octets(get(table, SLICE("d")).raw, OCTETS("d\xc0\x02\0\0\0\0\0\0"));
    cr_assert_octets(get(table, SLICE("S")).bytes, OCTETS("hi"));
    cr_assert_octets(get(table, SLICE("x")).bytes, OCTETS("\xff"));
    cr_assert_octets(get(table, SLICE("A")).bytes, OCTETS("t\x01V"));
    cr_assert_octets(get(table, SLICE("F")).bytes, OCTETS("\x01nt\0"));
    cr_assert_octets(get(table, SLICE("V")).raw, OCTETS("V"));
}

Test(table, its_raw_values_put_together_are_the_table)
{
    struct slice table = OCTETS(EVERY_TYPE);
    struct wire_reader r = wire_reader_of(table);
    struct bytes again = {0};
    struct slice key;
    struct field_value value;
    while (table_next(&r, &key, &value)) {
        table_add_raw(&again, key, value.raw);
    }
    cr_assert(!r.bad);
    cr_assert_octets(bytes_slice(&again), table);
    bytes_finish(&again);
}

Test(table, a_prefix_is_valid_only_between_entries)
{
    struct slice table = OCTETS(EVERY_TYPE);
    int valid = 0;
    for (size_t len = 0; len < table.len; len++) {
        valid += table_valid((struct slice){table.ptr, len});
    }
    cr_assert_eq(valid, 18, "of 18 entries, %d prefixes are valid", valid);
}

Test(table, an_empty_one_is_valid_and_holds_nothing)
{
    struct field_value value;
    struct slice empty = {NULL, 0};
    cr_assert(table_valid(empty));
    cr_assert(!table_get(empty, SLICE("k"), &value));
    cr_assert(table_valid(OCTETS("\0V")), "a name may be empty");
}

Test(table, unknown_types_are_not_valid)
{
    for (int type = 0; type < 256; type++) {
        uint8_t octets[14] = {1, 'k', (uint8_t)type};
        bool found = false;
        for (size_t len = 3; len <= sizeof octets; len++) {
            found = found || table_valid((struct slice){octets, len});
        }
        bool known = type != 0 && strchr("tbBsuIilLfdDSATFVx", type);
        cr_assert_eq(found, known, "type %d", type);
    }
}

Test(table, lists_within_are_looked_into)
{
    cr_assert(table_valid(OCTETS("\x01kF\0\0\0\x03\x01nV")));
    cr_assert(!table_valid(OCTETS("\x01kF\0\0\0\x03\x01nZ")));
    cr_assert(!table_valid(OCTETS("\x01kF\0\0\0\x04\x01nV")));
    cr_assert(table_valid(OCTETS("\x01kA\0\0\0\x06"
                                 "A\0\0\0\x01V")));
    cr_assert(!table_valid(OCTETS("\x01kA\0\0\0\x06"
                                  "A\0\0\0\x01Z")));
    cr_assert(!table_valid(OCTETS("\x01kA\0\0\0\x06"
                                  "A\0\0\0\x02V")));
}

/* A table within a table, `depth` of them. */
static void nest(struct bytes *out, int depth)
{
    for (int i = 1; i < depth; i++) {
        struct bytes outer = {0};
        table_add_table(&outer, SLICE("n"), bytes_slice(out));
        bytes_finish(out);
        *out = outer;
    }
}

Test(table, depth_is_limited)
{
    struct bytes table = {0};
    nest(&table, TABLE_DEPTH_MAX);
    cr_assert(table_valid(bytes_slice(&table)));
    nest(&table, 2);
    cr_assert(!table_valid(bytes_slice(&table)));
    bytes_finish(&table);
}

Test(table, of_two_entries_with_one_name_the_first_is_found)
{
    struct field_value value;
    cr_assert(table_get(OCTETS("\x01kt\0\x01kt\x01"), SLICE("k"), &value));
    cr_assert_eq(value.integer, 0);
    cr_assert(!table_get(OCTETS("\x02kkV"), SLICE("k"), &value));
}

Test(table, what_is_added_is_found)
{
    struct bytes table = {0};
    struct bytes inner = {0};
    table_add_bool(&inner, SLICE("yes"), true);
    table_add_string(&table, SLICE("name"), SLICE("value"));
    table_add_table(&table, SLICE("inner"), bytes_slice(&inner));
    table_add_raw(&table, SLICE("raw"), OCTETS("V"));
    cr_assert_octets(bytes_slice(&table), OCTETS("\x04nameS\0\0\0\x05value"
                                                 "\x05innerF\0\0\0\x06\x03yest\x01"
                                                 "\x03rawV"));
    bytes_finish(&table);
    bytes_finish(&inner);
}

Test(table, an_array_is_read_value_by_value)
{
    struct wire_reader r = wire_reader_of(OCTETS("S\0\0\0\x01"
                                                 "aI\0\0\0\x02V"));
    struct field_value value;
    cr_assert(array_next(&r, &value));
    cr_assert_octets(value.bytes, SLICE("a"));
    cr_assert(array_next(&r, &value));
    cr_assert_eq(value.integer, 2);
    cr_assert(array_next(&r, &value));
    cr_assert_eq(value.type, 'V');
    cr_assert(!array_next(&r, &value));
    cr_assert(!r.bad);
}

Test(table, whole_numbers_and_their_names)
{
    static const struct {
        char type;
        bool integer;
        const char *name;
    } rows[] = {
        {'t', false, "bool"},       {'b', true, "byte"},          {'B', true, "unsignedbyte"},
        {'s', true, "short"},       {'u', true, "unsignedshort"}, {'I', true, "signedint"},
        {'i', true, "unsignedint"}, {'l', true, "long"},          {'L', true, "long"},
        {'f', false, "float"},      {'d', false, "double"},       {'D', false, "decimal"},
        {'S', false, "longstr"},    {'A', false, "array"},        {'T', false, "timestamp"},
        {'F', false, "table"},      {'V', false, "void"},         {'x', false, "binary"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct field_value value = {.type = (uint8_t)rows[i].type};
        cr_assert_eq(field_is_integer(&value), rows[i].integer, "%c", rows[i].type);
        cr_assert_str_eq(field_type_name((uint8_t)rows[i].type), rows[i].name);
    }
}
