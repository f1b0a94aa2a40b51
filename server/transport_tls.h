#ifndef SERVER_TRANSPORT_TLS_H
#define SERVER_TRANSPORT_TLS_H

#include "server/transport.h"

/* Octets under TLS: stream.tls is an SSL in accept state whose file descriptor is stream.fd. */
extern const struct transport transport_tls;

#endif
