#ifndef SERVER_PEER_ENDS_H
#define SERVER_PEER_ENDS_H

#include "base/slice.h"

/* The host in "127.0.0.1:41000" or "[::1]:41000", without brackets, and the port. A unix socket is
 * a host without a port. Borrowed from the text. */
struct slice peer_end_of(struct slice text, uint64_t *port);

/* The two ends in "127.0.0.1:41000 -> 127.0.0.1:5672", borrowed from it. */
struct peer_ends {
    struct slice peer_host;
    struct slice host;
    uint64_t peer_port;
    uint64_t port;
};

struct peer_ends peer_ends_of(struct slice name);

#endif
