#include "admin/listeners.h"

#include <arpa/inet.h>

#include "admin/api_internal.h"
#include "base/check.h"
#include "conf/format.h"
#include "server/address.h"
#include "server/server.h"

static const char *format_host(const struct address *address, char *room, size_t size)
{
    room[0] = '\0';
    if (address->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address->ipv4.sin_addr, room, (socklen_t)size);
    } else if (address->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address->ipv6.sin6_addr, room, (socklen_t)size);
    }
    return room;
}

static struct slice host_of(struct call *call, const struct address *address)
{
    char room[INET6_ADDRSTRLEN];
    return arena_copy(&call->arena, format_slice(format_host(address, room, sizeof room)));
}

void api_add_listener(struct api *api, const char *protocol, const struct address *address)
{
    CHECK(api->listener_count < API_LISTENERS_MAX);
    struct api_listener *listener = &api->listeners[api->listener_count++];
    listener->protocol = protocol;
    listener->port = address_port(address);
    format_host(address, listener->host, sizeof listener->host);
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
    for (uint8_t i = 0; i < api->listener_count && count < LISTENERS_MAX; i++) {
        const struct api_listener *listener = &api->listeners[i];
        out[count++] = (struct listening){.protocol = listener->protocol,
                                          .address = format_slice(listener->host),
                                          .port = listener->port};
    }
    return count;
}
