#ifndef SERVER_SOCKETS_H
#define SERVER_SOCKETS_H

#include "server/address.h"

struct clock;
struct conn;
struct engine;
struct event_base;
struct logger;
struct sockets;
struct tls;

/* The sockets of all clients. In the first phase of a tick their events read and hand over to the
 * engine; nothing is written or freed then. That is what the last phases are for. */
struct sockets_options {
    struct event_base *base; // borrowed
    struct engine *engine;   // borrowed
    struct clock *clock;     // borrowed
    struct logger *log;      // borrowed
    uint32_t tls_handshake_timeout_ms;
};

struct sockets *sockets_new(const struct sockets_options *options);
void sockets_free(struct sockets *sockets); // closes what is open

/* A client that was just accepted. */
struct arrival {
    int fd;               // taken; non-blocking
    struct address peer;  // as accept tells
    struct address local; // where it was accepted
    struct tls *tls;      // borrowed until it is freed; NULL without TLS
};

void sockets_adopt(struct sockets *sockets, const struct arrival *arrival);

/* To be called before a tick waits for events: lets those sockets go on that have input which no
 * event will tell of. */
void sockets_begin_tick(struct sockets *sockets);

/* How many sockets have been read since. */
size_t sockets_reads(const struct sockets *sockets);

/* After engine_end_tick: writes the outputs, one gathered write a socket, decides who is read from,
 * closes who is finished, and frees what was closed. True if any of it may have given the engine
 * something to do. */
bool sockets_end_tick(struct sockets *sockets);

/* Closes those that are not connections yet, or not any more. The others close when the engine has
 * finished with them. */
void sockets_shutdown(struct sockets *sockets);

/* Closes every socket now, whatever its client still expects. */
void sockets_abort(struct sockets *sockets);

size_t sockets_count(const struct sockets *sockets);

#endif
