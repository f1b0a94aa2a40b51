#include "tests/unit/conf/kit.h"

#include <sys/stat.h>

#include "conf/settings_load.h"

static struct settings *load(char **arguments, char *const *variables, struct findings *findings)
{
    struct command_line line;
    int count = 0;
    while (arguments[count]) {
        count++;
    }
    cr_assert(command_line_parse(&line, count, arguments, findings));
    struct settings *settings = settings_load(&line, variables, findings);
    command_line_finish(&line);
    return settings;
}

Test(settings_load, each_source_goes_before_the_one_in_front_of_it)
{
    char *directory = enter_directory();
    struct findings findings = {0};
    mkdir("conf.d", 0700);
    write_file("x.conf", "default_user = file\ndefault_pass = file\ndefault_vhost = file\n"
                         "cluster_name = file\n");
    write_file("conf.d/1.conf", "default_user = d\ndefault_pass = d\ndefault_vhost = d\n");
    struct settings *s =
        load((char *[]){"leveret", "--config", "x.conf", "--set", "default_user=line", NULL},
             (char *[]){"RABBITMQ_DEFAULT_USER=variable", "RABBITMQ_DEFAULT_PASS=variable",
                        "RABBITMQ_CONFIG_FILE=/nowhere/y", NULL},
             &findings);
    cr_assert_str_eq(s->default_user, "line");
    cr_assert_str_eq(s->default_pass, "variable");
    cr_assert_str_eq(s->default_vhost, "d");
    cr_assert_str_eq(s->cluster_name, "file");
    cr_assert_eq(s->heartbeat, 60);
    cr_assert_eq(findings.count, 0);
    settings_free(s);
    leave_directory(directory);
}

Test(settings_load, conf_d_is_read_without_the_file_beside_it)
{
    char *directory = enter_directory();
    struct findings findings = {0};
    mkdir("conf.d", 0700);
    write_file("conf.d/10-defaults.conf", "loopback_users.guest = false\n");
    struct settings *s = load((char *[]){"leveret", NULL},
                              (char *[]){"RABBITMQ_CONFIG_FILE=./rabbitmq", NULL}, &findings);
    cr_assert_not(s->loopback_users.items[0].on);
    cr_assert_eq(findings.count, 1);
    expect_finding(&findings, 0, FINDING_WARNING,
                   "RABBITMQ_CONFIG_FILE: there is no ./rabbitmq.conf");
    findings_finish(&findings);
    settings_free(s);
    leave_directory(directory);
}

Test(settings_load, a_variable_names_other_files_than_conf_d)
{
    char *directory = enter_directory();
    struct findings findings = {0};
    mkdir("conf.d", 0700);
    mkdir("other", 0700);
    write_file("x.conf", "heartbeat = 1\n");
    write_file("conf.d/1.conf", "heartbeat = 2\n");
    write_file("other/1.conf", "heartbeat = 3\n");
    struct settings *s = load(
        (char *[]){"leveret", NULL},
        (char *[]){"RABBITMQ_CONFIG_FILE=x.conf", "RABBITMQ_CONFIG_FILES=other", NULL}, &findings);
    cr_assert_eq(s->heartbeat, 3);
    cr_assert_eq(findings.count, 0);
    settings_free(s);
    leave_directory(directory);
}

Test(settings_load, the_file_of_an_option_must_be_there)
{
    struct findings findings = {0};
    struct settings *s = load((char *[]){"leveret", "--config", "/nowhere/x.conf", NULL},
                              (char *[]){NULL}, &findings);
    cr_assert_eq(findings.count, 1);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "/nowhere/x.conf: cannot read it: No such file or directory");
    findings_finish(&findings);
    settings_free(s);
}
