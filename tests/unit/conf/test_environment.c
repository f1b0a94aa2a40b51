#include "tests/unit/conf/kit.h"

#include <sys/stat.h>

#include "conf/environment.h"

#define VARIABLES(...) ((char *[]){__VA_ARGS__, NULL})

static void apply(struct settings *settings, char *const *variables)
{
    struct findings findings = {0};
    environment_apply(settings, variables, &findings);
    cr_assert_eq(findings.count, 0, "%s", findings.count ? findings.items[0].text : "");
}

Test(environment, gives_user_password_and_vhost)
{
    struct settings *s = settings_new();
    apply(s, VARIABLES("RABBITMQ_DEFAULT_USER=alice", "RABBITMQ_DEFAULT_PASS=p=w",
                       "RABBITMQ_DEFAULT_VHOST=/v", "RABBITMQ_ERLANG_COOKIE=x", "PATH=/bin"));
    cr_assert_str_eq(s->default_user, "alice");
    cr_assert_str_eq(s->default_pass, "p=w");
    cr_assert_str_eq(s->default_vhost, "/v");
    cr_assert_eq(s->source[SETTING_default_user], SOURCE_ENVIRONMENT);
    settings_free(s);
}

Test(environment, gives_the_name_of_the_node)
{
    struct settings *s = settings_new();
    apply(s, VARIABLES("RABBITMQ_NODENAME=shop@localhost"));
    cr_assert_str_eq(s->node_name, "shop@localhost");
    settings_free(s);
}

Test(environment, gives_the_data_directory)
{
    struct settings *s = settings_new();
    apply(s, VARIABLES("RABBITMQ_MNESIA_BASE=/var/lib/rabbitmq/mnesia"));
    cr_assert_str_eq(s->storage_directory, "/var/lib/rabbitmq/mnesia/leveret");
    apply(s, VARIABLES("RABBITMQ_MNESIA_BASE=/var/lib/rabbitmq/mnesia",
                       "RABBITMQ_MNESIA_DIR=/srv/rabbit"));
    cr_assert_str_eq(s->storage_directory, "/srv/rabbit");
    settings_free(s);
}

Test(environment, an_empty_variable_is_no_variable)
{
    struct settings *s = settings_new();
    apply(s, VARIABLES("RABBITMQ_DEFAULT_USER=", "RABBITMQ_NODE_PORT="));
    cr_assert_str_eq(s->default_user, "guest");
    cr_assert_eq(s->source[SETTING_listeners_tcp], SOURCE_DEFAULT);
    settings_free(s);
}

Test(environment, values_can_be_in_files)
{
    char *directory = enter_directory();
    struct settings *s = settings_new();
    write_file("u", "bob\n");
    write_file("p", "secret\r\n");
    write_file("v", "vhost");
    apply(s, VARIABLES("RABBITMQ_DEFAULT_USER_FILE=u", "RABBITMQ_DEFAULT_PASS_FILE=p",
                       "RABBITMQ_DEFAULT_VHOST_FILE=v"));
    cr_assert_str_eq(s->default_user, "bob");
    cr_assert_str_eq(s->default_pass, "secret");
    cr_assert_str_eq(s->default_vhost, "vhost");
    settings_free(s);
    leave_directory(directory);
}

Test(environment, a_file_that_is_not_there_is_an_error)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    environment_apply(s, VARIABLES("RABBITMQ_DEFAULT_PASS_FILE=/nowhere/p"), &findings);
    cr_assert_eq(findings.count, 1);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "RABBITMQ_DEFAULT_PASS_FILE: cannot read /nowhere/p: No such file or directory");
    findings_finish(&findings);
    settings_free(s);
}

Test(environment, a_value_and_a_file_for_it_are_an_error)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    environment_apply(s, VARIABLES("RABBITMQ_DEFAULT_PASS=a", "RABBITMQ_DEFAULT_PASS_FILE=b"),
                      &findings);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "RABBITMQ_DEFAULT_PASS and RABBITMQ_DEFAULT_PASS_FILE are both set, "
                   "one is enough");
    findings_finish(&findings);
    settings_free(s);
}

static void expect_listener(char *const *variables, const char *host, unsigned port)
{
    struct settings *s = settings_new();
    put(s, "listeners.tcp.1", "127.0.0.1:1");
    put(s, "listeners.tcp.2", "127.0.0.1:2");
    apply(s, variables);
    cr_assert_eq(s->listeners_tcp.count, 1);
    cr_assert_str_eq(s->listeners_tcp.items[0].host ? s->listeners_tcp.items[0].host : "-", host);
    cr_assert_eq(s->listeners_tcp.items[0].port, port);
    settings_free(s);
}

Test(environment, port_and_address_replace_the_listeners)
{
    expect_listener(VARIABLES("RABBITMQ_NODE_PORT=5673"), "-", 5673);
    expect_listener(VARIABLES("RABBITMQ_NODE_IP_ADDRESS=127.0.0.1"), "127.0.0.1", 5672);
    expect_listener(VARIABLES("RABBITMQ_NODE_IP_ADDRESS=::1", "RABBITMQ_NODE_PORT=5674"), "::1",
                    5674);
    expect_listener(VARIABLES("RABBITMQ_NODE_IP_ADDRESS=auto"), "-", 5672);
}

Test(environment, a_bad_port_is_told_by_the_variables_name)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    environment_apply(s, VARIABLES("RABBITMQ_NODE_PORT=amqp"), &findings);
    expect_finding(&findings, 0, FINDING_ERROR,
                   "RABBITMQ_NODE_PORT: listeners.tcp.default: 'amqp' is not allowed: "
                   "a port, address:port, [address]:port or unix:/path");
    findings_finish(&findings);
    settings_free(s);
}

Test(environment, logs_go_to_the_console_or_name_a_file)
{
    struct settings *s = settings_new();
    put(s, "log.console", "false");
    apply(s, VARIABLES("RABBITMQ_LOGS=-"));
    cr_assert(s->log_console);
    apply(s, VARIABLES("RABBITMQ_LOGS=/var/log/x"));
    cr_assert_str_eq(s->log_file, "/var/log/x");
    settings_free(s);
}

Test(environment, variables_that_are_gone_are_warned_of)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    environment_apply(
        s, VARIABLES("RABBITMQ_SSL_CERTFILE=/c", "RABBITMQ_VM_MEMORY_HIGH_WATERMARK=0.5"),
        &findings);
    cr_assert_eq(findings.count, 2);
    expect_finding(&findings, 0, FINDING_WARNING,
                   "RABBITMQ_SSL_CERTFILE has no effect: "
                   "use ssl_options.* and listeners.ssl.default");
    expect_finding(&findings, 1, FINDING_WARNING,
                   "RABBITMQ_VM_MEMORY_HIGH_WATERMARK has no effect: "
                   "use vm_memory_high_watermark.*");
    findings_finish(&findings);
    settings_free(s);
}

Test(environment, names_the_file_with_or_without_conf)
{
    char *a = environment_config_file(VARIABLES("RABBITMQ_CONFIG_FILE=/etc/a"));
    char *b = environment_config_file(VARIABLES("RABBITMQ_CONFIG_FILE=/etc/b.conf"));
    cr_assert_str_eq(a, "/etc/a.conf");
    cr_assert_str_eq(b, "/etc/b.conf");
    cr_assert_null(environment_config_file(VARIABLES("RABBITMQ_CONFIG_FILES=/x")));
    free(a);
    free(b);
}

Test(environment, names_more_files_by_directory_or_wildcard)
{
    char *directory = enter_directory();
    mkdir("d", 0700);
    char *a = environment_config_files(VARIABLES("RABBITMQ_CONFIG_FILES=d"));
    char *b = environment_config_files(VARIABLES("RABBITMQ_CONFIG_FILES=d/*.c"));
    cr_assert_str_eq(a, "d/*.conf");
    cr_assert_str_eq(b, "d/*.c");
    free(a);
    free(b);
    leave_directory(directory);
}
