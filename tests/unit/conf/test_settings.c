#include "tests/unit/conf/kit.h"

#include "conf/parser.h"

Test(settings, have_rabbitmqs_defaults)
{
    struct settings *s = settings_new();
    cr_assert_eq(s->listeners_tcp.count, 1);
    cr_assert_str_eq(s->listeners_tcp.items[0].name, "default");
    cr_assert_eq(s->listeners_tcp.items[0].port, 5672);
    cr_assert_null(s->listeners_tcp.items[0].host);
    cr_assert_eq(s->listeners_ssl.count, 0);
    cr_assert_eq(s->heartbeat, 60);
    cr_assert_eq(s->frame_max, 131072);
    cr_assert_eq(s->channel_max, 2047);
    cr_assert_eq(s->connection_max, VALUE_UNLIMITED);
    cr_assert_eq(s->max_message_size, 134217728);
    cr_assert_str_eq(s->default_user, "guest");
    cr_assert_str_eq(s->default_vhost, "/");
    cr_assert_str_eq(s->default_permissions_write, ".*");
    cr_assert_eq(s->default_user_tags.count, 1);
    cr_assert_str_eq(s->default_user_tags.items[0].name, "administrator");
    cr_assert(s->default_user_tags.items[0].on);
    cr_assert_str_eq(s->loopback_users.items[0].name, "guest");
    cr_assert_eq(s->auth_mechanisms.count, 3);
    cr_assert_str_eq(s->auth_mechanisms.items[1].value, "AMQPLAIN");
    cr_assert_eq(s->ssl_verify, TLS_VERIFY_NONE);
    cr_assert_eq(s->log_console_level, CHOICE_UNSET);
    cr_assert_eq(s->memory_watermark_absolute, VALUE_UNLIMITED);
    cr_assert(s->permit_transient_nonexcl_queues);
    settings_free(s);
}

Test(settings, later_values_replace_earlier_ones)
{
    struct settings *s = settings_new();
    put(s, "heartbeat", "10");
    put(s, "heartbeat", "20");
    put(s, "cluster_name", "one");
    put(s, "cluster_name", "two");
    put(s, "ssl_options.verify", "verify_peer");
    put(s, "tcp_listen_options.nodelay", "false");
    put(s, "vm_memory_high_watermark.relative", "0.25");
    cr_assert_eq(s->heartbeat, 20);
    cr_assert_str_eq(s->cluster_name, "two");
    cr_assert_eq(s->ssl_verify, TLS_VERIFY_PEER);
    cr_assert_not(s->tcp_nodelay);
    cr_assert_eq(s->memory_watermark_relative, 0.25);
    cr_assert_eq(s->source[SETTING_heartbeat], SOURCE_FILE);
    cr_assert_eq(s->source[SETTING_frame_max], SOURCE_DEFAULT);
    settings_free(s);
}

Test(settings, an_alias_is_the_setting_itself)
{
    struct settings *s = settings_new();
    put(s, "max_channels_per_connection", "7");
    cr_assert_eq(s->channel_max, 7);
    put(s, "max_connections", "9");
    cr_assert_eq(s->connection_max, 9);
    refuse(s, "max_connections", "x",
           "/etc/x.conf:3: max_connections: 'x' is not allowed: "
           "a whole number of connections, 0 to 4294967295 or infinity");
    settings_free(s);
}

Test(settings, the_first_item_replaces_a_default_list)
{
    struct settings *s = settings_new();
    put(s, "listeners.tcp.2", "[::1]:5673");
    put(s, "listeners.tcp.1", "127.0.0.1:5673");
    put(s, "listeners.tcp.local", "unix:/tmp/x");
    put(s, "listeners.tcp.10", "5674");
    cr_assert_eq(s->listeners_tcp.count, 4);
    cr_assert_str_eq(s->listeners_tcp.items[0].host, "127.0.0.1");
    cr_assert_str_eq(s->listeners_tcp.items[1].host, "::1");
    cr_assert_str_eq(s->listeners_tcp.items[2].path, "/tmp/x");
    cr_assert_eq(s->listeners_tcp.items[3].port, 5674);
    put(s, "listeners.tcp.1", "5675");
    cr_assert_eq(s->listeners_tcp.count, 4);
    cr_assert_eq(s->listeners_tcp.items[0].port, 5675);
    put(s, "loopback_users.guest", "false");
    cr_assert_eq(s->loopback_users.count, 1);
    cr_assert_not(s->loopback_users.items[0].on);
    settings_free(s);
}

Test(settings, a_refused_item_leaves_the_default_list)
{
    struct settings *s = settings_new();
    refuse(s, "listeners.tcp.1", "here",
           "/etc/x.conf:3: listeners.tcp.1: 'here' is not allowed: "
           "a port, address:port, [address]:port or unix:/path");
    cr_assert_eq(s->listeners_tcp.count, 1);
    refuse(s, "ssl_options.versions.1", "sslv3",
           "/etc/x.conf:3: ssl_options.versions.1: 'sslv3' is not allowed: "
           "one of tlsv1.3, tlsv1.2, tlsv1.1, tlsv1");
    cr_assert_eq(s->ssl_versions.count, 2);
    settings_free(s);
}

Test(settings, items_with_numbers_are_in_their_order)
{
    struct settings *s = settings_new();
    put(s, "ssl_options.ciphers.10", "C");
    put(s, "ssl_options.ciphers.2", "B");
    put(s, "ssl_options.ciphers.1", "A");
    put(s, "ssl_options.ciphers.2", "b");
    cr_assert_eq(s->ssl_ciphers.count, 3);
    cr_assert_str_eq(s->ssl_ciphers.items[0].value, "A");
    cr_assert_str_eq(s->ssl_ciphers.items[1].value, "b");
    cr_assert_str_eq(s->ssl_ciphers.items[2].value, "C");
    settings_free(s);
}

Test(settings, none_empties_a_list_until_a_greater_source_fills_it)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    put(s, "listeners.tcp", "none");
    cr_assert_eq(s->listeners_tcp.count, 0);
    put(s, "listeners.tcp.default", "5672");
    cr_assert_eq(s->listeners_tcp.count, 0);
    struct setting_origin line = {.source = SOURCE_COMMAND_LINE, .name = "--set"};
    cr_assert(settings_set(s, SLICE("listeners.tcp.x"), SLICE("5673"), line, &findings));
    cr_assert_eq(s->listeners_tcp.count, 1);
    put(s, "loopback_users", "none");
    cr_assert_eq(s->loopback_users.count, 0);
    cr_assert_eq(findings.count, 0);
    settings_free(s);
}

Test(settings, a_name_may_have_dots)
{
    struct settings *s = settings_new();
    put(s, "loopback_users.first\\.last", "true");
    cr_assert_str_eq(s->loopback_users.items[0].name, "first.last");
    settings_free(s);
}

Test(settings, further_users_are_put_together)
{
    struct settings *s = settings_new();
    put(s, "default_users.alice.password", "pw");
    put(s, "default_users.bob.tags", "monitoring");
    put(s, "default_users.alice.vhost_pattern", "^a");
    cr_assert_eq(s->default_users.count, 2);
    cr_assert_str_eq(s->default_users.items[0].name, "alice");
    cr_assert_str_eq(s->default_users.items[0].password, "pw");
    cr_assert_str_eq(s->default_users.items[0].vhost_pattern, "^a");
    cr_assert_null(s->default_users.items[0].tags);
    cr_assert_str_eq(s->default_users.items[1].tags, "monitoring");
    refuse(s, "default_users.alice.age", "7",
           "/etc/x.conf:3: default_users.alice.age: '7' is not allowed: text, of a property that "
           "is one of password, tags, configure, write, read, vhost_pattern");
    settings_free(s);
}

Test(settings, a_bad_value_is_refused_with_what_is_allowed)
{
    struct settings *s = settings_new();
    refuse(s, "heartbeat", "abc",
           "/etc/x.conf:3: heartbeat: 'abc' is not allowed: "
           "a whole number of seconds, 0 to 65535");
    refuse(s, "frame_max", "128",
           "/etc/x.conf:3: frame_max: '128' is not allowed: a number of octets, also of KB, MB or "
           "GB (powers of 1024), 0 or 4096 to 2147483647");
    refuse(
        s, "vm_memory_high_watermark.absolute", "2XB",
        "/etc/x.conf:3: vm_memory_high_watermark.absolute: '2XB' is not allowed: a number of "
        "octets, also of kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024)");
    refuse(s, "vm_memory_high_watermark.relative", "half",
           "/etc/x.conf:3: vm_memory_high_watermark.relative: 'half' is not allowed: "
           "a decimal number, 0 to 1000");
    refuse(s, "log.console", "yes",
           "/etc/x.conf:3: log.console: 'yes' is not allowed: true or false");
    refuse(s, "ssl_options.verify", "peer",
           "/etc/x.conf:3: ssl_options.verify: 'peer' is not allowed: "
           "one of verify_none, verify_peer");
    refuse(s, "ssl_options", "x", "/etc/x.conf:3: ssl_options: 'x' is not allowed: only none");
    refuse(s, "default_user", "",
           "/etc/x.conf:3: default_user: '' is not allowed: text of 1 to 255 octets");
    cr_assert_eq(s->heartbeat, 60);
    cr_assert_eq(s->frame_max, 131072);
    cr_assert_eq(s->memory_watermark_relative, 0.6);
    cr_assert(s->log_console);
    cr_assert_str_eq(s->default_user, "guest");
    settings_free(s);
}

Test(settings, a_refused_value_is_shown_safely)
{
    struct settings *s = settings_new();
    refuse(s, "heartbeat", "1\n2026-08-21 [info] all is well\x1b[0m",
           "/etc/x.conf:3: heartbeat: '1\\n2026-08-21 [info] all is well\\x1b[0m' is not allowed: "
           "a whole number of seconds, 0 to 65535");
    settings_free(s);
}

Test(settings, a_refused_password_is_not_shown)
{
    struct settings *s = settings_new();
    refuse(s, "default_pass", "encrypted:abc",
           "/etc/x.conf:3: default_pass: this value is not allowed: text, not encrypted");
    cr_assert_str_eq(s->default_pass, "guest");
    struct findings findings = {0};
    cr_assert_not(set(s, "default_users.a.password", "encrypted:abc", &findings));
    cr_assert_null(strstr(findings.items[0].text, "abc"));
    findings_finish(&findings);
    settings_free(s);
}

Test(settings, a_zero_octet_is_refused)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    struct setting_origin origin = {.source = SOURCE_FILE, .name = "f", .line = 1};
    cr_assert_not(settings_set(s, SLICE("default_pass"), SLICE("a\0b"), origin, &findings));
    expect_finding(&findings, 0, FINDING_ERROR,
                   "f:1: default_pass: a value cannot have a zero octet in it");
    findings_finish(&findings);
    settings_free(s);
}

Test(settings, an_unknown_key_is_a_warning)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    cr_assert(set(s, "hartbeat", "60", &findings));
    cr_assert(set(s, "listeners.udp.default", "60", &findings));
    cr_assert_eq(findings.count, 2);
    expect_finding(&findings, 0, FINDING_WARNING,
                   "/etc/x.conf:3: hartbeat: unknown setting, ignored");
    expect_finding(&findings, 1, FINDING_WARNING,
                   "/etc/x.conf:3: listeners.udp.default: unknown setting, ignored");
    findings_finish(&findings);
    settings_free(s);
}

Test(settings, what_is_no_key_is_an_error)
{
    struct settings *s = settings_new();
    refuse(
        s, "heart beat", "60",
        "/etc/x.conf:3: heart beat: this is not a key: letters, digits, _ and -, joined by dots");
    settings_free(s);
}

Test(settings, what_other_parts_of_rabbitmq_know_is_told_once)
{
    struct settings *s = settings_new();
    struct findings findings = {0};
    cr_assert(set(s, "mqtt.listeners.tcp.default", "1883", &findings));
    cr_assert(set(s, "mqtt.allow_anonymous", "false", &findings));
    cr_assert(set(s, "cluster_partition_handling", "autoheal", &findings));
    cr_assert_eq(findings.count, 2);
    expect_finding(&findings, 0, FINDING_INFO,
                   "/etc/x.conf:3: mqtt.listeners.tcp.default: known, without effect here: "
                   "MQTT is not served");
    expect_finding(&findings, 1, FINDING_INFO,
                   "/etc/x.conf:3: cluster_partition_handling: known, without effect here: "
                   "there is one node");
    findings_finish(&findings);
    settings_free(s);
}

Test(settings, what_comes_later_is_kept_in_silence)
{
    struct settings *s = settings_new();
    put(s, "management.oauth_scopes", "openid");
    put(s, "management.tcp.port", "15673");
    put(s, "prometheus.return_per_object_metrics", "true");
    put(s, "log.file.rotation.size", "10");
    put(s, "deprecated_features.permit.amqp_address_v1", "false");
    cr_assert_eq(s->management_other.count, 1);
    cr_assert_str_eq(s->management_other.items[0].name, "management.oauth_scopes");
    cr_assert_str_eq(s->management_other.items[0].value, "openid");
    cr_assert_eq(s->management_tcp_port, 15673);
    cr_assert(s->prometheus_per_object);
    cr_assert_eq(settings_row(SETTING_log_other)->effect, EFFECT_LATER);
    cr_assert_eq(settings_row(SETTING_management_other)->effect, EFFECT_NEVER);
    cr_assert_eq(settings_row(SETTING_heartbeat)->effect, EFFECT_NOW);
    settings_free(s);
}

Test(settings, the_memory_limit_is_absolute_before_relative)
{
    struct settings *s = settings_new();
    cr_assert_eq(settings_memory_limit(s, 1000), 600);
    put(s, "vm_memory_high_watermark.relative", "0.4");
    cr_assert_eq(settings_memory_limit(s, 1000), 400);
    put(s, "total_memory_available_override_value", "2kB");
    cr_assert_eq(settings_memory_limit(s, 1000), 800);
    put(s, "vm_memory_high_watermark.absolute", "500");
    cr_assert_eq(settings_memory_limit(s, 1000), 500);
    put(s, "vm_memory_high_watermark.absolute", "1TB");
    cr_assert_eq(settings_memory_limit(s, 1000), 2000);
    settings_free(s);
}

Test(settings, the_disk_limit_is_relative_if_only_that_is_given)
{
    struct settings *s = settings_new();
    cr_assert_eq(settings_disk_limit(s, 1000), 50000000);
    put(s, "disk_free_limit.relative", "1.5");
    cr_assert_eq(settings_disk_limit(s, 1000), 1500);
    put(s, "disk_free_limit.absolute", "2GB");
    cr_assert_eq(settings_disk_limit(s, 1000), 2000000000);
    settings_free(s);
}

/* A row behind one whose pattern fits its key as well would never be found. */
Test(settings, every_row_of_the_table_can_be_reached)
{
    const struct setting *row;
    size_t settings = 0;
    for (size_t i = 0; (row = settings_row_at(i)); i++) {
        struct bytes key = {0};
        if (!row->key) {
            continue;
        }
        for (const char *at = row->key; *at; at++) {
            if (*at == '*') {
                format_add(&key, "zzz");
            } else if (*at != '$') {
                bytes_add_u8(&key, (uint8_t)*at);
            }
        }
        cr_assert_eq(settings_find(bytes_slice(&key)), row, "%s", row->key);
        cr_assert_eq(settings_row(row->id), row);
        bytes_finish(&key);
        settings++;
    }
    cr_assert_eq(settings, SETTING_COUNT);
#define I(pattern, reason)                                                                         \
    if (!strchr(pattern, '*')) {                                                                   \
        cr_assert_null(settings_find(SLICE(pattern)), "%s", pattern);                              \
    }
    SETTINGS_IGNORED(I)
#undef I
#define A(alias, key) cr_assert_eq(settings_find(SLICE(alias)), settings_find(SLICE(key)));
    SETTINGS_ALIASES(A)
#undef A
}
