#ifndef CONF_SOCKET_PLACES_H
#define CONF_SOCKET_PLACES_H

#include <stddef.h>

/* The directories of local sockets, at which brokers are managed without a password. A broker takes
 * the first of them that it can have to itself; the command line looks into all. The file is named
 * after the node and its AMQP port: "rabbit@host:5672.sock". */
enum { SOCKET_PLACES_MAX = 3, SOCKET_PLACE_ROOM = 100 };

#define SOCKET_PLACE_SYSTEM "/run/leveret" // only root, or who was given it, can have it
#define SOCKET_SUFFIX ".sock"

struct socket_places {
    char paths[SOCKET_PLACES_MAX][SOCKET_PLACE_ROOM];
    size_t count;
};

/* `runtime_directory` is the variable XDG_RUNTIME_DIR, or NULL. */
struct socket_places socket_places_of(const char *runtime_directory, unsigned user);

#endif
