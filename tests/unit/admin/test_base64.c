#include "admin/base64.h"

#include <criterion/criterion.h>

Test(base64, is_that_of_the_rfc)
{
    static const char *const pairs[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct slice plain = {(const uint8_t *)pairs[i][0], strlen(pairs[i][0])};
        struct slice coded = {(const uint8_t *)pairs[i][1], strlen(pairs[i][1])};
        struct bytes out = {0}, back = {0};
        base64_encode(plain, &out);
        cr_assert(slice_eq(bytes_slice(&out), coded));
        cr_assert(base64_decode(coded, &back));
        cr_assert(slice_eq(bytes_slice(&back), plain));
        bytes_finish(&out);
        bytes_finish(&back);
    }
}

Test(base64, refuses_what_is_none)
{
    static const char *const wrong[] = {"a", "ab!=", "====", "a===", "Zg==Zg==", "hi!"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct bytes out = {0};
        cr_assert(
            !base64_decode((struct slice){(const uint8_t *)wrong[i], strlen(wrong[i])}, &out));
        bytes_finish(&out);
    }
}
