#include "bench/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/dial.h"
#include "bench/memory.h"
#include "bench/stats.h"

enum {
    INPUT_MIN = 4 * 1024, // 5,000 idle connections must not need much
    INPUT_MAX = 256 * 1024,
    CALL_SECONDS_MAX = 120, // 10,000 pipelined bindings take RabbitMQ a while
};

struct conn {
    int fd;
    size_t frame_max;
    struct problem *problem; // borrowed from the scenario
    conn_on_frame on_frame;
    void *owner; // borrowed: the owner frees the connection
    struct bytes in;
    struct bytes out;
    uint32_t wanted;    // method id that conn_expect waits for; 0 = it came
    struct bytes reply; // the arguments of the method that came
    char blocked[256];  // connection.blocked's reason; empty = not blocked
};

static void copy_text(char *text, size_t size, struct slice from)
{
    size_t len = from.len < size - 1 ? from.len : size - 1;
    memcpy(text, from.ptr, len);
    text[len] = '\0';
}

static struct wire_reader arguments_of(const struct frame *frame)
{
    return (struct wire_reader){.pos = frame->payload.ptr + sizeof frame->method,
                                .end = frame->payload.ptr + frame->payload.len};
}

static void on_close(struct conn *conn, const struct frame *frame, const char *what)
{
    struct wire_reader reader = arguments_of(frame);
    char text[256];
    unsigned code = wire_get_u16(&reader);
    copy_text(text, sizeof text, wire_get_shortstr(&reader));
    problem_set(conn->problem, "the broker closed the %s: %u %s", what, code, text);
}

static void on_blocked(struct conn *conn, const struct frame *frame)
{
    struct wire_reader reader = arguments_of(frame);
    copy_text(conn->blocked, sizeof conn->blocked, wire_get_shortstr(&reader));
    if (conn->blocked[0] == '\0') {
        copy_text(conn->blocked, sizeof conn->blocked, slice_of("no reason given"));
    }
}

static void keep_reply(struct conn *conn, const struct frame *frame)
{
    conn->wanted = 0;
    conn->reply.len = 0;
    wire_put_raw(&conn->reply, frame->payload);
}

static void on_method(struct conn *conn, const struct frame *frame)
{
    if (conn->wanted == frame->method) {
        keep_reply(conn, frame);
    } else if (frame->method == CONNECTION_CLOSE) {
        on_close(conn, frame, "connection");
        put_connection_close_ok(&conn->out);
    } else if (frame->method == CHANNEL_CLOSE) {
        on_close(conn, frame, "channel");
        put_channel_close_ok(&conn->out, CHANNEL);
    } else if (frame->method == CONNECTION_BLOCKED) {
        on_blocked(conn, frame);
    } else if (frame->method == CONNECTION_UNBLOCKED) {
        conn->blocked[0] = '\0';
    } else if (frame->method == BASIC_CANCEL) {
        problem_set(conn->problem, "the broker cancelled a consumer");
    } else if (frame->method >> 16 == CLASS_BASIC && conn->on_frame) {
        conn->on_frame(conn->owner, frame);
    }
}

static bool bad_frame(struct conn *conn, const char *what)
{
    return problem_set(conn->problem, "the broker sent a bad frame: %s", what);
}

static bool take_frame(struct conn *conn, const uint8_t *at, size_t size)
{
    struct frame frame = {(enum frame_type)at[0], 0, {at + FRAME_HEAD, size}};
    if (at[FRAME_HEAD + size] != FRAME_END) {
        return bad_frame(conn, "no frame end");
    }
    if (frame.type != FRAME_METHOD) {
        if (frame.type != FRAME_HEARTBEAT && conn->on_frame) {
            conn->on_frame(conn->owner, &frame);
        }
        return true;
    }
    if (size < sizeof frame.method) {
        return bad_frame(conn, "no method id");
    }
    frame.method = wire_load_u32(frame.payload.ptr);
    if (frame.method == BASIC_DELIVER && conn->on_frame) {
        conn->on_frame(conn->owner, &frame); // the usual case, ahead of the list of others
    } else {
        on_method(conn, &frame);
    }
    return true;
}

static bool take_frames(struct conn *conn)
{
    const uint8_t *pos = conn->in.ptr;
    size_t left = conn->in.len;
    while (left >= FRAME_OVERHEAD) {
        size_t size = wire_load_u32(pos + 3);
        if (size > FRAME_MAX) {
            return bad_frame(conn, "larger than frame_max");
        }
        if (left < size + FRAME_OVERHEAD) {
            break;
        }
        if (!take_frame(conn, pos, size)) {
            return false;
        }
        pos += size + FRAME_OVERHEAD;
        left -= size + FRAME_OVERHEAD;
    }
    bytes_consume(&conn->in, conn->in.len - left);
    return !problem_is_set(conn->problem);
}

static void widen(struct bytes *in)
{
    if (in->cap < INPUT_MAX) {
        in->cap = in->cap < INPUT_MIN ? INPUT_MIN : 4 * in->cap;
        in->ptr = memory_resize(in->ptr, in->cap);
    }
}

ssize_t conn_receive(struct conn *conn)
{
    if (conn->in.len == conn->in.cap) {
        widen(&conn->in);
    }
    size_t room = conn->in.cap - conn->in.len;
    ssize_t got = recv(conn->fd, conn->in.ptr + conn->in.len, room, 0);
    if (got == -1 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    if (got <= 0) {
        problem_set(conn->problem, "connection lost: %s",
                    got == 0 ? "the broker closed the socket" : strerror(errno));
        return -1;
    }
    conn->in.len += (size_t)got;
    if (!take_frames(conn)) {
        return -1;
    }
    if ((size_t)got == room) {
        widen(&conn->in); // more may have been waiting: read more at a time from now on
    }
    return got;
}

ssize_t conn_write(struct conn *conn, struct slice raw)
{
    ssize_t sent = send(conn->fd, raw.ptr, raw.len, MSG_NOSIGNAL);
    if (sent >= 0) {
        return sent;
    }
    if (errno == EAGAIN || errno == EINTR) {
        return 0;
    }
    int error = errno;
    while ((error == ECONNRESET || error == EPIPE) && conn_receive(conn) > 0) {
        // The broker's reason for closing may be waiting to be read.
    }
    problem_set(conn->problem, "connection lost: %s", strerror(error));
    return -1;
}

bool conn_flush(struct conn *conn)
{
    if (conn->out.len == 0) {
        return true;
    }
    ssize_t sent = conn_write(conn, (struct slice){conn->out.ptr, conn->out.len});
    if (sent > 0) {
        bytes_consume(&conn->out, (size_t)sent);
    }
    return sent >= 0;
}

void conn_expect(struct conn *conn, enum method wanted)
{
    conn->wanted = (uint32_t)wanted;
}

bool conn_answered(const struct conn *conn)
{
    return conn->wanted == 0;
}

static bool wait_for_answer(struct conn *conn)
{
    int64_t deadline = clock_ns() + (int64_t)CALL_SECONDS_MAX * 1000000000;
    while (!conn_answered(conn)) {
        if (!conn_flush(conn)) {
            return false;
        }
        short events = POLLIN | (conn->out.len > 0 ? POLLOUT : 0);
        struct pollfd ready = {.fd = conn->fd, .events = events};
        poll(&ready, 1, 1000);
        if ((ready.revents & ~POLLOUT) && conn_receive(conn) < 0) {
            return false;
        }
        if (clock_ns() > deadline) {
            return problem_set(conn->problem, "no reply to a method within %d s%s%s",
                               CALL_SECONDS_MAX, conn->blocked[0] ? ", connection blocked: " : "",
                               conn->blocked);
        }
    }
    return true;
}

bool conn_call(struct conn *conn, enum method wanted, struct wire_reader *reply)
{
    conn_expect(conn, wanted);
    if (!wait_for_answer(conn)) {
        return false;
    }
    if (reply) {
        *reply = (struct wire_reader){.pos = conn->reply.ptr + sizeof(uint32_t),
                                      .end = conn->reply.ptr + conn->reply.len};
    }
    return true;
}

/* Answers start, tune and open: the whole of the handshake, and channel 1. */
static bool log_in(struct conn *conn, const struct uri *uri)
{
    struct wire_reader tune;
    wire_put_raw(&conn->out, (struct slice){(const uint8_t *)"AMQP\0\0\x09\x01", 8});
    if (!conn_call(conn, CONNECTION_START, NULL)) {
        return false;
    }
    put_start_ok(&conn->out, uri->user, uri->password);
    if (!conn_call(conn, CONNECTION_TUNE, &tune)) {
        return false;
    }
    uint16_t channel_max = wire_get_u16(&tune);
    uint32_t frame_max = wire_get_u32(&tune);
    conn->frame_max = frame_max == 0 || frame_max > FRAME_MAX ? FRAME_MAX : frame_max;
    put_tune_ok(&conn->out, channel_max, (uint32_t)conn->frame_max);
    put_connection_open(&conn->out, uri->vhost);
    if (!conn_call(conn, CONNECTION_OPEN_OK, NULL)) {
        return false;
    }
    put_channel_open(&conn->out, CHANNEL);
    return conn_call(conn, CHANNEL_OPEN_OK, NULL);
}

struct conn *conn_open(const struct uri *uri, struct problem *problem)
{
    int fd = dial(uri, problem);
    if (fd == -1) {
        return NULL;
    }
    struct conn *conn = memory_zeroed(1, sizeof *conn);
    conn->fd = fd;
    conn->problem = problem;
    conn->frame_max = FRAME_MAX;
    if (!log_in(conn, uri)) {
        conn_free(conn);
        return NULL;
    }
    return conn;
}

void conn_free(struct conn *conn)
{
    if (conn) {
        close(conn->fd);
        bytes_finish(&conn->in);
        bytes_finish(&conn->out);
        bytes_finish(&conn->reply);
        free(conn);
    }
}

void conn_close(struct conn *conn)
{
    if (conn && !problem_is_set(conn->problem)) {
        put_connection_close(&conn->out);
        conn_call(conn, CONNECTION_CLOSE_OK, NULL);
    }
    if (conn && problem_is_set(conn->problem)) {
        conn_flush(conn); // an answer to the broker's close, as far as the socket takes it
    }
    conn_free(conn);
}

void conn_set_owner(struct conn *conn, conn_on_frame on_frame, void *owner)
{
    conn->on_frame = on_frame;
    conn->owner = owner;
}

int conn_fd(const struct conn *conn)
{
    return conn->fd;
}

size_t conn_frame_max(const struct conn *conn)
{
    return conn->frame_max;
}

struct problem *conn_problem(const struct conn *conn)
{
    return conn->problem;
}

const char *conn_blocked(const struct conn *conn)
{
    return conn->blocked[0] ? conn->blocked : NULL;
}

struct bytes *conn_out(struct conn *conn)
{
    return &conn->out;
}
