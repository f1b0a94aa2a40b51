#include "server/conn_events.h"

#include <string.h>

#include "amqp/table.h"
#include "base/blob.h"
#include "broker/event.h"
#include "server/conn_internal.h"
#include "server/peer_ends.h"
#include "server/sasl.h"

static struct peer_ends ends_of(const struct conn *conn)
{
    return peer_ends_of(blob_slice(conn->name));
}

/* An address of IP version 4 as RabbitMQ shows it, {127,0,0,1}; any other as it is. */
static void add_host(struct bytes *headers, struct slice name, struct slice host)
{
    struct bytes tuple = {0};
    bool is_v4 = host.len > 0;
    bytes_add_u8(&tuple, '{');
    for (size_t i = 0; i < host.len; i++) {
        bool digit = host.ptr[i] >= '0' && host.ptr[i] <= '9';
        is_v4 = is_v4 && (digit || host.ptr[i] == '.');
        bytes_add_u8(&tuple, digit ? host.ptr[i] : ',');
    }
    bytes_add_u8(&tuple, '}');
    table_add_string(headers, name, is_v4 ? bytes_slice(&tuple) : host);
    bytes_finish(&tuple);
}

static void add_str(struct bytes *headers, const char *name, const char *value)
{
    table_add_string(headers, (struct slice){(const uint8_t *)name, strlen(name)},
                     (struct slice){(const uint8_t *)value, strlen(value)});
}

/* What both events of a connection have. */
static void add_identity(struct bytes *headers, const struct conn *conn)
{
    event_add_pid(headers, conn->engine->broker, SLICE("pid"), conn->id, 0);
    table_add_string(headers, SLICE("name"), blob_slice(conn->name));
    if (conn->given_name) {
        table_add_string(headers, SLICE("user_provided_name"), blob_slice(conn->given_name));
    }
}

static void add_client_properties(struct bytes *headers, const struct conn *conn)
{
    if (conn->client_properties) {
        event_add_terms(headers, SLICE("client_properties"), blob_slice(conn->client_properties));
    }
}

static void add_address(struct bytes *headers, const struct conn *conn)
{
    struct peer_ends ends = ends_of(conn);
    table_add_bool(headers, SLICE("ssl"), conn->tls);
    add_str(headers, "auth_mechanism", sasl_mechanism_name((enum sasl_mechanism)conn->mechanism));
    add_str(headers, "protocol", "{0,9,1}");
    table_add_i64(headers, SLICE("peer_port"), (int64_t)ends.peer_port);
    add_host(headers, SLICE("peer_host"), ends.peer_host);
    add_host(headers, SLICE("host"), ends.host);
}

static void tell(const struct conn *conn, const char *key, struct bytes *headers)
{
    broker_tell_event(conn->engine->broker, key, bytes_slice(headers));
    bytes_finish(headers);
}

void conn_event_opened(const struct conn *conn)
{
    struct engine *engine = conn->engine;
    struct bytes headers = {0};
    if (!broker_wants_events(engine->broker)) {
        return;
    }
    uint64_t connected_at = conn->connected_ms + engine->options.wall_offset_ms;
    uint64_t frame_max = conn->body_max == UINT32_MAX ? 0 : conn->body_max + FRAME_OVERHEAD;
    broker_set_actor(engine->broker, blob_slice(conn->user));
    table_add_i64(&headers, SLICE("connected_at"), (int64_t)connected_at);
    add_client_properties(&headers, conn);
    table_add_i64(&headers, SLICE("channel_max"), conn->channel_max);
    table_add_i64(&headers, SLICE("frame_max"), (int64_t)frame_max);
    table_add_i64(&headers, SLICE("timeout"), conn->heartbeat_s);
    table_add_string(&headers, SLICE("vhost"), blob_slice(conn->vhost));
    table_add_string(&headers, SLICE("user"), blob_slice(conn->user));
    add_address(&headers, conn);
    table_add_i64(&headers, SLICE("port"), (int64_t)ends_of(conn).port);
    add_str(&headers, "type", "network");
    add_identity(&headers, conn);
    tell(conn, "connection.created", &headers);
}

void conn_event_closed(const struct conn *conn)
{
    struct bytes headers = {0};
    if (broker_wants_events(conn->engine->broker)) {
        add_client_properties(&headers, conn);
        add_identity(&headers, conn);
        tell(conn, "connection.closed", &headers);
    }
}

void conn_event_login(const struct conn *conn, struct slice user, struct slice why)
{
    struct broker *broker = conn->engine->broker;
    struct bytes headers = {0};
    if (!broker_wants_events(broker)) {
        return;
    }
    if (why.ptr) {
        table_add_string(&headers, SLICE("error"), why);
    }
    add_address(&headers, conn);
    table_add_string(&headers, SLICE("connection_name"), blob_slice(conn->name));
    table_add_string(&headers, SLICE("name"), user);
    add_str(&headers, "connection_type", "network");
    tell(conn, why.ptr ? "user.authentication.failure" : "user.authentication.success", &headers);
}
