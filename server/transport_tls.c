#include "server/transport_tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/transport_plain.h"

enum { RECORD_MAX = 16 * 1024 }; // octets of one TLS record: more at once is not sent faster

/* Turns OpenSSL's reason for not going on into an errno. The error queue is left as it is: a failed
 * handshake is explained by it (tls_error). */
static int failure(struct stream *stream, int rc, int saved_errno)
{
    switch (SSL_get_error(stream->tls, rc)) {
    case SSL_ERROR_WANT_READ:
        stream->read_wants_write = false;
        return -EAGAIN;
    case SSL_ERROR_WANT_WRITE:
        stream->read_wants_write = true;
        return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        return saved_errno ? -saved_errno : -ECONNRESET;
    default:
        return -EPROTO;
    }
}

/* Reads record after record until the room or the socket's input is used up. */
static ssize_t tls_read(struct stream *stream, uint8_t *into, size_t room)
{
    size_t total = 0;
    stream->more_input = false;
    while (total < room) {
        size_t got = 0;
        ERR_clear_error();
        errno = 0;
        int rc = SSL_read_ex(stream->tls, into + total, room - total, &got);
        if (rc <= 0) {
            int error = failure(stream, rc, errno);
            stream->more_input = total > 0 && error != -EAGAIN; // an end or error, told next time
            return total > 0 ? (ssize_t)total : error;
        }
        total += got;
    }
    stream->more_input = true;
    return (ssize_t)total;
}

/* One record's worth of the output: a large piece from where it is, small ones gathered. The same
 * call again with more output behind it begins with the same octets, as OpenSSL demands of what
 * it was given before it had to wait. */
static ssize_t tls_write(struct stream *stream, const struct iovec *pieces, int count)
{
    uint8_t gathered[RECORD_MAX];
    const uint8_t *from = pieces[0].iov_base;
    size_t len = pieces[0].iov_len < RECORD_MAX ? pieces[0].iov_len : RECORD_MAX;
    if (count > 1 && len < RECORD_MAX) {
        from = gathered;
        len = 0;
        for (int i = 0; i < count && len < RECORD_MAX; i++) {
            size_t room = RECORD_MAX - len;
            size_t part = pieces[i].iov_len < room ? pieces[i].iov_len : room;
            memcpy(gathered + len, pieces[i].iov_base, part);
            len += part;
        }
    }
    size_t sent = 0;
    bool read_wants_write = stream->read_wants_write;
    ERR_clear_error();
    errno = 0;
    int rc = SSL_write_ex(stream->tls, from, len, &sent);
    if (rc > 0) {
        return (ssize_t)sent;
    }
    int error = failure(stream, rc, errno);
    stream->read_wants_write = read_wants_write;
    return error == 0 ? -EPIPE : error;
}

static int tls_handshake(struct stream *stream)
{
    ERR_clear_error();
    errno = 0;
    int rc = SSL_accept(stream->tls);
    if (rc == 1) {
        stream->read_wants_write = false;
        stream->more_input = SSL_has_pending(stream->tls);
        return 0;
    }
    int error = failure(stream, rc, errno);
    return error == 0 ? -ECONNRESET : error;
}

/* Sends close_notify, or the alert that a failed handshake left, and does not wait for the peer's.
 * TLS is over then: what still comes is only to be thrown away. */
static void tls_end_output(struct stream *stream)
{
    ERR_clear_error();
    SSL_shutdown(stream->tls);
    ERR_clear_error();
    SSL_free(stream->tls);
    stream->tls = NULL;
    stream->transport = &transport_plain;
    stream->transport->end_output(stream);
}

static void tls_close(struct stream *stream)
{
    SSL_free(stream->tls);
    stream->tls = NULL;
    ERR_clear_error();
    close(stream->fd);
    stream->fd = -1;
}

const struct transport transport_tls = {
    .read_some = tls_read,
    .write_some = tls_write,
    .handshake = tls_handshake,
    .end_output = tls_end_output,
    .short_write_is_full = false,
    .close = tls_close,
};
