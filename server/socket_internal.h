#ifndef SERVER_SOCKET_INTERNAL_H
#define SERVER_SOCKET_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/bytes.h"
#include "base/list.h"
#include "base/text.h"
#include "server/sockets.h"
#include "server/transport.h"

enum {
    INPUT_SIZE = 256 * 1024, // of the read buffer that all sockets share
    REST_SMALL = 4 * 1024,   // a longer unfinished frame is read into the socket's own buffer
    LINGER_MS = 1000,        // a finished client may take this long to close its end
};

/* What becomes of a socket:
 *
 *     SHAKING -> OPEN -> LINGERING -> DEAD
 *        \________\__________________/
 *
 * SHAKING: the TLS handshake; without TLS it is over at once. OPEN: the engine has a connection for
 * it. LINGERING: everything was sent, our end is closed, and what still comes is thrown away, so
 * that the system does not answer it with a reset that would overtake our last frame. DEAD: waits
 * for the end of the tick. */
enum socket_phase { SOCKET_SHAKING, SOCKET_OPEN, SOCKET_LINGERING, SOCKET_DEAD };

struct newcomer { // what engine_connect has to know, kept through the handshake
    struct text name;
    struct tls *tls; // borrowed
    bool loopback;
};

struct socket {
    struct list_node link;       // sockets.all
    struct list_node again_link; // sockets.again: has input that no event will tell of
    struct list_node ready_link; // sockets.ready: can be written to
    struct list_node dead_link;  // sockets.dead
    struct sockets *sockets;
    struct conn *conn;         // owned while OPEN, else NULL
    struct newcomer *newcomer; // owned while SHAKING, else NULL
    struct stream stream;
    struct event readable;
    struct event writable;
    struct event timer;
    struct bytes rest;  // an unfinished frame, or what the engine does not want yet
    uint64_t timer_at;  // when the timer fires; UINT64_MAX: it is off
    uint64_t finish_at; // the engine is done, and output that is not sent by then never is; or 0
    enum socket_phase phase;
    bool reading;
    bool writing;
    bool lost; // the peer is gone: there is no use in writing
    bool held; // rest has whole frames that the engine did not want yet
};

struct sockets {
    struct sockets_options options;
    struct list all;   // struct socket.link, oldest first
    struct list again; // struct socket.again_link
    struct list ready; // struct socket.ready_link
    struct list dead;  // struct socket.dead_link
    uint8_t *input;    // owned: INPUT_SIZE octets, used by one socket at a time
    size_t count;
    size_t reads;          // in this tick
    uint64_t unix_clients; // ever accepted on unix sockets: they have no other name
};

/* Takes the newcomer and the stream, and begins its handshake. */
void socket_new(struct sockets *sockets, struct newcomer *newcomer, struct stream stream);

/* Writes output, or closes the socket if the engine has finished with it, and brings reading and
 * timer up to date. True if the engine may have something to do because of it. */
bool socket_flush(struct socket *socket);

/* Closes without further ado; any number of times. It is freed at the end of the tick. */
void socket_kill(struct socket *socket);
void socket_free(struct socket *socket);

#endif
