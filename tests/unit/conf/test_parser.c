#include "tests/unit/conf/kit.h"

#include "conf/parser.h"

/* The items of a text, one a line: "1 key=value", "2 include x", "3 fault". */
static void expect(const char *text, const char *items)
{
    struct parser parser = parser_of(format_slice(text));
    struct parser_item item;
    struct bytes out = {0};
    while ((item = parser_next(&parser)).kind != PARSER_END) {
        format_add(&out, "%u ", item.line);
        if (item.kind == PARSER_SETTING) {
            format_add(&out, "%.*s=%.*s\n", (int)item.key.len, (const char *)item.key.ptr,
                       (int)item.value.len, (const char *)item.value.ptr);
        } else if (item.kind == PARSER_INCLUDE) {
            format_add(&out, "include %.*s\n", (int)item.value.len, (const char *)item.value.ptr);
        } else {
            format_add(&out, "%s\n", item.fault);
        }
    }
    cr_assert_str_eq(terminated(&out), items);
    bytes_finish(&out);
}

Test(parser, reads_keys_and_values)
{
    expect("heartbeat = 60\n", "1 heartbeat=60\n");
    expect("heartbeat=60", "1 heartbeat=60\n");
    expect(" \t heartbeat \t=\t 60 \t \n", "1 heartbeat=60\n");
    expect("a.b-c.D_9 = x y  z\r\nb = 2\r\n", "1 a.b-c.D_9=x y  z\n2 b=2\n");
    expect("loopback_users.first\\.last = true", "1 loopback_users.first\\.last=true\n");
    expect("a = b = c\n", "1 a=b = c\n");
}

Test(parser, leaves_out_comments_and_empty_lines)
{
    expect("", "");
    expect("\n\n# a = 1\n \t # b = 2\n\t\t\nc = 3 # three\n", "6 c=3\n");
    expect("a = b#c\n", "1 a=b\n");
    expect("a = 1\n# the end", "1 a=1\n");
}

Test(parser, an_empty_value_is_a_value)
{
    expect("a =\nb = # nothing\nc = ''\n", "1 a=\n2 b=\n3 c=\n");
}

Test(parser, quotes_keep_everything)
{
    expect("a = 'b # c ' # d\n", "1 a=b # c \n");
    expect("a = 'b\nc'\nd = 1\n", "1 a=b\nc\n3 d=1\n");
    expect("a = it's\n", "1 a=it's\n");
}

Test(parser, a_quote_that_is_never_closed_is_a_character)
{
    expect("a = 'b\nc = 2\n", "1 a='b\n2 c=2\n");
}

Test(parser, three_quotes_leave_out_the_line_ends_at_either_side)
{
    expect("a = '''\nit's\n# two\n'''\nb = 1\n", "1 a=it's\n# two\n5 b=1\n");
    expect("a = '''x''' # y\n", "1 a=x\n");
    expect("a = ''''x'''\n", "1 a='x\n");
}

Test(parser, include_names_a_file)
{
    expect("include conf.d/*.conf # all\nb = 1\n", "1 include conf.d/*.conf\n2 b=1\n");
    expect("include = yes\n", "1 include=yes\n");
    expect("include a b\n", "1 include needs the name of a file, of A-Z a-z 0-9 - _ . * /\n");
}

Test(parser, a_fault_costs_one_line)
{
    const char *fault = "this is not `key = value`, a comment or an include";
    struct bytes items = {0};
    format_add(&items, "1 %s\n2 a=1\n3 %s\n4 %s\n5 %s\n6 b=2\n", fault, fault, fault, fault);
    expect("heartbeat 60\na = 1\n= 1\na..b = 1\n[{rabbit, []}].\nb = 2", terminated(&items));
    bytes_finish(&items);
    expect("a = 'b' c\nd = 1\n", "1 unexpected characters behind the quoted value\n2 d=1\n");
}

Test(parser, sizes_are_bounded)
{
    struct bytes text = {0};
    for (int i = 0; i < PARSER_KEY_MAX + 1; i++) {
        bytes_add_u8(&text, 'k');
    }
    format_add(&text, " = 1\na = ");
    for (int i = 0; i < PARSER_VALUE_MAX + 1; i++) {
        bytes_add_u8(&text, 'v');
    }
    format_add(&text, "\nb = 1\n");
    expect(terminated(&text), "1 the key is longer than 512 octets\n"
                              "2 the value is longer than 65536 octets\n3 b=1\n");
    bytes_finish(&text);
}

Test(parser, a_key_is_split_at_dots_that_are_not_escaped)
{
    struct parser_key key;
    cr_assert(parser_split_key(SLICE("loopback_users.first\\.last.x-1"), &key));
    cr_assert_eq(key.count, 3);
    cr_assert(slice_eq(key.parts[0], SLICE("loopback_users")));
    cr_assert(slice_eq(key.parts[1], SLICE("first.last")));
    cr_assert(slice_eq(key.parts[2], SLICE("x-1")));
}

Test(parser, what_is_not_a_key_is_not_split)
{
    static const char *const texts[] = {
        "",     ".a",  "a.",  "a..b", "a b",
        "a\\b", "a=b", "a\n", "ü",    "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7"};
    struct parser_key key;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_assert_not(parser_split_key(format_slice(texts[i]), &key), "%s", texts[i]);
    }
}
