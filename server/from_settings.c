#include "server/from_settings.h"

#include "base/check.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "persist/record.h"
#include "server/random.h"

/* Where the settings know "infinity" and 0, those who carry them out know 0 for no limit. */
static uint32_t limit_of(uint64_t value)
{
    return value > UINT32_MAX ? 0 : (uint32_t)value;
}

static uint32_t capped(uint64_t value)
{
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static const char *text_or_null(const char *text)
{
    return *text ? text : NULL;
}

struct broker_options broker_options_of(const struct settings *settings)
{
    return (struct broker_options){
        .secret = random_hash_key(),
        .durable = !settings->storage_in_memory,
        .message_size_max = capped(settings->max_message_size),
        .consumer_timeout_ms = limit_of(settings->consumer_timeout),
        .consumers_max = limit_of(settings->consumer_max_per_channel),
        .channels_max = limit_of(settings->channel_max_per_node),
        .refuse_transient_queues = !settings->permit_transient_nonexcl_queues,
        .default_queue_kind = (uint8_t)settings->default_queue_type, // both count alike
    };
}

struct slice event_vhost_of(const struct settings *settings)
{
    const char *vhost = text_or_null(settings->event_exchange_vhost);
    return format_slice(vhost ? vhost : settings->default_vhost);
}

static bool is_external(const struct setting_item *mechanism)
{
    return slice_eq(format_slice(mechanism->value), SLICE("EXTERNAL"));
}

/* The engine offers EXTERNAL by itself, to those who have the certificate for it. */
static struct slice mechanisms_of(const struct settings *settings, struct bytes *room)
{
    const struct setting_list *list = &settings->auth_mechanisms;
    for (size_t i = 0; i < list->count; i++) {
        if (!is_external(&list->items[i])) {
            bytes_add(room, room->len > 0 ? SLICE(" ") : SLICE(""));
            bytes_add(room, format_slice(list->items[i].value));
        }
    }
    return bytes_slice(room);
}

/* As server-properties and the log have it. */
static struct slice mode_of(const struct settings *settings)
{
    return settings->storage_in_memory ? SLICE("memory")
           : settings->storage_sync    ? SLICE("synced")
                                       : SLICE("no-sync");
}

struct engine_options engine_options_of(const struct settings *settings, struct bytes *room)
{
    return (struct engine_options){
        .mechanisms = mechanisms_of(settings, room),
        .anonymous_user = format_slice(settings->anonymous_login_user),
        .product = format_slice(settings->product_name),
        .product_version = format_slice(settings->product_version),
        .cluster_name = format_slice(settings->cluster_name),
        .storage = mode_of(settings),
        .channel_max = (uint16_t)settings->channel_max,
        .heartbeat_s = (uint16_t)settings->heartbeat,
        .frame_max = capped(settings->frame_max),
        .initial_frame_max = capped(settings->initial_frame_max),
        .handshake_timeout_ms = capped(settings->handshake_timeout),
        .limit_connections = settings->connection_max <= UINT32_MAX,
        .connections_max = capped(settings->connection_max),
    };
}

struct store_options store_options_of(const struct settings *settings)
{
    return (struct store_options){
        .segment_size = settings->storage_segment_size / RECORD_ALIGN * RECORD_ALIGN,
        .no_sync = !settings->storage_sync,
    };
}

static uint32_t versions_of(const struct setting_list *list)
{
    static const struct {
        struct slice name;
        enum tls_version version;
    } known[] = {
        {{(const uint8_t *)"tlsv1.3", 7}, TLS_VERSION_1_3},
        {{(const uint8_t *)"tlsv1.2", 7}, TLS_VERSION_1_2},
        {{(const uint8_t *)"tlsv1.1", 7}, TLS_VERSION_1_1},
        {{(const uint8_t *)"tlsv1", 5}, TLS_VERSION_1_0},
    };
    uint32_t versions = 0;
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            if (slice_eq(format_slice(list->items[i].value), known[k].name)) {
                versions |= known[k].version;
            }
        }
    }
    return versions;
}

static const char *ciphers_of(const struct setting_list *list, struct bytes *room)
{
    for (size_t i = 0; i < list->count; i++) {
        bytes_add(room, i > 0 ? SLICE(":") : SLICE(""));
        bytes_add(room, format_slice(list->items[i].value));
    }
    bytes_add_u8(room, '\0');
    return text_or_null((const char *)room->ptr);
}

static enum tls_name_source name_source_of(const struct settings *settings)
{
    bool external = false;
    for (size_t i = 0; i < settings->auth_mechanisms.count; i++) {
        external |= is_external(&settings->auth_mechanisms.items[i]);
    }
    if (!external) {
        return TLS_NAME_NONE;
    }
    switch ((enum cert_login_source)settings->ssl_cert_login_from) {
    case CERT_LOGIN_DISTINGUISHED_NAME:
        return TLS_NAME_DISTINGUISHED;
    case CERT_LOGIN_COMMON_NAME:
        return TLS_NAME_COMMON;
    case CERT_LOGIN_ALTERNATIVE_NAME:
    case CERT_LOGIN_ALT_NAME:
        return settings->ssl_cert_login_san_type == CERT_SAN_OTHER_NAME ? TLS_NAME_NONE
                                                                        : TLS_NAME_ALTERNATIVE;
    }
    CHECK(false && "an unknown source of names");
    return TLS_NAME_NONE;
}

static enum tls_name_type name_type_of(const struct settings *settings)
{
    switch ((enum cert_login_san_type)settings->ssl_cert_login_san_type) {
    case CERT_SAN_IP:
        return TLS_ALTERNATIVE_IP;
    case CERT_SAN_EMAIL:
        return TLS_ALTERNATIVE_EMAIL;
    case CERT_SAN_URI:
        return TLS_ALTERNATIVE_URI;
    case CERT_SAN_DNS:
    case CERT_SAN_OTHER_NAME: // no name is taken at all
        break;
    }
    return TLS_ALTERNATIVE_DNS;
}

struct tls_options tls_options_of(const struct settings *settings, struct bytes *room)
{
    return (struct tls_options){
        .certfile = text_or_null(settings->ssl_certfile),
        .keyfile = text_or_null(settings->ssl_keyfile),
        .password = text_or_null(settings->ssl_password),
        .cacertfile = text_or_null(settings->ssl_cacertfile),
        .ciphers = ciphers_of(&settings->ssl_ciphers, room),
        .versions = versions_of(&settings->ssl_versions),
        .depth = capped(settings->ssl_depth),
        .verify_peer = settings->ssl_verify == TLS_VERIFY_PEER,
        .fail_if_no_peer_cert = settings->ssl_fail_if_no_peer_cert,
        .client_order = !settings->ssl_honor_cipher_order,
        .allow_renegotiation = settings->ssl_client_renegotiation,
        .name_source = name_source_of(settings),
        .name_type = name_type_of(settings),
        .name_index = capped(settings->ssl_cert_login_san_index),
    };
}

struct tls_options management_tls_options_of(const struct settings *settings, struct bytes *room)
{
    return (struct tls_options){
        .certfile = text_or_null(settings->management_ssl_certfile),
        .keyfile = text_or_null(settings->management_ssl_keyfile),
        .password = text_or_null(settings->management_ssl_password),
        .cacertfile = text_or_null(settings->management_ssl_cacertfile),
        .ciphers = ciphers_of(&settings->management_ssl_ciphers, room),
        .versions = versions_of(&settings->management_ssl_versions),
        .depth = capped(settings->management_ssl_depth),
        .verify_peer = settings->management_ssl_verify == TLS_VERIFY_PEER,
        .fail_if_no_peer_cert = settings->management_ssl_fail_if_no_peer_cert,
        .client_order = !settings->management_ssl_honor_cipher_order,
        .allow_renegotiation = settings->management_ssl_client_renegotiation,
        .name_source = TLS_NAME_NONE,
    };
}

struct tls_options metrics_tls_options_of(const struct settings *settings, struct bytes *room)
{
    return (struct tls_options){
        .certfile = text_or_null(settings->prometheus_ssl_certfile),
        .keyfile = text_or_null(settings->prometheus_ssl_keyfile),
        .password = text_or_null(settings->prometheus_ssl_password),
        .cacertfile = text_or_null(settings->prometheus_ssl_cacertfile),
        .ciphers = ciphers_of(&settings->prometheus_ssl_ciphers, room),
        .versions = versions_of(&settings->prometheus_ssl_versions),
        .depth = capped(settings->prometheus_ssl_depth),
        .verify_peer = settings->prometheus_ssl_verify == TLS_VERIFY_PEER,
        .fail_if_no_peer_cert = settings->prometheus_ssl_fail_if_no_peer_cert,
        .client_order = !settings->prometheus_ssl_honor_cipher_order,
        .allow_renegotiation = settings->prometheus_ssl_client_renegotiation,
        .name_source = TLS_NAME_NONE,
    };
}

struct acceptor_options acceptor_options_of(const struct settings *settings, struct tls *tls)
{
    return (struct acceptor_options){
        .tls = tls,
        .backlog = (int)settings->tcp_backlog,
        .send_buffer = (int)settings->tcp_sndbuf,
        .receive_buffer = (int)settings->tcp_recbuf,
        .linger_s = settings->tcp_linger_on ? (int)settings->tcp_linger_timeout : -1,
        .nodelay = settings->tcp_nodelay,
        .keepalive = settings->tcp_keepalive,
    };
}
