#ifndef SERVER_ACCEPTORS_H
#define SERVER_ACCEPTORS_H

#include "base/text.h"

struct acceptors;
struct clock;
struct event_base;
struct listener;
struct logger;
struct sockets;
struct tls;

/* The listening sockets. What they accept goes to server/sockets. They keep accepting when the
 * process has no descriptor left: such a client is turned away at once, where it would else wait
 * in the backlog for ever; the log tells once, and again when it is over. */
struct acceptors_options {
    struct event_base *base; // borrowed
    struct clock *clock;     // borrowed
    struct sockets *sockets; // borrowed
    struct logger *log;      // borrowed
};

struct acceptors *acceptors_new(const struct acceptors_options *options);
void acceptors_free(struct acceptors *acceptors); // stops accepting

/* Options of the sockets that will be accepted; a size of 0 is the system's choice. */
struct acceptor_options {
    struct tls *tls; // borrowed; NULL without TLS
    int backlog;
    int send_buffer;
    int receive_buffer;
    int linger_s; // SO_LINGER; negative: off
    bool nodelay;
    bool keepalive;
};

/* Listens where `where` (conf/listener.h) says, which may be several sockets for a host name, and
 * logs each. Returns 0, or a negative errno, having written what failed to `error`. */
int acceptors_open(struct acceptors *acceptors, const struct listener *where,
                   const struct acceptor_options *options, struct text *error);

/* No client gets in any more, until acceptors_resume: at TCP they are refused, at a unix socket
 * they wait. Meanwhile there is nothing that acceptors_address tells of. acceptors_resume returns
 * 0, or a negative errno if an address cannot be had again; it may be tried once more. */
void acceptors_suspend(struct acceptors *acceptors);
int acceptors_resume(struct acceptors *acceptors);
bool acceptors_suspended(const struct acceptors *acceptors);

/* Closes all of them; those in the backlogs are refused. */
void acceptors_close(struct acceptors *acceptors);

/* Where the listener of this index really listens, and whether it speaks TLS; NULL if there are not
 * so many. */
struct address;
const struct address *acceptors_address(const struct acceptors *acceptors, size_t index, bool *tls);

size_t acceptors_count(const struct acceptors *acceptors);

#endif
