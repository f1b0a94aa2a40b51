#include "admin/admin.h"

#include <stdlib.h>
#include <string.h>

#include "admin/http_listener.h"
#include "admin/local_socket.h"
#include "base/memory.h"
#include "conf/listener.h"
#include "conf/log.h"
#include "conf/settings.h"

struct admin {
    struct admin_options options;
    struct api *api;                    // owned
    struct http_listener *http;         // owned
    struct http_listener *https;        // owned; NULL: not there
    struct http_listener *command_line; // owned: through the local socket, with clients of its own
    struct local_socket *local;         // owned; NULL: not there
};

static void answer(void *context, const struct request *request, struct reply *reply)
{
    struct admin *admin = context;
    api_answer(admin->api, request, reply);
}

static struct http_listener *new_listener(struct admin *admin, struct tls *tls)
{
    const struct api_options *options = &admin->options.api;
    const struct settings *settings = options->settings;
    return http_listener_new(&(struct http_listener_options){
        .base = admin->options.base,
        .engine = options->engine,
        .log = options->log,
        .tls = tls,
        .site = {.answer = answer, .context = admin},
        .body_max = settings->management_max_body_size,
        .connections_max = (uint32_t)settings->management_max_connections,
        .request_timeout_ms = (uint32_t)settings->management_tcp_request_timeout,
        .idle_timeout_ms = (uint32_t)settings->management_tcp_idle_timeout,
    });
}

struct admin *admin_new(const struct admin_options *options)
{
    struct admin *admin = memory_new(sizeof *admin);
    admin->options = *options;
    admin->api = api_new(&options->api);
    admin->http = new_listener(admin, NULL);
    admin->https = options->tls ? new_listener(admin, options->tls) : NULL;
    return admin;
}

void admin_free(struct admin *admin)
{
    if (!admin) {
        return;
    }
    http_listener_free(admin->command_line);
    local_socket_free(admin->local);
    http_listener_free(admin->https);
    http_listener_free(admin->http);
    api_free(admin->api);
    free(admin);
}

void admin_end_tick(struct admin *admin)
{
    if (admin) {
        http_listener_end_tick(admin->http);
        http_listener_end_tick(admin->https);
        http_listener_end_tick(admin->command_line);
    }
}

static bool open_listener(struct admin *admin, struct http_listener *http,
                          const struct listener *where, struct text *error)
{
    struct text why = {.len = 0};
    bool tls = http == admin->https;
    if (http_listener_open(http, where, &why) < 0) {
        text_format(error, "Management plugin: %s", text_slice(&why));
        return false;
    }
    const struct address *address = http_listener_address(http, 0);
    api_add_listener(admin->api, tls ? "https" : "http", address);
    log_info(admin->options.api.log, LOG_DEFAULT,
             tls ? "Management plugin: HTTPS listener started on port %u"
                 : "Management plugin: HTTP (non-TLS) listener started on port %u",
             address_port(address));
    return true;
}

/* As RabbitMQ has it: who asks for TLS and says nothing of HTTP without it gets TLS only. */
static bool wants_plain(const struct settings *settings)
{
    bool said = settings->source[SETTING_management_tcp_port] != SOURCE_DEFAULT;
    bool tls = settings->management_ssl_port != VALUE_UNLIMITED;
    return settings->management_tcp_port != VALUE_UNLIMITED && (said || !tls);
}

bool admin_listen(struct admin *admin, struct text *error)
{
    const struct settings *settings = admin->options.api.settings;
    char *ip = settings->management_tcp_ip, *tls_ip = settings->management_ssl_ip;
    struct listener plain = {.host = *ip ? ip : NULL,
                             .port = (uint16_t)settings->management_tcp_port};
    struct listener secure = {.host = *tls_ip ? tls_ip : NULL,
                              .port = (uint16_t)settings->management_ssl_port};
    if (wants_plain(settings) && !open_listener(admin, admin->http, &plain, error)) {
        return false;
    }
    return !admin->https || open_listener(admin, admin->https, &secure, error);
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
    admin->command_line = new_listener(admin, NULL);
    http_listener_take(admin->command_line, local_socket_fd(admin->local));
    log_info(log, LOG_DEFAULT, "Command line: unix socket %s", local_socket_path(admin->local));
    return true;
}
