#include "admin/admin.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>

#include "admin/local_socket.h"
#include "admin/transfer.h"
#include "base/memory.h"
#include "conf/log.h"
#include "conf/settings.h"
#include "server/address.h"

enum {
    HEADERS_MAX = 32 * 1024,
    IDLE_SECONDS = 60, // without an octet from or to a client
    BACKLOG = 128,
};

struct admin {
    struct admin_options options;
    struct api *api;     // owned
    struct evhttp *http; // owned
    struct transfers transfers;
    struct local_socket *local; // owned; NULL: not there
};

static void on_request(struct evhttp_request *request, void *arg)
{
    struct admin *admin = arg;
    transfer_begin(&admin->transfers, request);
}

struct admin *admin_new(const struct admin_options *options)
{
    struct admin *admin = memory_new(sizeof *admin);
    const struct settings *settings = options->api.settings;
    admin->options = *options;
    admin->api = api_new(&options->api);
    admin->http = evhttp_new(options->base);
    evhttp_set_gencb(admin->http, on_request, admin);
    evhttp_set_timeout(admin->http, IDLE_SECONDS);
    evhttp_set_max_headers_size(admin->http, HEADERS_MAX);
    evhttp_set_max_body_size(admin->http, (ev_ssize_t)settings->management_max_body_size);
    evhttp_set_default_content_type(admin->http, NULL);
    evhttp_set_allowed_methods(admin->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT |
                                                EVHTTP_REQ_POST | EVHTTP_REQ_DELETE |
                                                EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
    transfers_init(&admin->transfers, admin->api, &options->api, options->base);
    return admin;
}

void admin_free(struct admin *admin)
{
    if (!admin) {
        return;
    }
    local_socket_free(admin->local);
    evhttp_free(admin->http); // tells of every connection that it closes
    transfers_finish(&admin->transfers);
    api_free(admin->api);
    free(admin);
}

void admin_end_tick(struct admin *admin)
{
    if (admin) {
        transfers_release(&admin->transfers);
    }
}

static struct evconnlistener *listen_at(struct admin *admin, const struct address *address)
{
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
    return evconnlistener_new_bind(admin->options.base, NULL, NULL, flags, BACKLOG, &address->any,
                                   (int)address->len);
}

/* Where the settings say; all interfaces if they say nothing. */
static struct evconnlistener *open_listener(struct admin *admin)
{
    const struct settings *settings = admin->options.api.settings;
    uint16_t port = (uint16_t)settings->management_tcp_port;
    struct address address;
    if (settings->management_tcp_ip[0]) {
        if (address_resolve(settings->management_tcp_ip, port, &address, 1) == 0) {
            errno = EADDRNOTAVAIL;
            return NULL;
        }
        return listen_at(admin, &address);
    }
    address = address_any_ipv6(port);
    struct evconnlistener *listener = listen_at(admin, &address);
    if (!listener && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        address = address_any_ipv4(port);
        listener = listen_at(admin, &address);
    }
    return listener;
}

bool admin_listen(struct admin *admin, struct text *error)
{
    struct evconnlistener *listener = open_listener(admin);
    struct address address = {.len = ADDRESS_ROOM};
    if (!listener) {
        text_add_str(error, "Failed to start the management listener on port ");
        text_add_u64(error, admin->options.api.settings->management_tcp_port);
        text_add_str(error, ", error: ");
        text_add_str(error, strerror(errno));
        return false;
    }
    getsockname(evconnlistener_get_fd(listener), &address.any, &address.len);
    evhttp_bind_listener(admin->http, listener);
    api_set_port(admin->api, address_port(&address));
    log_info(admin->options.api.log, LOG_DEFAULT,
             "Management plugin: HTTP (non-TLS) listener started on port %u",
             address_port(&address));
    return true;
}

bool admin_listen_locally(struct admin *admin, uint16_t port, struct text *error)
{
    struct text why = {.len = 0};
    struct logger *log = admin->options.api.log;
    struct local_socket_options options = {
        .where = admin->options.api.settings->management_unix_socket,
        .runtime_directory = getenv("XDG_RUNTIME_DIR"),
        .node = admin->options.api.node,
        .port = port,
    };
    if (strcmp(options.where, "none") == 0) {
        return true;
    }
    admin->local = local_socket_open(&options, &why);
    if (!admin->local) {
        text_format(error, "no local socket for the command line: %s", text_slice(&why));
        bool chosen = strcmp(options.where, "auto") != 0;
        if (!chosen) {
            log_warning(log, LOG_DEFAULT, "%s", error->ptr);
        }
        return !chosen;
    }
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
    evhttp_bind_listener(admin->http, evconnlistener_new(admin->options.base, NULL, NULL, flags, 0,
                                                         local_socket_fd(admin->local)));
    log_info(log, LOG_DEFAULT, "Command line: unix socket %s", local_socket_path(admin->local));
    return true;
}
