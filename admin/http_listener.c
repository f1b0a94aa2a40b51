#include "admin/http_listener.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>

#include "admin/http_internal.h"
#include "base/check.h"
#include "base/memory.h"
#include "conf/listener.h"
#include "conf/log.h"

enum { BACKLOG = 128, ADDRESSES_MAX = 16 };

uint64_t http_now(struct http_listener *http)
{
    clock_expire(&http->clock);
    return clock_now(&http->clock);
}

bool http_may_warn(struct http_listener *http)
{
    uint64_t now = http_now(http);
    bool may = now >= http->quiet_until_ms;
    http->quiet_until_ms = may ? now + HTTP_QUIET_MS : http->quiet_until_ms;
    return may;
}

static void sweep_later(struct http_listener *http)
{
    struct timeval in = {.tv_usec = HTTP_SWEEP_MS * 1000};
    if (!evtimer_pending(&http->sweep, NULL)) {
        evtimer_add(&http->sweep, &in);
    }
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct http_listener *http = arg;
    (void)fd, (void)what;
    http_guards_sweep(http);
    for (size_t i = 0; http->paused && i < http->place_count; i++) {
        evconnlistener_enable(http->places[i].listener);
    }
    http->paused = false;
    if (http->count > 0) {
        sweep_later(http);
    }
}

/* The sweep costs nothing while nobody is connected. */
static struct bufferevent *on_arrival(struct event_base *base, void *arg)
{
    struct http_listener *http = arg;
    struct bufferevent *made = http_guard_new(base, arg);
    sweep_later(http);
    return made;
}

static struct evhttp *make_evhttp(struct http_listener *http)
{
    const struct http_listener_options *options = &http->options;
    struct evhttp *made = evhttp_new(options->base);
    CHECK(made);
    evhttp_set_gencb(made, http_transfer_begin, http);
    evhttp_set_bevcb(made, on_arrival, http);
    evhttp_set_timeout(made, (int)(options->idle_timeout_ms / 1000) + 1);
    evhttp_set_max_headers_size(made, HTTP_HEAD_MAX);
    evhttp_set_max_body_size(made, (ev_ssize_t)options->body_max);
    evhttp_set_default_content_type(made, NULL);
    evhttp_set_allowed_methods(made, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT |
                                         EVHTTP_REQ_POST | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
                                         EVHTTP_REQ_PATCH);
    return made;
}

struct http_listener *http_listener_new(const struct http_listener_options *options)
{
    struct http_listener *http = memory_new(sizeof *http);
    http->options = *options;
    list_init(&http->guards);
    list_init(&http->waiting);
    list_init(&http->sending);
    evtimer_assign(&http->sweep, options->base, on_sweep, http);
    http->evhttp = make_evhttp(http);
    return http;
}

void http_listener_free(struct http_listener *http)
{
    if (http) {
        evhttp_free(http->evhttp); // tells of every transfer's connection that it closes
        http_transfers_free(http);
        http_guards_free(http);
        event_del(&http->sweep);
        free(http->places);
        free(http);
    }
}

/* Without a descriptor left there is no use in trying again at once. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    struct http_listener *http = arg;
    int error = errno;
    evconnlistener_disable(listener);
    http->paused = true;
    sweep_later(http);
    if (http_may_warn(http)) {
        log_warning(http->options.log, LOG_DEFAULT, "an HTTP client could not be accepted: %s",
                    strerror(error));
    }
}

static void serve(struct http_listener *http, struct evconnlistener *listener)
{
    struct http_place place = {.address = {.len = ADDRESS_ROOM}, .listener = listener};
    getsockname(evconnlistener_get_fd(listener), &place.address.any, &place.address.len);
    http->places = memory_grow(http->places, (http->place_count + 1) * sizeof *http->places);
    http->places[http->place_count++] = place;
    CHECK(evhttp_bind_listener(http->evhttp, listener));
    evconnlistener_set_error_cb(listener, on_accept_error);
}

static int open_one(struct http_listener *http, const struct address *address)
{
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
    struct evconnlistener *listener = evconnlistener_new_bind(
        http->options.base, NULL, NULL, flags, BACKLOG, &address->any, (int)address->len);
    if (!listener) {
        return -errno;
    }
    serve(http, listener);
    return 0;
}

static int open_any(struct http_listener *http, uint16_t port)
{
    struct address address = address_any_ipv6(port);
    int rc = open_one(http, &address);
    if (rc == -EAFNOSUPPORT || rc == -EADDRNOTAVAIL) {
        address = address_any_ipv4(port);
        rc = open_one(http, &address);
    }
    return rc;
}

static int open_host(struct http_listener *http, const struct listener *where)
{
    struct address found[ADDRESSES_MAX];
    int count = address_resolve(where->host, where->port, found, ADDRESSES_MAX);
    int rc = count > 0 ? 0 : -EADDRNOTAVAIL;
    for (int i = 0; i < count && rc == 0; i++) {
        rc = open_one(http, &found[i]);
    }
    return rc;
}

int http_listener_open(struct http_listener *http, const struct listener *where, struct text *error)
{
    int rc = where->host ? open_host(http, where) : open_any(http, where->port);
    if (rc < 0) {
        text_add_str(error, strerror(-rc));
    }
    return rc;
}

void http_listener_take(struct http_listener *http, int fd)
{
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
    struct evconnlistener *listener =
        evconnlistener_new(http->options.base, NULL, NULL, flags, 0, fd);
    CHECK(listener);
    serve(http, listener);
}

const struct address *http_listener_address(const struct http_listener *http, size_t index)
{
    return index < http->place_count ? &http->places[index].address : NULL;
}

void http_listener_end_tick(struct http_listener *http)
{
    if (http) {
        http_transfers_release(http);
    }
}

size_t http_listener_count(const struct http_listener *http)
{
    return http->count;
}
