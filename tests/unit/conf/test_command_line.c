#include "tests/unit/conf/kit.h"

#include "conf/command_line.h"

#define ARGUMENTS(...) ((char *[]){"leveret", __VA_ARGS__, NULL})

static bool parse(struct command_line *line, char **arguments, struct findings *findings)
{
    int count = 0;
    while (arguments[count]) {
        count++;
    }
    return command_line_parse(line, count, arguments, findings);
}

static void expect_action(char **arguments, enum command_action action)
{
    struct command_line line;
    struct findings findings = {0};
    cr_assert(parse(&line, arguments, &findings));
    cr_assert_eq(line.action, action);
    command_line_finish(&line);
}

static void expect_error(char **arguments, const char *text)
{
    struct command_line line;
    struct findings findings = {0};
    cr_assert_not(parse(&line, arguments, &findings));
    expect_finding(&findings, 0, FINDING_ERROR, text);
    findings_finish(&findings);
    command_line_finish(&line);
}

Test(command_line, says_what_to_do)
{
    expect_action((char *[]){"leveret", NULL}, COMMAND_RUN);
    expect_action(ARGUMENTS("--help"), COMMAND_HELP);
    expect_action(ARGUMENTS("--version"), COMMAND_VERSION);
    expect_action(ARGUMENTS("--print-settings"), COMMAND_PRINT_SETTINGS);
    expect_action(ARGUMENTS("--help-settings"), COMMAND_HELP_SETTINGS);
    expect_action(ARGUMENTS("--help-settings=markdown"), COMMAND_HELP_SETTINGS_MARKDOWN);
}

Test(command_line, sets_settings_in_order)
{
    struct command_line line;
    struct findings findings = {0};
    struct settings *s = settings_new();
    cr_assert(parse(&line,
                    ARGUMENTS("--set", "heartbeat=5", "--config", "/etc/x", "--set=heartbeat = 6",
                              "--data-dir", "/data", "--memory", "--no-sync", "--set",
                              "cluster_name=a=b"),
                    &findings));
    command_line_apply(&line, s, &findings);
    cr_assert_str_eq(line.config, "/etc/x");
    cr_assert_eq(s->heartbeat, 6);
    cr_assert_str_eq(s->cluster_name, "a=b");
    cr_assert_str_eq(s->storage_directory, "/data");
    cr_assert(s->storage_in_memory);
    cr_assert_not(s->storage_sync);
    cr_assert_eq(s->source[SETTING_heartbeat], SOURCE_COMMAND_LINE);
    cr_assert_eq(findings.count, 0);
    command_line_finish(&line);
    settings_free(s);
}

Test(command_line, a_bad_value_is_told_by_the_option)
{
    struct command_line line;
    struct findings findings = {0};
    struct settings *s = settings_new();
    cr_assert(parse(&line, ARGUMENTS("--set", "heartbeat=x"), &findings));
    command_line_apply(&line, s, &findings);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "--set: heartbeat: 'x' is not allowed: a whole number of seconds, 0 to 65535");
    findings_finish(&findings);
    command_line_finish(&line);
    settings_free(s);
}

Test(command_line, refuses_what_it_does_not_know)
{
    expect_error(ARGUMENTS("--frobnicate"), "--frobnicate is not an option, see --help");
    expect_error(ARGUMENTS("-x"), "-x is not an option, see --help");
    expect_error(ARGUMENTS("--memory=yes"), "--memory=yes is not an option, see --help");
    expect_error(ARGUMENTS("--config"), "--config needs an argument");
    expect_error(ARGUMENTS("--memory", "--set"), "--set needs an argument");
    expect_error(ARGUMENTS("--set", "heartbeat"), "--set needs KEY=VALUE, not 'heartbeat'");
    expect_error(ARGUMENTS("--set", "=5"), "--set needs KEY=VALUE, not '=5'");
    expect_error(ARGUMENTS("--help-settings=html"), "--help-settings can be =markdown, not 'html'");
    expect_error(ARGUMENTS("here"), "there is no use for 'here', see --help");
    expect_error(ARGUMENTS("inspect"), "inspect needs a directory, see --help");
    expect_error(ARGUMENTS("inspect", "a", "b"), "there is no use for 'b', see --help");
}

Test(command_line, inspects_a_directory)
{
    struct command_line line;
    struct findings findings = {0};
    cr_assert(parse(&line, ARGUMENTS("inspect", "/data"), &findings));
    cr_assert_eq(line.action, COMMAND_INSPECT);
    cr_assert_str_eq(line.directory, "/data");
    command_line_finish(&line);
}

Test(command_line, salvages_only_when_told)
{
    struct command_line line;
    struct findings findings = {0};
    cr_assert(parse(&line, ARGUMENTS("--memory"), &findings));
    cr_assert_not(line.salvage);
    command_line_finish(&line);
    cr_assert(parse(&line, ARGUMENTS("--salvage"), &findings));
    cr_assert(line.salvage);
    cr_assert_eq(line.action, COMMAND_RUN);
    command_line_finish(&line);
}

Test(command_line, help_names_every_option)
{
    static const char *const options[] = {
        "--config FILE", "--set KEY=VALUE",  "--data-dir DIR",  "--memory", "--no-sync",
        "--salvage",     "--print-settings", "--help-settings", "--help ",  "--version"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        cr_assert_not_null(strstr(command_line_help(), options[i]), "%s", options[i]);
    }
}
