#include "tests/fuzz/fuzz.h"

#include "amqp/table.h"
#include "base/check.h"

static void check_table(struct slice table);

static void check_array(struct slice array)
{
    struct wire_reader r = wire_reader_of(array);
    struct field_value value;
    size_t total = 0;
    while (array_next(&r, &value)) {
        total += value.raw.len;
        if (value.type == 'F') {
            check_table(value.bytes);
        } else if (value.type == 'A') {
            check_array(value.bytes);
        }
    }
    CHECK(!r.bad && total == array.len);
}

/* A valid table is valid at every depth, finds its own keys, and is made again octet by octet. */
static void check_table(struct slice table)
{
    struct wire_reader r = wire_reader_of(table);
    struct bytes copy = {0};
    struct slice key;
    struct field_value value, found;
    while (table_next(&r, &key, &value)) {
        table_add_raw(&copy, key, value.raw);
        CHECK(table_get(table, key, &found));
        CHECK(found.raw.ptr <= value.raw.ptr); // the first of equal keys
        if (value.type == 'F') {
            check_table(value.bytes);
        } else if (value.type == 'A') {
            check_array(value.bytes);
        }
    }
    CHECK(!r.bad && slice_eq(bytes_slice(&copy), table));
    bytes_finish(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice table = {data, size};
    struct field_value value;
    if (table_valid(table)) {
        check_table(table);
    } else {
        (void)table_get(table, SLICE("key"), &value); // only has to keep inside
    }
    return 0;
}
