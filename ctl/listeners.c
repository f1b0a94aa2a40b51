#include "ctl/listeners.h"

#include <string.h>

#include "conf/format.h"

static const char *purpose_of(const char *protocol)
{
    static const struct {
        const char *protocol;
        const char *purpose;
    } purposes[] = {
        {"amqp", "AMQP 0-9-1"},
        {"amqp/ssl", "AMQP 0-9-1 over TLS"},
        {"http", "HTTP API"},
        {"https", "HTTP API over TLS (HTTPS)"},
        {"http/prometheus", "Prometheus exporter API over HTTP"},
        {"https/prometheus", "Prometheus exporter API over TLS (HTTPS)"},
    };
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++) {
        if (strcmp(purposes[i].protocol, protocol) == 0) {
            return purposes[i].purpose;
        }
    }
    return "";
}

/* IPv6 in brackets; a unix socket has no address. */
static void add_interface(struct bytes *out, const json_t *listener)
{
    const char *address = member_text(listener, "ip_address");
    bool ipv6 = strchr(address, ':');
    format_add(out, "%s%s%s", ipv6 ? "[" : "", *address ? address : "unix", ipv6 ? "]" : "");
}

static long long port_of(const json_t *listener)
{
    return json_integer_value(json_object_get(listener, "port"));
}

void listeners_print(const struct run *run, const json_t *overview, const char *before)
{
    size_t index;
    json_t *listener;
    json_array_foreach(json_object_get(overview, "listeners"), index, listener)
    {
        struct bytes interface = {0};
        const char *protocol = member_text(listener, "protocol");
        add_interface(&interface, listener);
        fprintf(run->out, "%s%snterface: %.*s, port: %lld, protocol: %s, purpose: %s\n", before,
                *before ? "i" : "I", (int)interface.len, (const char *)interface.ptr,
                port_of(listener), protocol, purpose_of(protocol));
        bytes_finish(&interface);
    }
}

json_t *listeners_json(const json_t *overview)
{
    size_t index;
    json_t *listener;
    json_t *list = json_array();
    json_array_foreach(json_object_get(overview, "listeners"), index, listener)
    {
        struct bytes interface = {0};
        const char *protocol = member_text(listener, "protocol");
        add_interface(&interface, listener);
        json_array_append_new(list, json_pack("{s:s%,s:s,s:I,s:s,s:s}", "interface",
                                              (const char *)interface.ptr, interface.len, "node",
                                              member_text(listener, "node"), "port",
                                              (json_int_t)port_of(listener), "protocol", protocol,
                                              "purpose", purpose_of(protocol)));
        bytes_finish(&interface);
    }
    return list;
}

void listeners_add_ports(struct bytes *out, const json_t *overview)
{
    size_t index;
    json_t *listener;
    json_array_foreach(json_object_get(overview, "listeners"), index, listener)
    {
        format_add(out, "%s%lld", index > 0 ? ", " : "", port_of(listener));
    }
}
