#ifndef ADMIN_LISTENERS_H
#define ADMIN_LISTENERS_H

#include "admin/call.h"

/* Where the broker listens, of every protocol. */
enum { LISTENERS_MAX = 32 };

struct listening {
    const char *protocol; // "amqp", "amqp/ssl", "http"
    struct slice address; // in the call's arena
    uint16_t port;
};

/* Fills `out` and returns how many there are. */
size_t listeners_find(struct call *call, struct listening out[LISTENERS_MAX]);

#endif
