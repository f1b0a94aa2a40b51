#ifndef CONF_LISTENER_H
#define CONF_LISTENER_H

#include "base/bytes.h"

/* A place to listen at. */
struct listener {
    char *name;    // owned; the last part of the key, such as "default"
    char *host;    // owned; an address or a host name; NULL: all addresses, IPv6 and IPv4
    char *path;    // owned; a unix socket's, else NULL; host and port are unused then
    uint16_t port; // 0 takes a free one
};

/* Reads a port, host:port, [address]:port, address:port of IPv6 (the last colon counts) or
 * unix:/path, the last with an optional :0 as Erlang wants it. Fills all but the name and returns
 * true, or touches nothing. */
bool listener_parse(struct slice text, struct listener *listener);

/* Appends the form that listener_parse reads. */
void listener_print(const struct listener *listener, struct bytes *out);

void listener_finish(struct listener *listener);

#endif
