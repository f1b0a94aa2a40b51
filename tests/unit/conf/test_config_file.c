#include "tests/unit/conf/kit.h"

#include <sys/stat.h>

#include "conf/config_file.h"

Test(config_file, faults_are_told_with_file_and_line_all_at_once)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    struct findings findings = {0};
    write_file("x.conf", "# one\n\nheartbeat = abc\nnonsense\nframe_max = 1\nno.such = 1\n"
                         "channel_max = 5\n");
    config_file_read(s, "x.conf", &findings);
    cr_assert_eq(findings.count, 4);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "x.conf:3: heartbeat: 'abc' is not allowed: "
                   "a whole number of seconds, 0 to 65535");
    expect_finding(&findings, 1, FINDING_ERROR,
                   "x.conf:4: this is not `key = value`, a comment or an include");
    expect_finding(&findings, 3, FINDING_WARNING, "x.conf:6: no.such: unknown setting, ignored");
    cr_assert_eq(findings_count(&findings, FINDING_ERROR), 3);
    cr_assert_eq(s->channel_max, 5);
    findings_finish(&findings);
    settings_free(s);
    leave_directory(directory);
}

Test(config_file, a_missing_file_is_an_error)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    config_file_read(s, "/nowhere/x.conf", &findings);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "/nowhere/x.conf: cannot read it: No such file or directory");
    findings_finish(&findings);
    settings_free(s);
}

Test(config_file, a_directory_or_a_huge_file_is_an_error)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    struct findings findings = {0};
    config_file_read(s, ".", &findings);
    expect_finding(&findings, 0, FINDING_ERROR, ".: cannot read it: Is a directory");
    write_file("big", "a = 1\n");
    cr_assert_eq(truncate("big", 2 << 20), 0);
    config_file_read(s, "big", &findings);
    expect_finding(&findings, 1, FINDING_ERROR, "big: cannot read it: File too large");
    findings_finish(&findings);
    settings_free(s);
    leave_directory(directory);
}

Test(config_file, a_wildcard_is_read_in_the_order_of_names)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    struct findings findings = {0};
    write_file("20.conf", "heartbeat = 20\n");
    write_file("10.conf", "heartbeat = 10\nchannel_max = 10\n");
    write_file("30.conf.off", "heartbeat = 30\n");
    config_file_read_all(s, "*.conf", &findings);
    config_file_read_all(s, "none/*.conf", &findings);
    cr_assert_eq(s->heartbeat, 20);
    cr_assert_eq(s->channel_max, 10);
    cr_assert_eq(findings.count, 0);
    settings_free(s);
    leave_directory(directory);
}

Test(config_file, includes_are_beside_the_file)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    struct findings findings = {0};
    mkdir("etc", 0700);
    write_file("etc/x.conf", "heartbeat = 1\ninclude more.conf\nchannel_max = 3\n"
                             "include part*.conf\ninclude gone.conf\n");
    write_file("etc/more.conf", "heartbeat = 2\nchannel_max = 2\n");
    write_file("etc/part1.conf", "cluster_name = x\n");
    config_file_read(s, "etc/x.conf", &findings);
    cr_assert_eq(s->heartbeat, 2);
    cr_assert_eq(s->channel_max, 3);
    cr_assert_str_eq(s->cluster_name, "x");
    cr_assert_eq(findings.count, 1);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "etc/gone.conf: cannot read it: No such file or directory");
    findings_finish(&findings);
    settings_free(s);
    leave_directory(directory);
}

Test(config_file, a_file_that_includes_itself_comes_to_an_end)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    struct findings findings = {0};
    write_file("x.conf", "include x.conf\n");
    config_file_read(s, "x.conf", &findings);
    cr_assert_eq(findings.count, 1);
    expect_finding(&findings, 0, FINDING_ERROR, "x.conf:1: files include each other too deeply");
    findings_finish(&findings);
    settings_free(s);
    leave_directory(directory);
}

Test(config_file, a_value_can_be_in_a_file)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    struct findings findings = {0};
    write_file("pass", "s3cret # not a comment\n");
    write_file("x.conf", "default_pass = $(< pass )\ndefault_user = $(<nobody)\n");
    config_file_read(s, "x.conf", &findings);
    cr_assert_str_eq(s->default_pass, "s3cret # not a comment");
    cr_assert_eq(findings.count, 1);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "x.conf:2: default_user: cannot read nobody: No such file or directory");
    findings_finish(&findings);
    settings_free(s);
    leave_directory(directory);
}

Test(config_file, settings_know_the_files_that_they_come_from)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    struct findings findings = {0};
    char *here = realpath(".", NULL);
    char expected[200];
    write_file("a.conf", "include b.conf\ninclude c.conf\n");
    write_file("b.conf", "");
    config_file_read(s, "a.conf", &findings);
    cr_assert_eq(s->files.count, 2); // there is no c.conf
    snprintf(expected, sizeof expected, "%s/a.conf", here);
    cr_expect_str_eq(s->files.names[0], expected);
    snprintf(expected, sizeof expected, "%s/b.conf", here);
    cr_expect_str_eq(s->files.names[1], expected);
    free(here);
    findings_finish(&findings);
    settings_free(s);
    leave_directory(directory);
}
