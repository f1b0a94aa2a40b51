#ifndef ADMIN_ROUTES_H
#define ADMIN_ROUTES_H

#include "admin/call.h"

/* Who may use an endpoint. Where the path names a virtual host, one who is not an administrator
 * (or, in SCOPE_MONITORING, does not monitor) needs permissions in it besides. */
enum scope {
    SCOPE_PUBLIC,          // anybody, without a login
    SCOPE_LOGIN,           // whoever can log in to the management
    SCOPE_VHOST_VISIBLE,   // the same, and the virtual host of the path is one of the user's
    SCOPE_VHOST_MONITORED, // the same, or the user monitors
    SCOPE_MONITORING,
    SCOPE_METRICS, // the same; what is answered is no JSON
    SCOPE_POLICYMAKER,
    SCOPE_ADMINISTRATOR,
};

struct route {
    const char *path; // "/api/queues/:vhost/:name"
    enum http_method method;
    enum scope scope;
    call_handler handler;
};

/* Finds the row for the call's path and method and sets the call's arguments. NULL if there is
 * none; *allowed then is a set of the methods (1 << enum http_method) that the path has, 0 if there
 * is no such path. A HEAD is a GET. */
const struct route *routes_find(struct call *call, uint32_t *allowed);

/* All rows, for tests and documents. */
const struct route *routes_all(size_t *count);

#endif
