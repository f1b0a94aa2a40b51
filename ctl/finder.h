#ifndef CTL_FINDER_H
#define CTL_FINDER_H

#include <stdbool.h>

#include "base/text.h"
#include "ctl/http.h"

/* Finds the broker of this machine that is meant, by the sockets in the places of
 * conf/socket_places.h. A directory that another user could have put there is passed over: what we
 * say to a broker may be a password. */
struct finder {
    const char *socket;            // a path that was given, or NULL: it is taken as it is
    const char *node;              // that was given, or NULL; also a port, or a path
    const char *runtime_directory; // XDG_RUNTIME_DIR, or NULL
    unsigned user;                 // who asks
};

/* Whether a socket named "rabbit@host:5672" is that of this node: "rabbit@host:5672",
 * "rabbit@host", "rabbit", "rabbit@localhost" or "5672". */
bool finder_matches(const char *name, const char *node);

/* 0 with the path in server->socket, or a negative errno with the reason: -ENOENT if there is none,
 * -EACCES if it is not for us, -ENOTUNIQ if there are several. Without a node, one that serves AMQP
 * at port 5672 is preferred. */
int finder_find(const struct finder *finder, struct http_server *server, struct text *why);

#endif
