#include "ctl/options.h"

#include <criterion/criterion.h>

static char program[] = "rabbitmqctl";

#define PARSE(own, ...)                                                                            \
    struct options options;                                                                        \
    char *words[] = {program, __VA_ARGS__};                                                        \
    int count = sizeof words / sizeof *words;                                                      \
    const struct option_set set = {own, OPTIONS_COMMON};                                           \
    cr_assert(options_parse(&options, count, words, &set))

Test(options, options_may_stand_anywhere)
{
    PARSE(NULL, "-q", "list_queues", "name", "-p", "v", "messages", "--formatter=json");
    cr_assert_str_eq(options.command, "list_queues");
    cr_assert_eq(options.argument_count, 2);
    cr_assert_str_eq(options.arguments[1], "messages");
    cr_assert(options_has(&options, "quiet"));
    cr_assert_str_eq(options_value(&options, "vhost"), "v");
    cr_assert_str_eq(options_value(&options, "formatter"), "json");
    cr_assert_not(options_has(&options, "silent"));
}

Test(options, what_stands_behind_two_dashes_is_no_option)
{
    PARSE(NULL, "add_user", "u", "--", "-q");
    cr_assert_eq(options.argument_count, 2);
    cr_assert_str_eq(options.arguments[1], "-q");
    cr_assert_not(options_has(&options, "quiet"));
}

Test(options, a_number_below_zero_is_no_option)
{
    PARSE(NULL, "set_disk_free_limit", "-1", "-0.5");
    cr_assert_eq(options.argument_count, 2);
    cr_assert_eq(options.unknown_count, 0);
}

Test(options, a_command_has_options_of_its_own)
{
    PARSE("priority= enabled/E", "x", "--priority", "3", "-E");
    cr_assert_str_eq(options_value(&options, "priority"), "3");
    cr_assert(options_has(&options, "enabled"));
    cr_assert_eq(options.unknown_count, 0);
}

Test(options, names_may_be_written_with_underscores)
{
    PARSE("if-empty", "x", "--if_empty", "--no_table_headers");
    cr_assert(options_has(&options, "if-empty"));
    cr_assert(options_has(&options, "no-table-headers"));
}

Test(options, the_last_of_several_counts)
{
    PARSE(NULL, "x", "-p", "a", "--vhost", "b");
    cr_assert_str_eq(options_value(&options, "vhost"), "b");
}

Test(options, what_is_not_known_is_kept_as_it_was_written)
{
    PARSE("unit=", "x", "--nosuch", "-z", "--unit");
    cr_assert_eq(options.unknown_count, 3, "an option without its value is not known either");
    cr_assert_str_eq(options.unknown[0], "--nosuch");
    cr_assert_str_eq(options.unknown[1], "-z");
}

Test(options, a_dash_alone_is_an_argument)
{
    PARSE(NULL, "export_definitions", "-");
    cr_assert_str_eq(options.arguments[0], "-");
}

Test(options, the_command_is_found_behind_options_with_values)
{
    char *words[] = {program, "-n", "rabbit@here", "-q", "ping"};
    cr_assert_str_eq(options_command(5, words), "ping");
    cr_assert_null(options_command(4, words));
}

Test(options, too_many_arguments_are_refused)
{
    struct options options;
    char *words[ARGUMENTS_MAX + 3];
    for (int i = 0; i < ARGUMENTS_MAX + 3; i++) {
        words[i] = program;
    }
    const struct option_set set = {.common = OPTIONS_COMMON};
    cr_assert(options_parse(&options, ARGUMENTS_MAX + 2, words, &set));
    cr_assert_not(options_parse(&options, ARGUMENTS_MAX + 3, words, &set));
}
