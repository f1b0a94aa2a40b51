#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "server/acceptors.h"

struct broker;
struct engine;
struct event_base;
struct logger;
struct server;
struct store;

/* The engine among real sockets, clocks and signals. It owns the event loop, the listeners and the
 * clients' sockets, and runs on one thread:
 *
 *     while (!server_stopped(server)) {
 *         server_tick(server);
 *     }
 *
 * SIGTERM and SIGINT stop it, SIGHUP asks it to reload. */
struct server_options {
    struct engine *engine;       // borrowed
    const struct broker *broker; // borrowed: its counters are watched
    struct store *store;         // borrowed; NULL: nothing is kept on disk
    struct logger *log;          // borrowed
    const char *node;            // name for the log; borrowed
    uint64_t memory_limit;       // octets; publishers are held back above
    uint64_t memory_total;
    uint64_t disk_limit; // octets; publishers are held back when less is free
    uint32_t memory_interval_ms;
    uint32_t tls_handshake_timeout_ms;
    void (*on_reload)(void *context); // SIGHUP; between two ticks; may be NULL
    void *context;                    // of on_reload; borrowed
};

/* NULL, with errno set, if the system has no room for an event loop. */
struct server *server_new(const struct server_options *options);

/* Closes everything, without further ado for connections that are still open. */
void server_free(struct server *server);

/* As acceptors_open. */
int server_listen(struct server *server, const struct listener *where,
                  const struct acceptor_options *options, struct text *error);

/* One turn of the loop, in four phases whose order is the promise that nothing is said to a client
 * before it holds:
 *
 *     1  wait for events; their callbacks read, decode and call the core
 *     2  the engine lets effects through its gate and encodes them; the store takes what is new
 *     3  every connection concerned gets one gathered write
 *     4  what was closed is freed */
void server_tick(struct server *server);

/* Should the disk fail, the process ends here and now, with a line in the log: nothing may be said
 * to anybody that is not durable, and a start finds out what is. */

/* Stops accepting, tells every client, and closes; forcibly after a few seconds. */
void server_stop(struct server *server);

/* True once it was stopped and nobody is connected any more. */
bool server_stopped(const struct server *server);

/* As acceptors_suspend and acceptors_resume. */
void server_suspend(struct server *server);
int server_resume(struct server *server);
bool server_suspended(const struct server *server);

/* Other limits, which hold at once; one that stays as it is says nothing. */
struct server_limits {
    uint64_t memory; // octets, as memory_limit above
    uint64_t disk;   // octets, as disk_limit above
};

void server_set_limits(struct server *server, const struct server_limits *limits);

/* As acceptors_address. */
struct address;
const struct address *server_listener(const struct server *server, size_t index, bool *tls);

struct event_base *server_base(struct server *server); // borrowed: for what else is to be served

#endif
