#include "admin/contexts.h"

#include "admin/api_internal.h"
#include "admin/listeners.h"
#include "conf/format.h"

/* Those of RabbitMQ's HTTP server, which it tells: its default. */
#define COWBOY_OPTIONS "[{sendfile,false}]"

static bool is_amqp(const struct listening *listening)
{
    return strncmp(listening->protocol, "amqp", 4) == 0;
}

static bool is_metrics(const char *protocol)
{
    return strstr(protocol, "/prometheus");
}

static bool is_any_address(struct slice address)
{
    return slice_eq(address, SLICE("::")) || slice_eq(address, SLICE("0.0.0.0"));
}

static void write_tcp_options(struct writer *w, const struct settings *settings)
{
    write_u64(w, "backlog", settings->tcp_backlog);
    write_truth(w, "nodelay", settings->tcp_nodelay);
    write_array(w, "linger");
    write_truth(w, NULL, settings->tcp_linger_on);
    write_u64(w, NULL, settings->tcp_linger_timeout);
    write_end(w);
    write_truth(w, "exit_on_close", false);
}

static void write_http_options(struct writer *w, const struct listening *listening)
{
    write_object(w, "cowboy_opts");
    write_truth(w, "sendfile", false);
    write_end(w);
    if (!is_any_address(listening->address)) {
        write_text(w, "ip", listening->address);
    }
    write_u64(w, "port", listening->port);
    if (is_metrics(listening->protocol)) {
        write_str(w, "protocol", listening->protocol);
    }
    if (strncmp(listening->protocol, "https", 5) == 0) {
        write_truth(w, "ssl", true);
    }
}

static void write_listener(struct writer *w, const struct call *call,
                           const struct listening *listening)
{
    write_object(w, NULL);
    write_str(w, "node", call->api->options.node);
    write_str(w, "protocol", listening->protocol);
    write_text(w, "ip_address", listening->address);
    write_u64(w, "port", listening->port);
    write_object(w, "socket_opts");
    if (is_amqp(listening)) {
        write_tcp_options(w, call_settings(call));
    } else {
        write_http_options(w, listening);
    }
    write_end(w);
    write_end(w);
}

void write_listeners(struct writer *w, struct call *call)
{
    struct listening found[LISTENERS_MAX];
    size_t count = listeners_find(call, found);
    write_array(w, "listeners");
    for (size_t i = 0; i < count; i++) {
        write_listener(w, call, &found[i]);
    }
    write_end(w);
}

/* RabbitMQ shows what it has been told as Erlang would write it. */
static void write_quoted(struct writer *w, const char *name, const char *value)
{
    struct bytes quoted = {0};
    format_add(&quoted, "'%s'", value);
    write_text(w, name, bytes_slice(&quoted));
    bytes_finish(&quoted);
}

static void write_port(struct writer *w, uint16_t port)
{
    struct bytes digits = {0};
    format_add(&digits, "%u", (unsigned)port);
    write_text(w, "port", bytes_slice(&digits));
    bytes_finish(&digits);
}

static void write_context(struct writer *w, const struct api_listener *listener, const char *node)
{
    struct slice host = format_slice(listener->host);
    bool metrics = is_metrics(listener->protocol);
    write_object(w, NULL);
    if (node) {
        write_array(w, "ssl_opts");
        write_end(w);
        write_str(w, "node", node);
    }
    write_str(w, "description", metrics ? "RabbitMQ Prometheus" : "RabbitMQ Management");
    write_str(w, "path", "/");
    write_str(w, "cowboy_opts", COWBOY_OPTIONS);
    if (host.len > 0 && !is_any_address(host)) {
        write_text(w, "ip", host);
    }
    write_port(w, listener->port);
    if (metrics) {
        write_quoted(w, "protocol", listener->protocol);
    }
    if (strncmp(listener->protocol, "https", 5) == 0) {
        write_str(w, "ssl", "true");
    }
    write_end(w);
}

void write_contexts(struct writer *w, const struct api *api, const char *node)
{
    write_array(w, "contexts");
    for (uint8_t i = 0; i < api->listener_count; i++) {
        write_context(w, &api->listeners[i], node);
    }
    write_end(w);
}
