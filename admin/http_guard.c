#include "admin/http_internal.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/http.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/memory.h"
#include "conf/log.h"
#include "server/tls.h"

/* The last to begin a phase is the last of the list: whoever has taken longest is found first. */
static void enter(struct http_guard *guard, enum http_guard_phase phase)
{
    guard->phase = phase;
    guard->since_ms = http_now(guard->http);
    list_unlink(&guard->link);
    list_push(&guard->http->guards, &guard->link);
}

/* Long requests are counted together, so that they cannot take all memory. */
static uint64_t counted(const struct http_guard *guard)
{
    return guard->received > HTTP_BODY_SMALL ? guard->received : 0;
}

static void count_received(struct http_guard *guard, uint64_t received)
{
    guard->http->bodies -= counted(guard);
    guard->received = received;
    guard->http->bodies += counted(guard);
}

/* evhttp sees the end of the connection, and closes it. */
static void cut(struct http_guard *guard)
{
    if (guard->phase != HTTP_CUT) {
        count_received(guard, 0);
        enter(guard, HTTP_CUT);
        shutdown(bufferevent_getfd(guard->bufferevent), SHUT_RDWR);
    }
}

/* Says why, and cuts. A TLS client could not read it, and sees the connection end. */
static void cut_with(struct http_guard *guard, const char *status)
{
    if (!guard->http->options.tls) {
        char answer[128];
        int len = snprintf(answer, sizeof answer,
                           "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
        (void)send(bufferevent_getfd(guard->bufferevent), answer, (size_t)len,
                   MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    cut(guard);
}

static void turn_away(struct http_guard *guard)
{
    struct http_listener *http = guard->http;
    if (http_may_warn(http)) {
        log_warning(http->options.log, LOG_DEFAULT,
                    "HTTP clients are turned away: %u are connected, as many as may be",
                    http->options.connections_max);
    }
    cut_with(guard, "503 Service Unavailable");
}

/* The first octet starts the clock. */
static void on_input(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *arg)
{
    struct http_guard *guard = arg;
    struct http_listener *http = guard->http;
    (void)buffer;
    if (info->n_added == 0 || guard->phase >= HTTP_REFUSED) {
        return;
    }
    if (guard->phase == HTTP_IDLE) {
        enter(guard, HTTP_RECEIVING);
    }
    count_received(guard, guard->received + info->n_added);
    bool early = guard->phase == HTTP_ANSWERING; // the next request, before it is its turn
    if (counted(guard) && (early || http->bodies > HTTP_BODIES_MAX * http->options.body_max)) {
        cut(guard);
    }
}

static void guard_free(struct http_guard *guard)
{
    count_received(guard, 0);
    list_unlink(&guard->link);
    guard->http->count--;
    evbuffer_remove_cb_entry(bufferevent_get_input(guard->bufferevent), guard->watch);
    bufferevent_decref(guard->bufferevent);
    free(guard);
}

/* bufferevent_free takes the callbacks away, whoever else still refers to it. */
static bool is_let_go(const struct http_guard *guard)
{
    bufferevent_data_cb readable, writable;
    bufferevent_event_cb other;
    void *arg;
    bufferevent_getcb(guard->bufferevent, &readable, &writable, &other, &arg);
    return !readable && !writable && !other;
}

static void free_those_let_go(struct http_listener *http)
{
    list_each(node, &http->guards) {
        struct http_guard *guard = container_of(node, struct http_guard, link);
        if (is_let_go(guard)) {
            guard_free(guard);
        }
    }
}

static uint64_t longest(const struct http_guard *guard)
{
    const struct http_listener_options *options = &guard->http->options;
    switch (guard->phase) {
    case HTTP_IDLE:
        return options->idle_timeout_ms;
    case HTTP_RECEIVING:
        return options->request_timeout_ms;
    case HTTP_ANSWERING:
        return HTTP_ANSWER_MS + guard->answered / HTTP_ANSWER_PACE * 1000;
    case HTTP_REFUSED:
    case HTTP_CUT:
        break;
    }
    return UINT64_MAX;
}

void http_guards_sweep(struct http_listener *http)
{
    uint64_t now = http_now(http);
    free_those_let_go(http);
    list_each(node, &http->guards) {
        struct http_guard *guard = container_of(node, struct http_guard, link);
        if (guard->phase == HTTP_REFUSED) {
            turn_away(guard);
        } else if (now - guard->since_ms >= longest(guard)) {
            guard->phase == HTTP_RECEIVING ? cut_with(guard, "408 Request Timeout") : cut(guard);
        }
    }
}

/* Cuts the client that has been silent longest between two requests, or else the one that has been
 * sending a request longest. False if all have something better going on. */
static bool make_room(struct http_listener *http)
{
    struct http_guard *chosen = NULL;
    uint64_t now = http_now(http);
    list_each(node, &http->guards) {
        struct http_guard *guard = container_of(node, struct http_guard, link);
        bool slow = guard->phase == HTTP_RECEIVING && now - guard->since_ms >= HTTP_GIVES_WAY_MS;
        if (guard->phase == HTTP_IDLE) {
            cut(guard);
            return true;
        }
        chosen = slow && !chosen ? guard : chosen;
    }
    if (chosen) {
        cut(chosen);
    }
    return chosen;
}

static size_t count_live(const struct http_listener *http)
{
    size_t count = 0;
    list_each(node, &http->guards) {
        count += container_of(node, struct http_guard, link)->phase < HTTP_REFUSED;
    }
    return count;
}

static bool has_room(struct http_listener *http)
{
    if (http->count < http->options.connections_max) {
        return true;
    }
    free_those_let_go(http);
    return count_live(http) < http->options.connections_max || make_room(http);
}

/* libevent asks OpenSSL for what it has decrypted, and waits for the socket if that is nothing:
 * what OpenSSL had read ahead, behind the handshake perhaps, would lie there. */
static SSL *accept_tls(struct tls *tls)
{
    SSL *ssl = tls_accept(tls, -1);
    SSL_set_read_ahead(ssl, 0);
    return ssl;
}

static struct bufferevent *make_bufferevent(struct event_base *base, struct tls *tls)
{
    struct bufferevent *made =
        tls ? bufferevent_openssl_socket_new(base, -1, accept_tls(tls), BUFFEREVENT_SSL_ACCEPTING,
                                             BEV_OPT_CLOSE_ON_FREE)
            : bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    CHECK(made);
    return made;
}

/* There is no descriptor yet: who is refused is told so in the next turn of the loop. */
struct bufferevent *http_guard_new(struct event_base *base, void *arg)
{
    struct http_listener *http = arg;
    bool welcome = has_room(http);
    struct http_guard *guard = memory_new(sizeof *guard);
    guard->http = http;
    guard->bufferevent = make_bufferevent(base, http->options.tls);
    bufferevent_incref(guard->bufferevent);
    guard->watch = evbuffer_add_cb(bufferevent_get_input(guard->bufferevent), on_input, guard);
    list_push(&http->guards, &guard->link);
    http->count++;
    enter(guard, welcome ? HTTP_IDLE : HTTP_REFUSED);
    if (!welcome) {
        event_active(&http->sweep, EV_TIMEOUT, 0);
    }
    return guard->bufferevent;
}

void http_guards_free(struct http_listener *http)
{
    struct list_node *node;
    while ((node = list_first(&http->guards))) {
        guard_free(container_of(node, struct http_guard, link));
    }
}

struct http_guard *http_guard_of(struct http_listener *http, struct evhttp_request *request)
{
    struct evhttp_connection *conn = evhttp_request_get_connection(request);
    struct bufferevent *bufferevent = conn ? evhttp_connection_get_bufferevent(conn) : NULL;
    list_each(node, &http->guards) {
        struct http_guard *guard = container_of(node, struct http_guard, link);
        if (guard->bufferevent == bufferevent) {
            return guard;
        }
    }
    return NULL;
}

void http_guard_answer(struct http_guard *guard)
{
    if (guard->phase != HTTP_CUT) {
        count_received(guard, 0);
        guard->answered = 0;
        enter(guard, HTTP_ANSWERING);
    }
}

void http_guard_done(struct http_guard *guard)
{
    if (guard->phase == HTTP_ANSWERING) {
        bool more = evbuffer_get_length(bufferevent_get_input(guard->bufferevent)) > 0;
        enter(guard, more ? HTTP_RECEIVING : HTTP_IDLE);
    }
}
