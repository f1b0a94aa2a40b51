#include "server/socket_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"
#include "conf/log.h"
#include "server/clock.h"
#include "server/conn.h"
#include "server/engine.h"
#include "server/tls.h"
#include "server/tls_terms.h"

enum {
    PIECES_MAX = 256,           // of one gathered write
    TIMER_COARSE_MS = 500,      // distant deadlines are put off to a multiple of this, so that
    TIMER_DISTANT_MS = 4 * 500, // those of many idle connections fall together
};

static uint64_t now_of(const struct socket *socket)
{
    return clock_now(socket->sockets->options.clock);
}

/* The timer is only ever set to fire earlier than it would. It may thus fire too early, which costs
 * one call; setting it anew at every sign of life would cost more. */
static void set_timer(struct socket *socket, uint64_t at)
{
    uint64_t now = now_of(socket);
    if (at != UINT64_MAX && at > now + TIMER_DISTANT_MS) {
        at += TIMER_COARSE_MS - at % TIMER_COARSE_MS;
    }
    if (at >= socket->timer_at) {
        return;
    }
    uint64_t delay = at > now ? at - now : 0;
    struct timeval in = {.tv_sec = (time_t)(delay / 1000),
                         .tv_usec = (suseconds_t)(delay % 1000 * 1000)};
    socket->timer_at = at;
    event_add(&socket->timer, &in);
}

static void mark_ready(struct socket *socket)
{
    if (!list_linked(&socket->ready_link)) {
        list_push(&socket->sockets->ready, &socket->ready_link);
    }
}

static void mark_again(struct socket *socket)
{
    if (!list_linked(&socket->again_link)) {
        list_push(&socket->sockets->again, &socket->again_link);
    }
}

static void set_reading(struct socket *socket, bool reading)
{
    if (reading == socket->reading) {
        return;
    }
    socket->reading = reading;
    if (!reading) {
        event_del(&socket->readable);
        return;
    }
    event_add(&socket->readable, NULL);
    if (socket->stream.more_input) {
        mark_again(socket);
    }
}

static void set_writing(struct socket *socket, bool writing)
{
    if (writing == socket->writing) {
        return;
    }
    socket->writing = writing;
    if (writing) {
        event_add(&socket->writable, NULL);
    } else {
        event_del(&socket->writable);
    }
}

void socket_kill(struct socket *socket)
{
    if (socket->phase == SOCKET_DEAD) {
        return;
    }
    socket->phase = SOCKET_DEAD;
    set_reading(socket, false);
    set_writing(socket, false);
    event_del(&socket->timer);
    list_push(&socket->sockets->dead, &socket->dead_link);
}

/* Tells the engine that the peer is gone. The socket follows at the end of the tick. */
static void lose(struct socket *socket, ssize_t error)
{
    const char *text = error == 0 || error == -ECONNRESET
                           ? "client unexpectedly closed TCP connection"
                           : strerror((int)-error);
    if (!socket->lost) {
        socket->lost = true;
        conn_lost(socket->conn, (struct slice){(const uint8_t *)text, strlen(text)},
                  now_of(socket));
        mark_ready(socket);
    }
}

/* The handshake is over: from here on the engine is concerned. */
static void open_connection(struct socket *socket)
{
    struct newcomer *newcomer = socket->newcomer;
    struct text user = {.len = 0};
    struct bytes terms = {0};
    if (socket->stream.tls) {
        tls_peer_name(newcomer->tls, socket->stream.tls, &user);
        tls_terms_pack(socket->stream.tls, &terms);
    }
    struct peer peer = {.name = text_slice(&newcomer->name),
                        .external_user = text_slice(&user),
                        .terms = bytes_slice(&terms),
                        .loopback = newcomer->loopback,
                        .tls = socket->stream.tls != NULL};
    socket->conn = engine_connect(socket->sockets->options.engine, &peer, now_of(socket));
    bytes_finish(&terms);
    conn_set_owner(socket->conn, socket);
    socket->phase = SOCKET_OPEN;
    free(newcomer);
    socket->newcomer = NULL;
    event_del(&socket->timer);
    socket->timer_at = UINT64_MAX;
    set_writing(socket, false);
    if (socket->stream.more_input) {
        mark_again(socket);
    }
    mark_ready(socket);
}

/* Everything is sent: closes our end and lets go of the connection. */
static void linger(struct socket *socket)
{
    socket->stream.transport->end_output(&socket->stream);
    socket->phase = SOCKET_LINGERING;
    conn_free(socket->conn);
    socket->conn = NULL;
    free(socket->newcomer);
    socket->newcomer = NULL;
    bytes_finish(&socket->rest);
    set_writing(socket, false);
    set_reading(socket, true);
    event_del(&socket->timer);
    socket->timer_at = UINT64_MAX;
    set_timer(socket, now_of(socket) + LINGER_MS);
}

/* The peer is told by an alert, which must not be overtaken by a reset either. */
static void handshake_failed(struct socket *socket, const char *reason)
{
    log_notice(socket->sockets->options.log, LOG_CONNECTION, "TLS handshake with %s failed: %s",
               socket->newcomer->name.ptr, reason);
    linger(socket);
}

static void shake_hands(struct socket *socket)
{
    int rc = socket->stream.transport->handshake(&socket->stream);
    if (rc == 0) {
        open_connection(socket);
    } else if (rc == -EAGAIN) {
        set_writing(socket, socket->stream.read_wants_write);
    } else if (rc == -EPROTO) {
        struct text reason = {.len = 0};
        tls_error(&reason);
        handshake_failed(socket, reason.ptr);
    } else {
        handshake_failed(socket, strerror(-rc));
    }
}

/* What a read left behind decides when to read again and whether the client is still there. */
static void after_read(struct socket *socket, ssize_t got)
{
    socket->held = socket->rest.len > 0 && !conn_wants_input(socket->conn);
    if (socket->held) {
        mark_ready(socket);
    }
    if (got == 0 || (got < 0 && got != -EAGAIN)) {
        lose(socket, got);
    } else if (got == -EAGAIN && socket->stream.read_wants_write) {
        set_writing(socket, true);
    } else if (socket->stream.more_input) {
        mark_again(socket);
    }
}

/* Reads behind the rest in the socket's own buffer: for frames so long that moving their beginning
 * back and forth would cost more than the memory does. */
static void receive_long(struct socket *socket)
{
    struct bytes *rest = &socket->rest;
    size_t hint = conn_input_hint(socket->conn);
    size_t room = hint < INPUT_SIZE ? hint : INPUT_SIZE;
    room = room > REST_SMALL ? room : REST_SMALL;
    ssize_t got =
        socket->stream.transport->read_some(&socket->stream, bytes_reserve(rest, room), room);
    rest->len += got > 0 ? (size_t)got : 0;
    bytes_consume(rest, conn_receive(socket->conn, bytes_slice(rest), now_of(socket)));
    if (rest->len <= REST_SMALL) {
        struct bytes small = {0};
        bytes_add(&small, bytes_slice(rest));
        bytes_finish(rest);
        *rest = small;
    }
    after_read(socket, got);
}

/* Reads into the buffer that all sockets share, behind the rest of last time. */
static void receive(struct socket *socket)
{
    uint8_t *input = socket->sockets->input;
    size_t len = socket->rest.len;
    slice_copy(input, bytes_slice(&socket->rest));
    ssize_t got =
        socket->stream.transport->read_some(&socket->stream, input + len, INPUT_SIZE - len);
    len += got > 0 ? (size_t)got : 0;
    size_t used = conn_receive(socket->conn, (struct slice){input, len}, now_of(socket));
    socket->rest.len = 0;
    if (used < len) {
        bytes_add(&socket->rest, (struct slice){input + used, len - used});
    } else {
        bytes_finish(&socket->rest);
    }
    after_read(socket, got);
}

/* Throws away what a finished client still sends, until it closes its end. */
static void drain(struct socket *socket)
{
    ssize_t got =
        socket->stream.transport->read_some(&socket->stream, socket->sockets->input, INPUT_SIZE);
    if (got == 0 || (got < 0 && got != -EAGAIN)) {
        socket_kill(socket);
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct socket *socket = arg;
    (void)fd, (void)what;
    socket->sockets->reads++;
    switch (socket->phase) {
    case SOCKET_SHAKING:
        shake_hands(socket);
        break;
    case SOCKET_OPEN:
        if (socket->lost) {
            break;
        } else if (socket->rest.len > REST_SMALL) {
            receive_long(socket);
        } else {
            receive(socket);
        }
        break;
    case SOCKET_LINGERING:
        drain(socket);
        break;
    case SOCKET_DEAD:
        break;
    }
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct socket *socket = arg;
    if (socket->phase == SOCKET_SHAKING) {
        shake_hands(socket);
    } else if (socket->phase == SOCKET_OPEN) {
        mark_ready(socket);
        if (socket->stream.read_wants_write) {
            on_readable(fd, what, arg);
        }
    }
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct socket *socket = arg;
    (void)fd, (void)what;
    socket->timer_at = UINT64_MAX;
    if (socket->phase == SOCKET_SHAKING) {
        handshake_failed(socket, "timeout");
    } else if (socket->phase == SOCKET_LINGERING ||
               (socket->finish_at > 0 && socket->finish_at <= now_of(socket))) {
        socket_kill(socket);
    } else if (socket->phase == SOCKET_OPEN) {
        conn_tick(socket->conn, now_of(socket));
        mark_ready(socket);
    }
}

void socket_new(struct sockets *sockets, struct newcomer *newcomer, struct stream stream)
{
    struct socket *socket = memory_new(sizeof *socket);
    struct event_base *base = sockets->options.base;
    socket->sockets = sockets;
    socket->newcomer = newcomer;
    socket->stream = stream;
    socket->timer_at = UINT64_MAX;
    list_push(&sockets->all, &socket->link);
    sockets->count++;
    event_assign(&socket->readable, base, stream.fd, EV_READ | EV_PERSIST, on_readable, socket);
    event_assign(&socket->writable, base, stream.fd, EV_WRITE | EV_PERSIST, on_writable, socket);
    event_assign(&socket->timer, base, -1, 0, on_timer, socket);
    set_reading(socket, true);
    if (stream.tls) {
        set_timer(socket, now_of(socket) + sockets->options.tls_handshake_timeout_ms);
    }
    shake_hands(socket);
}

void socket_free(struct socket *socket)
{
    socket_kill(socket);
    list_unlink(&socket->dead_link);
    list_unlink(&socket->link);
    if (list_linked(&socket->again_link)) {
        list_unlink(&socket->again_link);
    }
    if (list_linked(&socket->ready_link)) {
        list_unlink(&socket->ready_link);
    }
    socket->sockets->count--;
    conn_free(socket->conn);
    free(socket->newcomer);
    bytes_finish(&socket->rest);
    socket->stream.transport->close(&socket->stream);
    free(socket);
}

static size_t pieces_size(const struct iovec *pieces, int count)
{
    size_t size = 0;
    for (int i = 0; i < count; i++) {
        size += pieces[i].iov_len;
    }
    return size;
}

/* True if anything was sent, or the peer turned out to be gone. */
static bool send_output(struct socket *socket)
{
    struct iovec pieces[PIECES_MAX];
    const struct transport *transport = socket->stream.transport;
    bool sent_any = false;
    for (;;) {
        int count = conn_gather(socket->conn, pieces, PIECES_MAX);
        if (count == 0) {
            set_writing(socket, socket->stream.read_wants_write);
            return sent_any;
        }
        ssize_t sent = transport->write_some(&socket->stream, pieces, count);
        bool full = sent == -EAGAIN;
        if (sent >= 0) {
            sent_any = true;
            full = transport->short_write_is_full && (size_t)sent < pieces_size(pieces, count);
            conn_sent(socket->conn, (size_t)sent, now_of(socket));
        } else if (!full) {
            lose(socket, sent);
            return true;
        }
        if (full) {
            set_writing(socket, true);
            return sent_any;
        }
    }
}

bool socket_flush(struct socket *socket)
{
    if (socket->phase != SOCKET_OPEN) {
        return false;
    }
    bool news = !socket->lost && send_output(socket);
    bool finished = conn_finished(socket->conn);
    if (socket->lost) {
        socket_kill(socket);
        return true;
    }
    if (finished && conn_output_size(socket->conn) == 0) {
        linger(socket);
        return true;
    }
    if (finished && socket->finish_at == 0) {
        socket->finish_at = now_of(socket) + LINGER_MS;
    }
    set_reading(socket, !finished && conn_wants_input(socket->conn));
    if (socket->held && socket->reading) {
        socket->held = false;
        mark_again(socket);
    }
    set_timer(socket, finished ? socket->finish_at : conn_deadline(socket->conn));
    return news;
}
