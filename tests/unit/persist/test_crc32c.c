#include "persist/crc32c.h"

#include <criterion/criterion.h>

/* RFC 3720, appendix B.4, and the customary check value. */
Test(crc32c, gives_the_known_values)
{
    uint8_t bytes[32] = {0};
    cr_assert_eq(crc32c(0, (struct slice){bytes, 32}), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    cr_assert_eq(crc32c(0, (struct slice){bytes, 32}), 0x62a8ab43);
    for (int i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)i;
    }
    cr_assert_eq(crc32c(0, (struct slice){bytes, 32}), 0x46dd794e);
    for (int i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)(31 - i);
    }
    cr_assert_eq(crc32c(0, (struct slice){bytes, 32}), 0x113fdb5c);
    cr_assert_eq(crc32c(0, SLICE("123456789")), 0xe3069283);
    cr_assert_eq(crc32c_by_table(0, SLICE("123456789")), 0xe3069283);
    cr_assert_eq(crc32c(0, (struct slice){0}), 0);
}

Test(crc32c, is_the_same_with_and_without_the_instruction_and_in_pieces)
{
    uint8_t bytes[1500]; // the instruction is used in three stretches of 336 and 128 at a time
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * i + 7 * i);
    }
    for (size_t from = 0; from < 9; from += 4) {
        for (size_t len = 0; len + from <= sizeof bytes; len++) {
            struct slice slice = {bytes + from, len};
            uint32_t whole = crc32c_by_table(0, slice);
            cr_assert_eq(crc32c(0, slice), whole);
            uint32_t part = crc32c(0, (struct slice){slice.ptr, len / 3});
            cr_assert_eq(crc32c(part, (struct slice){slice.ptr + len / 3, len - len / 3}), whole);
        }
    }
}
