#include "tests/unit/conf/kit.h"

#include "conf/parser.h"
#include "conf/settings_print.h"

static void read_text(struct settings *settings, struct slice text)
{
    struct parser parser = parser_of(text);
    struct parser_item item;
    struct findings findings = {0};
    struct setting_origin origin = {.source = SOURCE_FILE, .name = "text"};
    while ((item = parser_next(&parser)).kind != PARSER_END) {
        cr_assert_eq(item.kind, PARSER_SETTING);
        cr_assert(settings_set(settings, item.key, item.value, origin, &findings));
    }
    cr_assert_eq(findings.count, 0);
}

static void expect_same_again(struct settings *settings)
{
    struct settings *again = settings_new();
    struct bytes first = {0};
    struct bytes second = {0};
    settings_print(settings, false, &first);
    read_text(again, bytes_slice(&first));
    settings_print(again, false, &second);
    cr_assert_str_eq(terminated(&first), terminated(&second));
    bytes_finish(&first);
    bytes_finish(&second);
    settings_free(again);
}

Test(settings_print, the_defaults_are_read_again_as_they_were)
{
    struct settings *s = settings_new();
    expect_same_again(s);
    settings_free(s);
}

Test(settings_print, every_kind_of_value_is_read_again_as_it_was)
{
    struct settings *s = settings_new();
    put(s, "listeners.tcp", "none");
    put(s, "listeners.ssl.1", "[::1]:5671");
    put(s, "listeners.ssl.x", "unix:/tmp/a #'b");
    put(s, "loopback_users.first\\.last", "true");
    put(s, "default_pass", " # ");
    put(s, "cluster_name", "it's\ntwo # lines");
    put(s, "motd_file", "'begins with a quote");
    put(s, "default_vhost", "a'b");
    put(s, "default_users.a\\.b.password", "p#w");
    put(s, "default_users.a\\.b.tags", "");
    put(s, "ssl_options.ciphers.2", "B");
    put(s, "connection_max", "infinity");
    put(s, "consumer_timeout", "undefined");
    put(s, "vm_memory_high_watermark.relative", "0.1");
    put(s, "vm_memory_high_watermark.absolute", "1GiB");
    put(s, "log.console.level", "none");
    put(s, "management.x\\.y", "");
    expect_same_again(s);
    settings_free(s);
}

Test(settings_print, passwords_can_be_left_out)
{
    struct settings *s = settings_new();
    struct bytes out = {0};
    put(s, "default_pass", "hush1");
    put(s, "ssl_options.password", "hush2");
    put(s, "default_users.a.password", "hush3");
    put(s, "default_users.a.tags", "t");
    put(s, "definitions.tls.password", "hush4");
    settings_print(s, true, &out);
    cr_assert_null(strstr(terminated(&out), "hush"));
    cr_assert_not_null(strstr(terminated(&out), "default_users.a.tags = t\n"));
    bytes_finish(&out);
    settings_free(s);
}
