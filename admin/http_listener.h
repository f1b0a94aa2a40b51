#ifndef ADMIN_HTTP_LISTENER_H
#define ADMIN_HTTP_LISTENER_H

#include "admin/reply.h"
#include "admin/request.h"
#include "server/address.h"

struct engine;
struct event_base;
struct http_listener;
struct listener;
struct logger;
struct tls;

/* A server of HTTP/1.1 in the event loop, by libevent's evhttp: what arrives at its addresses is
 * answered by one site. Requests are read and answered by events of phase 1 of a tick; an answer
 * that has to wait for the journal is sent by http_listener_end_tick.
 *
 * Nothing that a client does, or leaves undone, costs the others anything: a request must be whole
 * in time, an answer must be taken at a pace that shows a living reader, and there is a limit to
 * the clients. A newcomer above it takes the place of one that has been silent between requests;
 * if there is none, it is told 503. Times are kept to a second or so. */
struct http_site {
    void (*answer)(void *context, const struct request *request, struct reply *reply);
    void *context; // borrowed
};

struct http_listener_options {
    struct event_base *base;     // borrowed, as is all of this
    const struct engine *engine; // answers wait until it has stored what they tell of
    struct logger *log;          // NULL: silent
    struct tls *tls;             // NULL without TLS
    struct http_site site;
    uint64_t body_max;           // octets of a request's body
    uint32_t connections_max;    // at a time
    uint32_t request_timeout_ms; // from a request's first octet to its last
    uint32_t idle_timeout_ms;    // between two requests, and of a TLS handshake
};

struct http_listener *http_listener_new(const struct http_listener_options *options);
void http_listener_free(struct http_listener *http); // cuts off who is connected; NULL is fine

/* Listens there too (conf/listener.h); may be called several times. Returns 0, or a negative errno
 * and the reason in *error. */
int http_listener_open(struct http_listener *http, const struct listener *where,
                       struct text *error);

/* Listens also at a socket that somebody else has opened; takes the descriptor, not the name. */
void http_listener_take(struct http_listener *http, int fd);

/* Where it really listens: the address of this index; NULL if there are not so many. */
const struct address *http_listener_address(const struct http_listener *http, size_t index);

/* To be called after every tick: sends what the journal has caught up with. */
void http_listener_end_tick(struct http_listener *http); // NULL is fine

size_t http_listener_count(const struct http_listener *http); // of connections

#endif
