#ifndef ADMIN_API_INTERNAL_H
#define ADMIN_API_INTERNAL_H

#include "admin/api.h"
#include "broker/vhost.h"
#include "broker/view.h"
#include "conf/settings.h"
#include "server/engine.h"

struct api_listener {
    const char *protocol; // borrowed
    char host[46];        // an address of IPv6 at most
    uint16_t port;
};

/* What the handlers of the API see of it. */
struct api {
    struct api_options options;
    struct login_memory *logins; // owned
    struct api_listener listeners[API_LISTENERS_MAX];
    uint8_t listener_count;
    struct sampler *sampler; // owned; NULL: there are no rates
};

static inline const struct settings *call_settings(const struct call *call)
{
    return call->api->options.settings;
}

/* Definitions may be asked for with the parameter `auth` in place of a header, which a browser does
 * not send with the file of a form. The call's request is *room then. */
void call_take_credentials(struct call *call, call_handler handler, struct request *room);

/* The scope of views for the virtual host of the path, or for all. */
static inline struct view_scope call_scope(struct call *call)
{
    return (struct view_scope){.vhost = call->vhost, .arena = &call->arena};
}

#endif
