#ifndef ADMIN_HEADERS_H
#define ADMIN_HEADERS_H

#include "admin/reply.h"
#include "admin/request.h"

struct settings;

/* The headers of every answer of the API: what browsers are told of caching and of safety, and, to
 * pages of origins that may use the API, that they may (CORS). */
void headers_add(const struct settings *settings, const struct request *request,
                 struct reply *reply);

/* What a browser asks before it sends such a page's request: the methods (reply->allow), any
 * headers that it names, and for how long this holds. */
void headers_add_preflight(const struct settings *settings, const struct request *request,
                           struct reply *reply);

#endif
