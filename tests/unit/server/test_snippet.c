#include "server/snippet.h"

#include <criterion/criterion.h>

static const char *snippet(struct slice octets)
{
    static struct text text;
    text_clear(&text);
    snippet_add(&text, octets);
    return text.ptr;
}

Test(snippet, shows_text_as_text)
{
    cr_expect_str_eq(snippet(SLICE("abc")), "<<\"abc\">>");
    cr_expect_str_eq(snippet(SLICE("a\"\n\\")), "<<\"a\\\"\\n\\\\\">>");
}

Test(snippet, shows_anything_else_as_numbers)
{
    cr_expect_str_eq(snippet(SLICE("")), "<<>>");
    cr_expect_str_eq(snippet(SLICE("\0\x14")), "<<0,20>>");
    cr_expect_str_eq(snippet(SLICE("abc\xff")), "<<97,98,99,255>>");
}

Test(snippet, ends_with_the_text)
{
    struct text text;
    uint8_t octets[1000] = {0};
    text_clear(&text);
    snippet_add_numbers(&text, (struct slice){octets, sizeof octets});
    cr_expect_eq(text.len, 255);
    cr_expect_str_eq(text.ptr + 252, "...");
}
