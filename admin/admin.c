#include "admin/admin.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "admin/http_listener.h"
#include "admin/local_socket.h"
#include "admin/metrics.h"
#include "base/memory.h"
#include "conf/format.h"
#include "conf/listener.h"
#include "conf/log.h"
#include "conf/settings.h"
#include "server/clock.h"

struct admin {
    struct admin_options options;
    struct api *api;                    // owned
    struct http_listener *http;         // owned
    struct http_listener *https;        // owned; NULL: not there
    struct http_listener *metrics;      // owned
    struct http_listener *metrics_tls;  // owned; NULL: not there
    struct http_listener *command_line; // owned: through the local socket, with clients of its own
    struct local_socket *local;         // owned; NULL: not there
    struct event sampling;              // when numbers are to be looked at
    bool waiting;                       // for that
};

static void answer(void *context, const struct request *request, struct reply *reply)
{
    struct admin *admin = context;
    api_answer(admin->api, request, reply);
}

static void answer_metrics(void *context, const struct request *request, struct reply *reply)
{
    struct admin *admin = context;
    metrics_answer(admin->api, request, reply);
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

/* Few read metrics, and send nothing. */
static struct http_listener *new_metrics_listener(struct admin *admin, struct tls *tls)
{
    return http_listener_new(&(struct http_listener_options){
        .base = admin->options.base,
        .engine = admin->options.api.engine,
        .log = admin->options.api.log,
        .tls = tls,
        .site = {.answer = answer_metrics, .context = admin},
        .body_max = 4096,
        .connections_max = 64,
        .request_timeout_ms = 10 * 1000,
        .idle_timeout_ms = 120 * 1000, // longer than most wait between two looks
    });
}

static void on_sample(evutil_socket_t fd, short what, void *arg)
{
    struct admin *admin = arg;
    struct clock clock = {.read = false};
    (void)fd, (void)what;
    admin->waiting = false;
    api_sample(admin->api, clock_now(&clock));
}

/* Sets the timer if something has changed since it was set last. */
static void wait_for_sample(struct admin *admin)
{
    struct clock clock = {.read = false};
    uint64_t now_ms = clock_now(&clock);
    uint64_t due = api_sample_due(admin->api, now_ms);
    if (due != UINT64_MAX) {
        uint64_t ms = (due > now_ms ? due - now_ms : 0) + 1; // what begins late is not too early
        struct timeval in = {.tv_sec = (time_t)(ms / 1000), .tv_usec = ms % 1000 * 1000};
        event_add(&admin->sampling, &in);
        admin->waiting = true;
    }
}

struct admin *admin_new(const struct admin_options *options)
{
    struct admin *admin = memory_new(sizeof *admin);
    admin->options = *options;
    admin->api = api_new(&options->api);
    admin->http = new_listener(admin, NULL);
    admin->https = options->tls ? new_listener(admin, options->tls) : NULL;
    admin->metrics = new_metrics_listener(admin, NULL);
    admin->metrics_tls =
        options->metrics_tls ? new_metrics_listener(admin, options->metrics_tls) : NULL;
    event_assign(&admin->sampling, options->base, -1, 0, on_sample, admin);
    return admin;
}

void admin_free(struct admin *admin)
{
    if (!admin) {
        return;
    }
    http_listener_free(admin->metrics_tls);
    http_listener_free(admin->metrics);
    event_del(&admin->sampling);
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
        http_listener_end_tick(admin->metrics);
        http_listener_end_tick(admin->metrics_tls);
        http_listener_end_tick(admin->command_line);
        if (!admin->waiting) {
            wait_for_sample(admin);
        }
    }
}

/* A place to listen at, and how RabbitMQ calls what listens there. */
struct opening {
    struct http_listener *http; // borrowed, as is all of this
    const char *name;
    const char *protocol;
    char *ip;      // empty: all addresses
    uint64_t port; // VALUE_UNLIMITED: it is not wanted
    bool said;     // somebody chose the port
    bool tls;
};

static bool open_listener(struct admin *admin, const struct opening *opening, struct text *error)
{
    struct text why = {.len = 0};
    struct listener where = {.host = *opening->ip ? opening->ip : NULL,
                             .port = (uint16_t)opening->port};
    if (http_listener_open(opening->http, &where, &why) < 0) {
        text_format(error, "%s: %s", format_slice(opening->name), text_slice(&why));
        return false;
    }
    const struct address *address = http_listener_address(opening->http, 0);
    api_add_listener(admin->api, opening->protocol, address);
    log_info(admin->options.api.log, LOG_DEFAULT, "%s: %s listener started on port %u",
             opening->name, opening->tls ? "HTTPS" : "HTTP (non-TLS)", address_port(address));
    return true;
}

/* Without TLS and with it, in this order. As RabbitMQ has it: who asks for TLS and says nothing of
 * HTTP without it gets TLS only. */
static bool open_both(struct admin *admin, const struct opening both[2], struct text *error)
{
    const struct opening *plain = &both[0], *secure = &both[1];
    bool wants_tls = secure->port != VALUE_UNLIMITED;
    bool wants_plain = plain->port != VALUE_UNLIMITED && (plain->said || !wants_tls);
    if (wants_plain && !open_listener(admin, plain, error)) {
        return false;
    }
    return !wants_tls || open_listener(admin, secure, error);
}

static bool is_said(const struct settings *settings, enum setting_id id)
{
    return settings->source[id] != SOURCE_DEFAULT;
}

bool admin_listen(struct admin *admin, struct text *error)
{
    const struct settings *settings = admin->options.api.settings;
    struct opening openings[] = {
        {admin->http, "Management plugin", "http", settings->management_tcp_ip,
         settings->management_tcp_port, .said = is_said(settings, SETTING_management_tcp_port)},
        {admin->https, "Management plugin", "https", settings->management_ssl_ip,
         settings->management_ssl_port, .tls = true}};
    return open_both(admin, openings, error);
}

bool admin_listen_for_metrics(struct admin *admin, struct text *error)
{
    const struct settings *settings = admin->options.api.settings;
    struct opening openings[] = {
        {admin->metrics, "Prometheus metrics", "http/prometheus", settings->prometheus_tcp_ip,
         settings->prometheus_tcp_port, .said = is_said(settings, SETTING_prometheus_tcp_port)},
        {admin->metrics_tls, "Prometheus metrics", "https/prometheus", settings->prometheus_ssl_ip,
         settings->prometheus_ssl_port, .tls = true}};
    return open_both(admin, openings, error);
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
