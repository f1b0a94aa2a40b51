#include "exchange/delay_header.h"

#include "tests/unit/exchange/kit.h"

/* A header table with this under x-delay: a type letter and octets. */
static uint32_t asked(const char *raw, size_t len)
{
    struct bytes table = {0};
    table_add_raw(&table, SLICE("x-delay"), (struct slice){(const uint8_t *)raw, len});
    struct amqp_properties properties = {.flags = PROPERTY_headers, .headers = bytes_slice(&table)};
    uint32_t delay = delay_asked(&properties);
    bytes_finish(&table);
    return delay;
}

#define ASKED(raw, delay) cr_assert_eq(asked(raw, sizeof(raw) - 1), delay##u)

Test(delay_header, is_any_kind_of_number)
{
    ASKED("b\5", 5);
    ASKED("B\xff", 255);
    ASKED("s\1\0", 256);
    ASKED("u\xff\xff", 65535);
    ASKED("I\0\0\x27\x10", 10000);
    ASKED("i\xff\xff\xff\xff", 4294967295);
    ASKED("l\0\0\0\0\xff\xff\xff\xff", 4294967295);
    ASKED("L\0\0\0\0\0\0\0\1", 1);
    ASKED("S\0\0\0\0041500", 1500);
    ASKED("f\x3f\xc0\0\0", 1); // 1.5
    ASKED("d\x40\x59\0\0\0\0\0\0", 100);
}

Test(delay_header, is_none_if_it_is_not_positive_or_too_long_or_no_number)
{
    ASKED("I\0\0\0\0", 0);
    ASKED("I\xff\xff\xff\xff", 0);
    ASKED("l\0\0\0\1\0\0\0\0", 0); // 2^32
    ASKED("S\0\0\0\0", 0);
    ASKED("S\0\0\0\2-5", 0);
    ASKED("S\0\0\0\x0b"
          "00000000005",
          0);
    ASKED("S\0\0\0\x0a"
          "4294967296",
          0);
    ASKED("d\x7f\xf8\0\0\0\0\0\0", 0); // not a number
    ASKED("d\x7f\xf0\0\0\0\0\0\0", 0); // infinite
    ASKED("d\x3f\xe0\0\0\0\0\0\0", 0); // 0.5
    ASKED("t\1", 0);
    ASKED("V", 0);
    cr_assert_eq(delay_asked(&(struct amqp_properties){.flags = 0}), 0);
}

static void rewritten(const char *raw, size_t len, const char *wanted, size_t wanted_len)
{
    struct bytes table = {0}, out = {0};
    struct field_value value;
    table_add_bool(&table, SLICE("a"), true);
    table_add_raw(&table, SLICE("x-delay"), (struct slice){(const uint8_t *)raw, len});
    table_add_string(&table, SLICE("BCC"), SLICE("b"));
    table_add_bool(&table, SLICE("z"), false);
    delay_rewrite(bytes_slice(&table), &out);
    cr_assert(table_valid(bytes_slice(&out)));
    cr_assert_not(table_get(bytes_slice(&out), SLICE("BCC"), &value));
    cr_assert(table_get(bytes_slice(&out), SLICE("a"), &value));
    cr_assert(table_get(bytes_slice(&out), SLICE("z"), &value));
    cr_assert(table_get(bytes_slice(&out), SLICE("x-delay"), &value));
    cr_assert(slice_eq(value.raw, (struct slice){(const uint8_t *)wanted, wanted_len}));
    bytes_finish(&table);
    bytes_finish(&out);
}

#define REWRITTEN(raw, wanted) rewritten(raw, sizeof(raw) - 1, wanted, sizeof(wanted) - 1)

Test(delay_header, is_negative_when_it_is_over)
{
    REWRITTEN("I\0\0\0\5", "I\xff\xff\xff\xfb");
    REWRITTEN("S\0\0\0\00212", "I\xff\xff\xff\xf4");
    REWRITTEN("i\x80\0\0\0", "I\x80\0\0\0");
    REWRITTEN("i\x80\0\0\1", "l\xff\xff\xff\xff\x7f\xff\xff\xff");
    REWRITTEN("I\xff\xff\xff\xfb", "I\xff\xff\xff\xfb"); // what is not, stays
}
