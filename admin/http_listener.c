#include "admin/http_listener.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/http_internal.h"
#include "base/memory.h"
#include "conf/listener.h"
#include "conf/log.h"
#include "server/deputy.h"

enum { BACKLOG = 128 };

uint64_t http_now(struct http_listener *http)
{
    clock_expire(&http->clock);
    return clock_now(&http->clock);
}

bool http_may_send(const struct http_listener *http, uint64_t after)
{
    return after == 0 || after <= engine_stored(http->options.engine);
}

static bool is_idle(const struct http_conn *conn)
{
    return conn->phase == HTTP_RECEIVING && !conn->begun;
}

/* Cuts the client that has been silent longest between two requests, or else that which has been
 * busy longest with no more than a head. False if all have something better going on. */
static bool make_room(struct http_listener *http)
{
    struct http_conn *chosen = NULL;
    list_each(node, &http->early) {
        struct http_conn *conn = container_of(node, struct http_conn, early_link);
        if (is_idle(conn)) {
            http_conn_free(conn);
            return true;
        }
        if (!chosen && http_now(http) - conn->since_ms >= HTTP_GIVES_WAY_MS) {
            chosen = conn;
        }
    }
    if (chosen) {
        http_conn_free(chosen);
    }
    return chosen;
}

/* A TLS client could not read it, and sees the connection end. */
static void turn_away(struct http_listener *http, const struct arrival *arrival)
{
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                                 "Connection: close\r\n\r\n";
    uint8_t unread[1024];
    uint64_t now = http_now(http);
    if (now >= http->quiet_until_ms) {
        http->quiet_until_ms = now + HTTP_QUIET_MS;
        log_warning(http->options.log, LOG_DEFAULT,
                    "HTTP clients are turned away: %u are connected, as many as may be",
                    http->options.connections_max);
    }
    if (!arrival->tls) {
        (void)recv(arrival->fd, unread, sizeof unread, MSG_DONTWAIT);
        (void)send(arrival->fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        shutdown(arrival->fd, SHUT_WR);
    }
    close(arrival->fd);
}

static void on_arrival(void *context, const struct arrival *arrival)
{
    struct http_listener *http = context;
    if (http->count >= http->options.connections_max && !make_room(http)) {
        turn_away(http, arrival);
        return;
    }
    http_conn_new(http, arrival);
}

struct http_listener *http_listener_new(const struct http_listener_options *options)
{
    struct http_listener *http = memory_new(sizeof *http);
    http->options = *options;
    list_init(&http->conns);
    list_init(&http->early);
    list_init(&http->waiting);
    http->acceptors = acceptors_new(&(struct acceptors_options){.base = options->base,
                                                                .clock = &http->clock,
                                                                .log = options->log,
                                                                .on_arrival = on_arrival,
                                                                .context = http});
    return http;
}

void http_listener_free(struct http_listener *http)
{
    struct list_node *node;
    if (!http) {
        return;
    }
    acceptors_free(http->acceptors);
    while ((node = list_first(&http->conns))) {
        http_conn_free(container_of(node, struct http_conn, link));
    }
    free(http);
}

int http_listener_open(struct http_listener *http, const struct listener *where, struct text *error)
{
    struct acceptor_options options = {
        .tls = http->options.tls, .backlog = BACKLOG, .linger_s = -1, .nodelay = true};
    return acceptors_open(http->acceptors, where, &options, error);
}

void http_listener_take(struct http_listener *http, int fd)
{
    acceptors_take(http->acceptors, fd, http->options.tls);
}

const struct address *http_listener_address(const struct http_listener *http, size_t index)
{
    bool tls;
    return acceptors_address(http->acceptors, index, &tls);
}

void http_listener_end_tick(struct http_listener *http)
{
    if (!http) {
        return;
    }
    struct list caught_up;
    list_init(&caught_up);
    list_each(node, &http->waiting) {
        struct http_conn *conn = container_of(node, struct http_conn, waiting_link);
        if (http_may_send(http, conn->reply.after)) {
            list_unlink(node);
            list_push(&caught_up, node);
        }
    }
    struct list_node *node;
    while ((node = list_first(&caught_up))) {
        list_unlink(node);
        http_send_reply(container_of(node, struct http_conn, waiting_link));
    }
}

size_t http_listener_count(const struct http_listener *http)
{
    return http->count;
}
