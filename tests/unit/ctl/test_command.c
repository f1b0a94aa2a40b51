#include "ctl/command.h"

#include <criterion/criterion.h>
#include <string.h>

Test(command, a_tool_has_its_commands)
{
    cr_assert(command_find(TOOL_CTL, "list_queues"));
    cr_assert_null(command_find(TOOL_CTL, "is_enabled"));
    cr_assert(command_find(TOOL_PLUGINS, "is_enabled"));
    cr_assert_null(command_find(TOOL_PLUGINS, "list_queues"));
    cr_assert(command_find(TOOL_EVERY, "list_queues"));
    cr_assert(command_find(TOOL_EVERY, "is_enabled"));
}

Test(command, a_slip_of_the_pen_is_understood)
{
    cr_assert_str_eq(command_suggest(TOOL_CTL, "list_queue")->name, "list_queues");
    cr_assert_str_eq(command_suggest(TOOL_CTL, "ad_vhost")->name, "add_vhost");
    cr_assert_null(command_suggest(TOOL_CTL, "nosuch_command_at_all"));
    cr_assert_null(command_suggest(TOOL_CTL, ""));
}

Test(command, names_are_given_once_and_rows_are_whole)
{
    const struct command_group *group;
    for (size_t i = 0; (group = command_group(TOOL_EVERY, i)); i++) {
        for (size_t j = 0; j < group->count; j++) {
            const struct command *command = &group->commands[j];
            cr_assert_eq(command_find(TOOL_EVERY, command->name), command, "%s", command->name);
            cr_assert(command->run && command->usage && command->help, "%s", command->name);
            cr_assert_leq(command->least, command->most, "%s", command->name);
        }
    }
}
