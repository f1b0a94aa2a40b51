#define _GNU_SOURCE // open_memstream

#include "ctl/admin_sheet.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char items[] = "[{\"messages\":1,\"name\":\"q\",\"on\":true,\"a\":{\"b\":{\"c\":2}}},"
                            "{\"name\":\"höher\",\"tags\":[\"x\",\"y\"]}]";

/* The text is good until the next call. */
static const char *print(struct admin_sheet sheet, const char *json)
{
    static char *text;
    size_t size;
    free(text);
    FILE *out = open_memstream(&text, &size);
    json_t *parsed = json_loads(json, 0, NULL);
    bool known = admin_sheet_print(&sheet, parsed, out);
    fclose(out);
    json_decref(parsed);
    return known ? text : NULL;
}

Test(admin_sheet, a_table_has_names_in_the_middle)
{
    static const char *const columns[] = {"name", "messages", NULL};
    cr_assert_str_eq(print((struct admin_sheet){.columns = columns, .format = "table"}, items),
                     "+-------+----------+\n"
                     "| name  | messages |\n"
                     "+-------+----------+\n"
                     "| q     | 1        |\n"
                     "| höher |          |\n"
                     "+-------+----------+\n");
}

Test(admin_sheet, without_columns_all_are_shown_down_to_a_depth)
{
    struct admin_sheet sheet = {.format = "tsv", .depth = 1, .verbose = true};
    cr_assert_str_eq(print(sheet, items),
                     "name\tmessages\ton\ttags\nq\t1\tTrue\t\nhöher\t\t\tx y\n");
    sheet.depth = 3;
    sheet.verbose = false;
    cr_assert_str_eq(print(sheet, items), "q\t2\t1\tTrue\t\nhöher\t\t\t\tx y\n");
}

Test(admin_sheet, columns_reach_into_members)
{
    static const char *const columns[] = {"a.b.c", NULL};
    cr_assert_str_eq(print((struct admin_sheet){.columns = columns, .format = "kvp"}, items),
                     "a.b.c=\"2\"\na.b.c=\"\"\n");
}

Test(admin_sheet, a_member_may_be_shown_as_json)
{
    static const char *const columns[] = {"definition", NULL};
    struct admin_sheet sheet = {.columns = columns, .json = "definition", .format = "tsv"};
    cr_assert_str_eq(print(sheet, "[{\"definition\":{\"max-length\":5}}]"),
                     "{\"max-length\": 5}\n");
}

Test(admin_sheet, other_formats)
{
    cr_assert_str_eq(print((struct admin_sheet){.format = "bash"}, items), "q höher\n");
    cr_assert_str_eq(print((struct admin_sheet){.format = "raw_json"}, "[{\"a\": 1}]"),
                     "[{\"a\":1}]\n");
    cr_assert_str_eq(print((struct admin_sheet){.format = "pretty_json"}, "[{\"a\": 1}]"),
                     "[\n  {\n    \"a\": 1\n  }\n]\n");
    cr_assert_null(print((struct admin_sheet){.format = "nosuch"}, items));
}

Test(admin_sheet, nothing_is_said_to_be_nothing)
{
    cr_assert_str_eq(print((struct admin_sheet){.format = "table", .verbose = true}, "[]"),
                     "No items\n");
    cr_assert_str_eq(print((struct admin_sheet){.format = "table"}, "[]"), "");
}
