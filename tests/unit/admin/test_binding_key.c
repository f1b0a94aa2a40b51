#include "admin/binding_key.h"

#include <criterion/criterion.h>

#include "amqp/table.h"

static void expect(struct slice key, struct slice arguments, const char *wanted)
{
    struct bytes out = {0};
    binding_key_add(key, arguments, &out);
    bytes_add_u8(&out, '\0');
    cr_assert_str_eq((const char *)out.ptr, wanted);
    bytes_finish(&out);
}

Test(binding_key, is_the_escaped_routing_key)
{
    expect(SLICE(""), SLICE(""), "~");
    expect(SLICE("a.b"), SLICE(""), "a.b");
    expect(SLICE("k/ y~"), SLICE(""), "k%2F+y%7E");
}

Test(binding_key, has_a_hash_of_the_arguments)
{
    struct bytes table = {0}, first = {0}, second = {0};
    table_add_string(&table, SLICE("x"), SLICE("1"));
    binding_key_add(SLICE("a"), bytes_slice(&table), &first);
    table.ptr[table.len - 1] = '2';
    binding_key_add(SLICE("a"), bytes_slice(&table), &second);
    cr_assert_eq(first.len, 8);
    cr_assert(slice_starts(bytes_slice(&first), SLICE("a~")));
    cr_assert(!slice_eq(bytes_slice(&first), bytes_slice(&second)));
    bytes_finish(&table);
    bytes_finish(&first);
    bytes_finish(&second);
}

Test(binding_key, names_its_binding_escaped_or_not)
{
    struct bytes table = {0}, key = {0};
    table_add_string(&table, SLICE("x"), SLICE("1"));
    struct slice arguments = bytes_slice(&table), none = SLICE("");
    binding_key_add(SLICE("a b"), arguments, &key);
    cr_expect(binding_key_fits(bytes_slice(&key), SLICE("a b"), arguments));
    cr_expect_not(binding_key_fits(bytes_slice(&key), SLICE("a b"), none));
    cr_expect_not(binding_key_fits(SLICE("a+b"), SLICE("a b"), arguments));
    cr_expect(binding_key_fits(SLICE("~"), SLICE(""), none));
    cr_expect_not(binding_key_fits(SLICE("~"), SLICE("a"), none));
    cr_expect(binding_key_fits(SLICE("a+b"), SLICE("a b"), none));
    cr_expect(binding_key_fits(SLICE("a b"), SLICE("a b"), none));
    cr_expect(binding_key_fits(SLICE("a%20b"), SLICE("a b"), none));
    cr_expect(binding_key_fits(SLICE("\xC3\xA9"), SLICE("\xC3\xA9"), none));
    cr_expect(binding_key_fits(SLICE("%C3%A9"), SLICE("\xC3\xA9"), none));
    cr_expect(binding_key_fits(SLICE("k%7E"), SLICE("k~"), none));
    cr_expect_not(binding_key_fits(SLICE("k%7"), SLICE("k%7"), none));
    bytes_finish(&table);
    bytes_finish(&key);
}
