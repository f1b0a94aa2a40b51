#include "server/address.h"

#include <arpa/inet.h>
#include <netdb.h>

struct address address_any_ipv4(uint16_t port)
{
    return (struct address){.ipv4 = {.sin_family = AF_INET, .sin_port = htons(port)},
                            .len = sizeof(struct sockaddr_in)};
}

struct address address_any_ipv6(uint16_t port)
{
    return (struct address){.ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)},
                            .len = sizeof(struct sockaddr_in6)};
}

bool address_of_path(const char *path, struct address *out)
{
    *out = (struct address){.local = {.sun_family = AF_UNIX}, .len = sizeof(struct sockaddr_un)};
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof out->local.sun_path) {
        return false;
    }
    memcpy(out->local.sun_path, path, len);
    return true;
}

int address_resolve(const char *host, uint16_t port, struct address *out, int max)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int count = 0;
    if (getaddrinfo(host, NULL, &hints, &found) != 0) {
        return 0;
    }
    for (const struct addrinfo *at = found; at && count < max; at = at->ai_next) {
        struct address *address = &out[count];
        *address = (struct address){.len = at->ai_addrlen};
        if (at->ai_family == AF_INET) {
            memcpy(&address->ipv4, at->ai_addr, sizeof address->ipv4);
            address->ipv4.sin_port = htons(port);
            count++;
        } else if (at->ai_family == AF_INET6) {
            memcpy(&address->ipv6, at->ai_addr, sizeof address->ipv6);
            address->ipv6.sin6_port = htons(port);
            count++;
        }
    }
    freeaddrinfo(found);
    return count;
}

static void format_ipv6(const struct sockaddr_in6 *address, struct text *out)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (IN6_IS_ADDR_V4MAPPED(&address->sin6_addr)) {
        inet_ntop(AF_INET, &address->sin6_addr.s6_addr[12], text, sizeof text);
        text_add_str(out, text);
    } else {
        inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
        text_add_str(out, "[");
        text_add_str(out, text);
        text_add_str(out, "]");
    }
}

void address_format(const struct address *address, struct text *out)
{
    char host[INET_ADDRSTRLEN] = "";
    if (address_is_unix(address)) {
        text_add_str(out, "unix:");
        text_add_str(out, address->local.sun_path);
        return;
    }
    if (address->any.sa_family == AF_INET6) {
        format_ipv6(&address->ipv6, out);
    } else {
        inet_ntop(AF_INET, &address->ipv4.sin_addr, host, sizeof host);
        text_add_str(out, host);
    }
    text_add_str(out, ":");
    text_add_u64(out, address_port(address));
}

bool address_is_loopback(const struct address *address)
{
    if (address_is_unix(address)) {
        return true;
    }
    if (address->any.sa_family == AF_INET) {
        return ntohl(address->ipv4.sin_addr.s_addr) >> 24 == 127;
    }
    const struct in6_addr *host = &address->ipv6.sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(host) || (IN6_IS_ADDR_V4MAPPED(host) && host->s6_addr[12] == 127);
}

bool address_is_unix(const struct address *address)
{
    return address->any.sa_family == AF_UNIX;
}

uint16_t address_port(const struct address *address)
{
    switch (address->any.sa_family) {
    case AF_INET:
        return ntohs(address->ipv4.sin_port);
    case AF_INET6:
        return ntohs(address->ipv6.sin6_port);
    default:
        return 0;
    }
}
