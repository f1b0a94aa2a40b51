#ifndef ADMIN_HTTP_INTERNAL_H
#define ADMIN_HTTP_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "admin/http_chunks.h"
#include "admin/http_head.h"
#include "admin/http_listener.h"
#include "base/list.h"
#include "server/acceptors.h"
#include "server/clock.h"
#include "server/transport.h"

enum {
    HTTP_READ_SIZE = 16 * 1024,   // octets that are read at a time
    HTTP_WRITE_SIZE = 256 * 1024, // and written
    HTTP_BODY_SMALL = 64 * 1024,  // longer ones count against a common limit
    HTTP_BODIES_MAX = 4,          // so many of the longest size may be on their way at once
    HTTP_LINGER_MS = 1000,        // a finished client may take this long to close its end
    HTTP_ANSWER_MS = 60 * 1000,   // an answer may take this long,
    HTTP_ANSWER_PACE = 16 * 1024, // and a second for each so many octets of it
    HTTP_GIVES_WAY_MS = 2000,     // a client that sends a head may be cut after this long
    HTTP_QUIET_MS = 10 * 1000,    // between two warnings of the same kind
};

/* What becomes of a connection:
 *
 *     SHAKING -> RECEIVING -> WAITING -> SENDING -> RECEIVING ...
 *                                               \-> LINGERING
 *
 * SHAKING: the TLS handshake; without TLS it is over at once. RECEIVING: idle, or a request comes
 * in. WAITING: the answer is made, and the journal has not what it tells of. SENDING: the answer
 * goes out, and nothing is read. LINGERING: everything is sent, our end is closed, and what still
 * comes is thrown away, so that the system does not answer it with a reset that would overtake the
 * answer. */
enum http_phase { HTTP_SHAKING, HTTP_RECEIVING, HTTP_WAITING, HTTP_SENDING, HTTP_LINGERING };

struct http_conn {
    struct list_node link;         // listener.conns
    struct list_node early_link;   // listener.early: RECEIVING without a whole head, longest first
    struct list_node waiting_link; // listener.waiting
    struct http_listener *http;    // borrowed: its owner
    struct stream stream;
    struct event readable;
    struct event writable;
    struct event timer;     // the phase takes too long
    struct event soon;      // to go on at once, but after other events
    struct bytes input;     // received and not used
    size_t searched;        // of it, for the end of a head
    struct bytes head;      // of the request, when it is whole
    struct http_head facts; // of the head: slices of it
    struct http_chunks chunks;
    struct bytes body; // put together from chunks
    uint64_t reserved; // of listener.bodies, for a long body
    struct reply reply;
    struct bytes output;
    size_t sent;       // of output
    uint64_t sent_all; // of the answer
    uint64_t since_ms; // when the phase, or the request, began
    char *peer;        // owned; the address, for the log
    enum http_phase phase;
    bool loopback;
    bool trusted;    // request.trusted
    bool keeps_open; // after the answer
    bool begun;      // RECEIVING: something of a request is there
    bool reading;    // the event is set
    bool writing;
};

struct http_listener {
    struct http_listener_options options;
    struct acceptors *acceptors; // owned
    struct clock clock;
    struct list conns;   // struct http_conn.link
    struct list early;   // struct http_conn.early_link
    struct list waiting; // struct http_conn.waiting_link
    size_t count;        // of conns
    uint64_t bodies;     // octets that long bodies may take
    uint64_t quiet_until_ms;
};

uint64_t http_now(struct http_listener *http);
bool http_may_send(const struct http_listener *http, uint64_t after); // an answer that tells of it

/* Takes the descriptor. */
void http_conn_new(struct http_listener *http, const struct arrival *arrival);
void http_conn_free(struct http_conn *conn); // closes

/* RECEIVING: what is in the input is used, and answered if a request is whole. The connection may
 * be gone afterwards, as after all that refuses, answers or sends. */
void http_receive(struct http_conn *conn);

/* The next request, if the client may send one, else LINGERING. */
void http_conn_next(struct http_conn *conn);

/* Ends the request's reception with this status and no body; the connection closes after it. */
void http_refuse(struct http_conn *conn, uint16_t status);

/* The reply is made: begins to send it, or to wait until it may be. */
void http_answer(struct http_conn *conn);
void http_send_reply(struct http_conn *conn); // WAITING is over
void http_write(struct http_conn *conn);      // SENDING: the socket takes more
void http_make_part(struct http_conn *conn);  // SENDING: the next part is due

void http_set_reading(struct http_conn *conn, bool reading);
void http_set_writing(struct http_conn *conn, bool writing);
void http_set_timer(struct http_conn *conn, uint64_t ms);
void http_come_back(struct http_conn *conn); // soon

#endif
