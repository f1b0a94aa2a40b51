#ifndef SERVER_TRANSPORT_PLAIN_H
#define SERVER_TRANSPORT_PLAIN_H

#include "server/transport.h"

/* Octets as they are. */
extern const struct transport transport_plain;

#endif
