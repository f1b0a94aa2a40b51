#include "tests/unit/conf/kit.h"

static void expect(struct slice text, const char *escaped, const char *json)
{
    struct bytes a = {0};
    struct bytes b = {0};
    format_add_escaped(&a, text);
    format_add_json(&b, text);
    cr_assert_str_eq(terminated(&a), escaped);
    cr_assert_str_eq(terminated(&b), json);
    bytes_finish(&a);
    bytes_finish(&b);
}

Test(format, control_characters_are_escaped)
{
    expect(SLICE("a\n\r\t\0b"), "a\\n\\r\\t\\x00b", "\"a\\n\\u000d\\u0009\\u0000b\"");
    expect(SLICE(""), "", "\"\"");
    expect(SLICE("\xc2\x85"), "\\xc2\\x85", "\"\\u0085\"");
}

Test(format, utf8_is_left_alone)
{
    expect(SLICE("é€😀"), "é€😀", "\"é€😀\"");
    expect(SLICE("\xc2\xa0"), "\xc2\xa0", "\"\xc2\xa0\"");
}

Test(format, what_is_not_utf8_is_escaped_octet_by_octet)
{
    expect(SLICE("\xff"), "\\xff", "\"\\ufffd\"");
    expect(SLICE("a\xc3"), "a\\xc3", "\"a\\ufffd\"");
    expect(SLICE("\xc0\x8a"), "\\xc0\\x8a", "\"\\ufffd\\ufffd\"");                 // overlong \n
    expect(SLICE("\xe0\x80\x8a"), "\\xe0\\x80\\x8a", "\"\\ufffd\\ufffd\\ufffd\""); // the same
    expect(SLICE("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\"\\ufffd\\ufffd\\ufffd\""); // surrogate
    expect(SLICE("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80",
           "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); // above U+10FFFF
}

Test(format, json_escapes_in_the_midst_of_what_needs_none)
{
    struct bytes out = {0};
    format_add_json(&out, SLICE("plain\"q\\\n\x01"
                                "caf\xc3\xa9 \xff end"));
    cr_expect(slice_eq(bytes_slice(&out), SLICE("\"plain\\\"q\\\\\\n\\u0001"
                                                "caf\xc3\xa9 \\ufffd end\"")));
    out.len = 0;
    format_add_json(&out, SLICE(""));
    cr_expect(slice_eq(bytes_slice(&out), SLICE("\"\"")));
    bytes_finish(&out);
}
