#ifndef ADMIN_REQUEST_H
#define ADMIN_REQUEST_H

#include "base/slice.h"

/* M(name): the methods of HTTP that a path may have. */
#define HTTP_METHODS(M)                                                                            \
    M(HEAD)                                                                                        \
    M(GET)                                                                                         \
    M(PUT)                                                                                         \
    M(POST)                                                                                        \
    M(DELETE)                                                                                      \
    M(OPTIONS)                                                                                     \
    M(PATCH)

enum http_method {
#define M(name) HTTP_##name,
    HTTP_METHODS(M)
#undef M
        HTTP_OTHER
};

/* A request as it arrived; everything is borrowed for the length of the call. */
struct request {
    enum http_method method;
    struct slice target; // path and query
    struct slice body;
    struct slice authorization; // headers; NULL as the ptr of those that were not sent
    struct slice accept;
    struct slice content_type;
    struct slice reason; // X-Reason
    struct slice origin;
    struct slice wanted_headers; // Access-Control-Request-Headers
    struct slice peer;           // the address, for the log
    uint64_t now_ms;
    bool loopback;
    bool trusted; // from the broker's own user or root, through the local socket
};

#endif
