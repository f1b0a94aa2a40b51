#include "ctl/help.h"

#include <string.h>

#include "ctl/listing.h"

void help_usage(const char *name, const struct command *command, FILE *out)
{
    fprintf(out, "\nUsage\n\n%s [--node <node>] [--longnames] [--quiet] %s%s%s\n", name,
            command->name, *command->usage ? " " : "", command->usage);
}

static void print_columns(const struct listing *listing, FILE *out)
{
    fputs("\nArguments and Options\n\n<column>\n\tmust be one of ", out);
    for (size_t i = 0; i < listing->count; i++) {
        fprintf(out, "%s%s", i > 0 ? ", " : "", listing->columns[i].name);
    }
    fputc('\n', out);
}

void help_command(const char *name, const struct command *command, FILE *out)
{
    help_usage(name, command, out);
    fprintf(out, "\n%s.\n", command->help);
    if (command->listing) {
        print_columns(command->listing, out);
    }
    fputs(
        "\nGeneral Options\n\n"
        "  -?, --help            displays command help\n"
        "  -n, --node <node>     the broker to use, if several run here: its node, port or socket\n"
        "      --socket <path>   the broker's socket; also the variable LEVERET_SOCKET\n"
        "  -t, --timeout <n>     how long to wait for the broker, in seconds\n"
        "  -q, --quiet           suppress informational messages\n"
        "  -s, --silent          suppress informational messages and table header row\n"
        "  -p, --vhost <vhost>   the virtual host, for commands that are about one\n"
        "      --formatter <f>   json, pretty_table, table, csv or erlang\n",
        out);
}

static size_t longest_name(enum tool tool)
{
    size_t longest = 0;
    const struct command_group *group;
    for (size_t i = 0; (group = command_group(tool, i)); i++) {
        for (size_t j = 0; j < group->count; j++) {
            size_t len = strlen(group->commands[j].name);
            longest = len > longest ? len : longest;
        }
    }
    return longest;
}

void help_commands(const char *name, enum tool tool, FILE *out)
{
    const struct command_group *group;
    int width = (int)longest_name(tool);
    fprintf(out,
            "\nUsage\n\n%s [--node <node>] [--timeout <timeout>] [--quiet] <command> [<command "
            "options>]\n\nAvailable commands:\n",
            name);
    for (size_t i = 0; (group = command_group(tool, i)); i++) {
        fprintf(out, "\n%s:\n\n", group->title);
        for (size_t j = 0; j < group->count; j++) {
            const struct command *command = &group->commands[j];
            fprintf(out, "   %-*s  %s\n", width, command->name, command->help);
        }
    }
    fprintf(out, "\nUse '%s help <command>' to learn more about a specific command\n", name);
}
