#include "admin/headers.h"

#include <stdio.h>

#include "conf/format.h"
#include "conf/settings.h"

/* Whether pages of the request's origin may use the API. */
static bool may_share(const struct settings *settings, const struct request *request)
{
    const struct setting_list *origins = &settings->management_cors_origins;
    for (size_t i = 0; request->origin.ptr && i < origins->count; i++) {
        struct slice origin = format_slice(origins->items[i].value);
        if (slice_eq(origin, request->origin) || slice_eq(origin, SLICE("*"))) {
            return true;
        }
    }
    return false;
}

static void add_if_set(struct reply *reply, const char *name, const char *value)
{
    if (*value) {
        reply_header(reply, name, format_slice(value));
    }
}

void headers_add(const struct settings *settings, const struct request *request,
                 struct reply *reply)
{
    reply_header(reply, "Cache-Control", SLICE("no-cache"));
    reply_header(reply, "Vary", SLICE("accept, accept-encoding, origin"));
    add_if_set(reply, "X-Content-Type-Options", settings->management_content_type_options);
    add_if_set(reply, "X-Frame-Options", settings->management_frame_options);
    add_if_set(reply, "X-XSS-Protection", settings->management_xss_protection);
    add_if_set(reply, "Content-Security-Policy", settings->management_csp);
    add_if_set(reply, "Strict-Transport-Security", settings->management_hsts);
    if (may_share(settings, request)) {
        reply_header(reply, "Access-Control-Allow-Origin", request->origin);
        reply_header(reply, "Access-Control-Allow-Credentials", SLICE("true"));
    }
}

void headers_add_preflight(const struct settings *settings, const struct request *request,
                           struct reply *reply)
{
    char seconds[24];
    if (!may_share(settings, request)) {
        return;
    }
    snprintf(seconds, sizeof seconds, "%llu",
             (unsigned long long)settings->management_cors_max_age);
    reply_header(reply, "Access-Control-Max-Age", format_slice(seconds));
    reply_header(reply, "Access-Control-Allow-Methods", bytes_slice(&reply->allow));
    if (request->wanted_headers.ptr) {
        reply_header(reply, "Access-Control-Allow-Headers", request->wanted_headers);
    }
}
