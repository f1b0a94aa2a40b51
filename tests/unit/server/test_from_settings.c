#include "server/from_settings.h"

#include <criterion/criterion.h>

#include "conf/format.h"
#include "conf/settings.h"

static struct settings *settings_of(const char *const *pairs)
{
    struct findings findings = {0};
    struct settings *settings = settings_new();
    for (; *pairs; pairs += 2) {
        cr_assert(settings_set(settings, format_slice(pairs[0]), format_slice(pairs[1]),
                               (struct setting_origin){SOURCE_FILE, "test", 1}, &findings));
    }
    findings_finish(&findings);
    return settings;
}

Test(from_settings, gives_the_engine_what_rabbitmq_has_by_default)
{
    struct bytes room = {0};
    struct settings *settings = settings_new();
    struct engine_options options = engine_options_of(settings, &room);
    cr_assert(slice_eq(options.mechanisms, SLICE("PLAIN AMQPLAIN")));
    cr_assert(slice_eq(options.product, SLICE("RabbitMQ")));
    cr_assert_eq(options.channel_max, 2047);
    cr_assert_eq(options.frame_max, 131072);
    cr_assert_eq(options.initial_frame_max, 4096);
    cr_assert_eq(options.heartbeat_s, 60);
    cr_assert_eq(options.handshake_timeout_ms, 10000);
    cr_assert(!options.limit_connections);
    bytes_finish(&room);
    settings_free(settings);
}

Test(from_settings, takes_infinity_for_no_limit)
{
    struct bytes room = {0};
    struct settings *settings =
        settings_of((const char *[]){"handshake_timeout", "infinity", "connection_max", "7",
                                     "consumer_max_per_channel", "infinity", NULL});
    struct engine_options options = engine_options_of(settings, &room);
    cr_assert_eq(options.handshake_timeout_ms, UINT32_MAX);
    cr_assert(options.limit_connections);
    cr_assert_eq(options.connections_max, 7);
    cr_assert_eq(broker_options_of(settings).consumers_max, 0);
    bytes_finish(&room);
    settings_free(settings);
}

Test(from_settings, takes_no_connections_for_a_limit_too)
{
    struct bytes room = {0};
    struct settings *settings = settings_of((const char *[]){"connection_max", "0", NULL});
    struct engine_options options = engine_options_of(settings, &room);
    cr_assert(options.limit_connections);
    cr_assert_eq(options.connections_max, 0);
    bytes_finish(&room);
    settings_free(settings);
}

Test(from_settings, makes_a_secret_of_its_own_for_each_broker)
{
    struct settings *settings = settings_new();
    struct broker_options one = broker_options_of(settings), two = broker_options_of(settings);
    cr_assert_neq(memcmp(&one.secret, &two.secret, sizeof one.secret), 0);
    cr_assert_eq(one.message_size_max, 134217728);
    cr_assert(!one.refuse_transient_queues);
    settings_free(settings);
}

Test(from_settings, reads_versions_and_ciphers_of_tls)
{
    struct bytes room = {0};
    struct settings *settings = settings_of(
        (const char *[]){"ssl_options.versions.1", "tlsv1.2", "ssl_options.versions.2", "tlsv1.1",
                         "ssl_options.ciphers.1", "A", "ssl_options.ciphers.2", "B",
                         "ssl_options.verify", "verify_peer", "ssl_options.depth", "3", NULL});
    struct tls_options options = tls_options_of(settings, &room);
    cr_assert_eq(options.versions, TLS_VERSION_1_1 | TLS_VERSION_1_2);
    cr_assert_str_eq(options.ciphers, "A:B");
    cr_assert(options.verify_peer);
    cr_assert(!options.fail_if_no_peer_cert);
    cr_assert_eq(options.depth, 3);
    cr_assert_null(options.password);
    cr_assert_null(options.certfile);
    bytes_finish(&room);
    settings_free(settings);
}

static enum tls_name_source source_with(const char *key, const char *value)
{
    struct bytes room = {0};
    struct settings *settings = settings_of((const char *[]){key, value, NULL});
    enum tls_name_source source = tls_options_of(settings, &room).name_source;
    bytes_finish(&room);
    settings_free(settings);
    return source;
}

Test(from_settings, takes_names_from_certificates_only_if_external_is_offered)
{
    cr_assert_eq(source_with("ssl_cert_login_from", "distinguished_name"), TLS_NAME_DISTINGUISHED);
    cr_assert_eq(source_with("ssl_cert_login_from", "common_name"), TLS_NAME_COMMON);
    cr_assert_eq(source_with("ssl_cert_login_from", "subject_alt_name"), TLS_NAME_ALTERNATIVE);
    cr_assert_eq(source_with("auth_mechanisms.1", "PLAIN"), TLS_NAME_NONE);
}

Test(from_settings, sets_up_sockets)
{
    struct settings *settings = settings_of((const char *[]){
        "tcp_listen_options.backlog", "4096", "tcp_listen_options.sndbuf", "8192",
        "tcp_listen_options.linger.on", "false", "tcp_listen_options.keepalive", "true", NULL});
    struct acceptor_options options = acceptor_options_of(settings, NULL);
    cr_assert_eq(options.backlog, 4096);
    cr_assert_eq(options.send_buffer, 8192);
    cr_assert_eq(options.receive_buffer, 0);
    cr_assert_eq(options.linger_s, -1);
    cr_assert(options.nodelay);
    cr_assert(options.keepalive);
    settings_free(settings);
}
