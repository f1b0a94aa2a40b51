#ifndef SERVER_TRANSPORT_H
#define SERVER_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct ssl_st; // OpenSSL's SSL

/* Octets over a non-blocking socket, plain or under TLS: the same few functions, so that
 * server/socket.c does not know which it has. A stream is a value inside its socket. */
struct transport;

struct stream {
    const struct transport *transport;
    struct ssl_st *tls;    // owned by a TLS stream; NULL otherwise
    int fd;                // owned
    bool read_wants_write; // the last read, or handshake, goes on when the socket is writable
    bool more_input;       // octets are waiting inside TLS: no event of the socket will tell
};

struct transport {
    /* Both return how many octets were moved, 0 at the end of the input, -EAGAIN if the socket is
     * not ready, or another negative errno: -EPROTO for what TLS alone can go wrong. */
    ssize_t (*read_some)(struct stream *stream, uint8_t *into, size_t room);
    ssize_t (*write_some)(struct stream *stream, const struct iovec *pieces, int count);

    /* Done when 0 is returned; -EAGAIN asks for another call when the socket is ready. */
    int (*handshake)(struct stream *stream);

    /* Says that no more output will come. What can be read afterwards is good for nothing but to
     * be thrown away: a TLS stream is a plain one then. */
    void (*end_output)(struct stream *stream);

    void (*close)(struct stream *stream);

    bool short_write_is_full; // after a write of less than was offered another would be in vain
};

#endif
