#ifndef SERVER_ADDRESS_H
#define SERVER_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/slice.h"
#include "base/text.h"

/* Where to listen, or who is at an end of a socket: IPv4, IPv6 or a unix path. */
struct address {
    union {
        struct sockaddr any; // any.sa_family says which one it is
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
        struct sockaddr_un local;
    };
    socklen_t len; // of the one in use; sizeof the union when it is to be filled in
};

/* Every interface, in IPv6 (which takes IPv4 in) or in IPv4 alone. */
struct address address_any_ipv6(uint16_t port);
struct address address_any_ipv4(uint16_t port);

/* False if the path is too long. */
bool address_of_path(const char *path, struct address *out);

/* Looks a host name or numeric address up and returns how many addresses were found and put into
 * `out`, at most `max`. May take as long as the resolver does. */
int address_resolve(const char *host, uint16_t port, struct address *out, int max);

/* "127.0.0.1:5672", "[::1]:5672" or "unix:/path". An IPv4 address mapped into IPv6 is shown as the
 * IPv4 address that it is, as RabbitMQ does. */
void address_format(const struct address *address, struct text *out);

/* 127.0.0.0/8, ::1, and any unix socket. */
bool address_is_loopback(const struct address *address);

/* The octets there are for a system call that fills an address in. */
enum { ADDRESS_ROOM = sizeof(struct sockaddr_un) };

bool address_is_unix(const struct address *address);
uint16_t address_port(const struct address *address); // 0 for a unix path

#endif
