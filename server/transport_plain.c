#include "server/transport_plain.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t plain_read(struct stream *stream, uint8_t *into, size_t room)
{
    ssize_t got;
    do {
        got = read(stream->fd, into, room);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

static ssize_t plain_write(struct stream *stream, const struct iovec *pieces, int count)
{
    ssize_t sent;
    do {
        sent = writev(stream->fd, pieces, count);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

static int plain_handshake(struct stream *stream)
{
    (void)stream;
    return 0;
}

static void plain_end_output(struct stream *stream)
{
    shutdown(stream->fd, SHUT_WR);
}

static void plain_close(struct stream *stream)
{
    close(stream->fd);
    stream->fd = -1;
}

const struct transport transport_plain = {
    .read_some = plain_read,
    .write_some = plain_write,
    .handshake = plain_handshake,
    .end_output = plain_end_output,
    .short_write_is_full = true,
    .close = plain_close,
};
