#include "admin/listeners.h"

#include <arpa/inet.h>

#include "admin/api_internal.h"
#include "server/address.h"
#include "server/server.h"

static struct slice host_of(struct call *call, const struct address *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address->ipv4.sin_addr, text, sizeof text);
    } else if (address->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address->ipv6.sin6_addr, text, sizeof text);
    }
    return arena_copy(&call->arena, (struct slice){(const uint8_t *)text, strlen(text)});
}

size_t listeners_find(struct call *call, struct listening out[LISTENERS_MAX])
{
    const struct api *api = call->api;
    size_t count = 0;
    const struct address *address;
    bool tls;
    while (api->options.server && count + 1 < LISTENERS_MAX &&
           (address = server_listener(api->options.server, count, &tls))) {
        out[count++] = (struct listening){.protocol = tls ? "amqp/ssl" : "amqp",
                                          .address = host_of(call, address),
                                          .port = address_port(address)};
    }
    if (api->port != 0) {
        const char *ip = api->options.settings->management_tcp_ip;
        struct slice host = {(const uint8_t *)ip, strlen(ip)};
        out[count++] = (struct listening){
            .protocol = "http", .address = host.len > 0 ? host : SLICE("::"), .port = api->port};
    }
    return count;
}
