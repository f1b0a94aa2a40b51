#define _GNU_SOURCE // open_memstream

#include "ctl/formatter.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct column name = {"name", "name", COLUMN_PLAIN};
static const struct column user = {"user", "details.user", COLUMN_PLAIN};
static const struct column arguments = {"arguments", "arguments", COLUMN_ARGUMENTS};
static const struct column definition = {"definition", "definition", COLUMN_JSON};
static const struct column protocol = {"protocol", "protocol", COLUMN_PROTOCOL};

/* Prints rows, an array in JSON, with these columns. The text is good until the next call. */
static const char *print(enum formatter formatter, const char *rows, const struct column *first,
                         const struct column *second)
{
    static char *text;
    size_t size;
    free(text);
    FILE *out = open_memstream(&text, &size);
    json_t *parsed = json_loads(rows, 0, NULL);
    cr_assert(parsed);
    struct sheet sheet = {
        .columns = {first, second}, .count = second ? 2 : 1, .rows = parsed, .headers = true};
    formatter_print(formatter, &sheet, out);
    fclose(out);
    json_decref(parsed);
    return text;
}

Test(formatter, a_table_has_tabs_and_a_line_of_names)
{
    cr_assert_str_eq(
        print(FORMATTER_TABLE, "[{\"name\":\"q\",\"details\":{\"user\":\"u\"}}]", &name, &user),
        "name\tuser\nq\tu\n");
}

Test(formatter, nothing_has_no_names_either)
{
    cr_assert_str_eq(print(FORMATTER_TABLE, "[]", &name, NULL), "\n");
    cr_assert_str_eq(print(FORMATTER_PRETTY_TABLE, "[]", &name, NULL), "┌────────┐\n"
                                                                       "│ Output │\n"
                                                                       "├────────┤\n"
                                                                       "│ []     │\n"
                                                                       "└────────┘\n");
    cr_assert_str_eq(print(FORMATTER_CSV, "[]", &name, NULL), "\n");
    cr_assert_str_eq(print(FORMATTER_ERLANG, "[]", &name, NULL), "[]\n");
    cr_assert_str_eq(print(FORMATTER_JSON, "[]", &name, NULL), "[]\n");
}

Test(formatter, a_name_cannot_break_the_table)
{
    cr_assert_str_eq(print(FORMATTER_TABLE, "[{\"name\":\"a\\tb\\nc\"}]", &name, NULL),
                     "name\na\\011b\\012c\n");
}

Test(formatter, a_pattern_keeps_its_backslash)
{
    cr_assert_str_eq(print(FORMATTER_TABLE, "[{\"name\":\"^a\\\\.b$\"}]", &name, NULL),
                     "name\n^a\\.b$\n");
}

Test(formatter, rows_that_come_one_by_one_leave_nothing_if_there_are_none)
{
    static char *text;
    size_t size;
    json_t *none = json_array();
    struct sheet sheet = {
        .columns = {&name}, .count = 1, .rows = none, .headers = true, .streams = true};
    FILE *out = open_memstream(&text, &size);
    formatter_print(FORMATTER_TABLE, &sheet, out);
    formatter_print(FORMATTER_JSON, &sheet, out);
    fclose(out);
    cr_assert_str_eq(text, "[\n]\n");
    json_decref(none);
    free(text);
}

Test(formatter, a_list_in_a_pretty_table_needs_no_brackets)
{
    cr_assert_str_eq(print(FORMATTER_PRETTY_TABLE, "[{\"name\":[\"aa\",\"bb\"]}]", &name, NULL),
                     "┌────────┐\n│ name   │\n├────────┤\n│ aa, bb │\n└────────┘\n");
}

Test(formatter, json_has_a_row_on_each_line)
{
    cr_assert_str_eq(print(FORMATTER_JSON, "[{\"name\":\"a\"},{\"name\":2}]", &name, &user),
                     "[\n{\"name\":\"a\",\"user\":\"\"}\n,{\"name\":2,\"user\":\"\"}\n]\n");
}

Test(formatter, csv_quotes_everything)
{
    cr_assert_str_eq(print(FORMATTER_CSV, "[{\"name\":\"a \\\"b\\\"\"}]", &name, NULL),
                     "\"name\"\n\"a \"\"b\"\"\"\n");
}

Test(formatter, a_pretty_table_is_as_wide_as_its_widest_word)
{
    cr_assert_str_eq(print(FORMATTER_PRETTY_TABLE, "[{\"name\":\"höher\"}]", &name, NULL),
                     "┌───────┐\n│ name  │\n├───────┤\n│ höher │\n└───────┘\n");
}

Test(formatter, arguments_look_like_those_of_erlang)
{
    const char *rows = "[{\"arguments\":{\"x-max-length\":10,\"x\":\"y\"}},{\"arguments\":{}}]";
    cr_assert_str_eq(print(FORMATTER_TABLE, rows, &arguments, NULL),
                     "arguments\n[{\"x-max-length\",10},{\"x\",\"y\"}]\n[]\n");
    cr_assert_str_eq(
        print(FORMATTER_JSON, rows, &arguments, NULL),
        "[\n{\"arguments\":[[\"x-max-length\",\"long\",10],[\"x\",\"longstr\",\"y\"]]}\n"
        ",{\"arguments\":[]}\n]\n");
}

Test(formatter, a_definition_is_a_text_of_json)
{
    const char *rows = "[{\"definition\":{\"max-length\":5}}]";
    cr_assert_str_eq(print(FORMATTER_TABLE, rows, &definition, NULL),
                     "definition\n{\"max-length\":5}\n");
    cr_assert_str_eq(print(FORMATTER_JSON, rows, &definition, NULL),
                     "[\n{\"definition\":\"{\\\"max-length\\\":5}\"}\n]\n");
}

Test(formatter, the_protocol_is_a_tuple)
{
    const char *rows = "[{\"protocol\":\"AMQP 0-9-1\"}]";
    cr_assert_str_eq(print(FORMATTER_TABLE, rows, &protocol, NULL), "protocol\n{0,9,1}\n");
    cr_assert_str_eq(print(FORMATTER_JSON, rows, &protocol, NULL),
                     "[\n{\"protocol\":[0,9,1]}\n]\n");
}

Test(formatter, lists_are_in_brackets)
{
    cr_assert_str_eq(
        print(FORMATTER_TABLE, "[{\"name\":[\"a\",\"b\"]},{\"name\":null}]", &name, NULL),
        "name\n[a, b]\n\n");
}

Test(formatter, formatters_have_names)
{
    cr_assert_eq(formatter_of("json"), FORMATTER_JSON);
    cr_assert_eq(formatter_of("pretty_table"), FORMATTER_PRETTY_TABLE);
    cr_assert_eq(formatter_of("erlang"), FORMATTER_ERLANG);
    cr_assert_eq(formatter_of("nosuch"), FORMATTER_UNKNOWN);
}

Test(formatter, erlangs_terms_know_words_from_texts)
{
    static const struct column state = {"state", "state", COLUMN_ATOM};
    static const struct column kind = {"source_kind", "exchange", COLUMN_CONSTANT};
    static const char *const row =
        "[{\"name\":\"q\",\"state\":\"running\",\"protocol\":\"AMQP 0-9-1\","
        "\"arguments\":{\"x-max-length\":10,\"t\":{\"a\":\"b\"}},\"definition\":{\"a\":1}}]";
    cr_expect_str_eq(print(FORMATTER_ERLANG, row, &name, &state),
                     "[[{name,<<\"q\">>},{state,running}]]\n");
    cr_expect_str_eq(print(FORMATTER_ERLANG, row, &kind, &protocol),
                     "[[{source_kind,exchange},{protocol,{0,9,1}}]]\n");
    cr_expect_str_eq(print(FORMATTER_ERLANG, row, &arguments, NULL),
                     "[[{arguments,[{<<\"x-max-length\">>,long,10},\n"
                     "              {<<\"t\">>,table,[{<<\"a\">>,longstr,<<\"b\">>}]}]}]]\n");
    cr_expect_str_eq(print(FORMATTER_ERLANG, row, &definition, &user),
                     "[[{definition,<<\"{\\\"a\\\":1}\">>},{user,''}]]\n");
}

Test(formatter, an_owner_that_is_not_there_is_an_empty_text_in_json)
{
    static const struct column owner = {"owner", "details.owner", COLUMN_NO_BLANKS};
    cr_assert_str_eq(print(FORMATTER_JSON, "[{\"name\":\"q\"}]", &name, &owner),
                     "[\n{\"name\":\"q\",\"owner\":\"\"}\n]\n");
}
