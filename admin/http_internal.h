#ifndef ADMIN_HTTP_INTERNAL_H
#define ADMIN_HTTP_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "admin/http_listener.h"
#include "base/list.h"
#include "server/clock.h"

struct bufferevent;
struct evconnlistener;
struct evbuffer_cb_entry;
struct evhttp;
struct evhttp_request;

enum {
    HTTP_HEAD_MAX = 32 * 1024,
    HTTP_BODY_SMALL = 64 * 1024,  // longer requests count against a common limit
    HTTP_BODIES_MAX = 4,          // so many of the longest size may be on their way at once
    HTTP_ANSWER_MS = 60 * 1000,   // an answer may take this long,
    HTTP_ANSWER_PACE = 16 * 1024, // and a second for each so many octets of it
    HTTP_GIVES_WAY_MS = 2000,     // a client that sends a request may be cut after this long
    HTTP_QUIET_MS = 10 * 1000,    // between two warnings of the same kind
    HTTP_SWEEP_MS = 500,          // between two looks at the times
};

/* What evhttp does not look after: a connection from its acceptance on, how long it takes for what
 * it does, and how many there are. evhttp does not tell when it lets go of one, so a reference to
 * its bufferevent is held, and looked at from time to time. */
enum http_guard_phase { HTTP_IDLE, HTTP_RECEIVING, HTTP_ANSWERING, HTTP_REFUSED, HTTP_CUT };

struct http_guard {
    struct list_node link;           // listener.guards, oldest phase first
    struct http_listener *http;      // borrowed
    struct bufferevent *bufferevent; // a reference
    struct evbuffer_cb_entry *watch; // of what arrives
    uint64_t since_ms;               // when the phase began
    uint64_t received;               // octets of the request
    uint64_t answered;               // octets of the answer
    enum http_guard_phase phase;
};

struct http_place {
    struct address address;
    struct evconnlistener *listener; // borrowed from evhttp
};

struct http_listener {
    struct http_listener_options options;
    struct evhttp *evhttp;     // owned
    struct http_place *places; // owned; where it listens
    size_t place_count;
    bool paused;         // nobody is accepted until the next look at the guards
    struct event sweep;  // looks at the guards
    struct list guards;  // struct http_guard.link
    struct list waiting; // struct http_transfer.link: for the journal
    struct list sending; // struct http_transfer.link: in parts
    size_t count;        // of guards
    uint64_t bodies;     // octets of long requests that are on their way
    uint64_t quiet_until_ms;
    struct clock clock;
};

uint64_t http_now(struct http_listener *http);
bool http_may_warn(struct http_listener *http); // not too often

/* evhttp's callback for a connection that was accepted: makes its bufferevent and guard. */
struct bufferevent *http_guard_new(struct event_base *base, void *arg);
void http_guards_sweep(struct http_listener *http);
void http_guards_free(struct http_listener *http); // after evhttp has been freed

/* The guard of the request's connection. */
struct http_guard *http_guard_of(struct http_listener *http, struct evhttp_request *request);
void http_guard_answer(struct http_guard *guard); // a whole request is there
void http_guard_done(struct http_guard *guard);   // its answer is sent

/* evhttp's callback for a whole request. */
void http_transfer_begin(struct evhttp_request *request, void *arg);
void http_transfers_release(struct http_listener *http); // what waited for the journal
void http_transfers_free(struct http_listener *http);    // after evhttp has been freed

#endif
