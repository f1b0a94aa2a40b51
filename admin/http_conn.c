#include "admin/http_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "admin/local_socket.h"
#include "base/memory.h"
#include "conf/format.h"
#include "conf/log.h"
#include "server/tls.h"
#include "server/transport_plain.h"
#include "server/transport_tls.h"

void http_set_reading(struct http_conn *conn, bool reading)
{
    if (reading == conn->reading) {
        return;
    }
    conn->reading = reading;
    if (reading) {
        event_add(&conn->readable, NULL);
    } else {
        event_del(&conn->readable);
    }
}

void http_set_writing(struct http_conn *conn, bool writing)
{
    if (writing == conn->writing) {
        return;
    }
    conn->writing = writing;
    if (writing) {
        event_add(&conn->writable, NULL);
    } else {
        event_del(&conn->writable);
    }
}

void http_set_timer(struct http_conn *conn, uint64_t ms)
{
    struct timeval in = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    event_add(&conn->timer, &in);
}

/* A time of nothing is over when the loop has looked for other events. */
void http_come_back(struct http_conn *conn)
{
    struct timeval now = {.tv_sec = 0};
    event_add(&conn->soon, &now);
}

static void leave(struct list_node *link)
{
    if (list_linked(link)) {
        list_unlink(link);
    }
}

void http_conn_free(struct http_conn *conn)
{
    leave(&conn->early_link);
    leave(&conn->waiting_link);
    list_unlink(&conn->link);
    conn->http->count--;
    conn->http->bodies -= conn->reserved;
    event_del(&conn->readable);
    event_del(&conn->writable);
    event_del(&conn->timer);
    event_del(&conn->soon);
    conn->stream.transport->close(&conn->stream);
    reply_finish(&conn->reply);
    bytes_finish(&conn->input);
    bytes_finish(&conn->head);
    bytes_finish(&conn->body);
    bytes_finish(&conn->output);
    free(conn->peer);
    free(conn);
}

/* RECEIVING, with nothing of a request yet. */
static void expect_request(struct http_conn *conn)
{
    conn->phase = HTTP_RECEIVING;
    conn->begun = false;
    conn->since_ms = http_now(conn->http);
    leave(&conn->early_link);
    list_push(&conn->http->early, &conn->early_link);
    http_set_reading(conn, true);
    http_set_timer(conn, conn->http->options.idle_timeout_ms);
    if (conn->input.len > 0 || conn->stream.more_input) {
        http_come_back(conn);
    }
}

static void linger(struct http_conn *conn)
{
    conn->stream.transport->end_output(&conn->stream);
    conn->phase = HTTP_LINGERING;
    bytes_finish(&conn->input);
    http_set_writing(conn, false);
    http_set_reading(conn, true);
    http_set_timer(conn, HTTP_LINGER_MS);
}

void http_conn_next(struct http_conn *conn)
{
    reply_finish(&conn->reply);
    bytes_finish(&conn->output);
    bytes_finish(&conn->head);
    conn->reply = (struct reply){.status = 0};
    conn->facts = (struct http_head){.old = false};
    conn->chunks = (struct http_chunks){.left = 0};
    conn->sent_all = 0;
    if (conn->keeps_open) {
        expect_request(conn);
    } else {
        linger(conn);
    }
}

static void shake_hands(struct http_conn *conn)
{
    int rc = conn->stream.transport->handshake(&conn->stream);
    if (rc == 0) {
        http_set_writing(conn, false);
        expect_request(conn);
    } else if (rc == -EAGAIN) {
        http_set_writing(conn, conn->stream.read_wants_write);
    } else {
        struct text reason = {.len = 0};
        tls_error(&reason);
        log_debug(conn->http->options.log, LOG_DEFAULT, "TLS handshake with %s failed: %s",
                  conn->peer, rc == -EPROTO ? reason.ptr : strerror(-rc));
        linger(conn);
    }
}

/* Reads what is there, and goes on with it or with what was there before. */
static void receive(struct http_conn *conn)
{
    uint8_t room[HTTP_READ_SIZE];
    ssize_t got = conn->stream.transport->read_some(&conn->stream, room, sizeof room);
    if (got == 0 || (got < 0 && got != -EAGAIN)) {
        http_conn_free(conn);
        return;
    }
    if (got > 0) {
        bytes_add(&conn->input, (struct slice){room, (size_t)got});
    }
    http_set_writing(conn, got < 0 && conn->stream.read_wants_write);
    if (conn->stream.more_input) {
        http_come_back(conn);
    }
    if (conn->input.len > 0) {
        http_receive(conn);
    }
}

static void drain(struct http_conn *conn)
{
    uint8_t room[HTTP_READ_SIZE];
    ssize_t got = conn->stream.transport->read_some(&conn->stream, room, sizeof room);
    if (got == 0 || (got < 0 && got != -EAGAIN)) {
        http_conn_free(conn);
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    (void)fd, (void)what;
    switch (conn->phase) {
    case HTTP_SHAKING:
        shake_hands(conn);
        break;
    case HTTP_RECEIVING:
        receive(conn);
        break;
    case HTTP_LINGERING:
        drain(conn);
        break;
    case HTTP_WAITING:
    case HTTP_SENDING:
        break;
    }
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    if (conn->phase == HTTP_SENDING) {
        http_write(conn);
    } else {
        on_readable(fd, what, arg);
    }
}

static void on_soon(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    (void)fd, (void)what;
    if (conn->phase == HTTP_RECEIVING) {
        receive(conn);
    } else if (conn->phase == HTTP_SENDING && conn->output.len == 0) {
        http_make_part(conn);
    }
}

/* A reader that is slow, but alive, may go on. */
static void check_pace(struct http_conn *conn)
{
    uint64_t taken = http_now(conn->http) - conn->since_ms;
    uint64_t allowed = HTTP_ANSWER_MS + conn->sent_all * 1000 / HTTP_ANSWER_PACE;
    if (taken < allowed) {
        http_set_timer(conn, allowed - taken);
        return;
    }
    log_debug(conn->http->options.log, LOG_DEFAULT,
              "HTTP client %s is cut off: it does not take its answer", conn->peer);
    http_conn_free(conn);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    (void)fd, (void)what;
    if (conn->phase == HTTP_SENDING) {
        check_pace(conn);
    } else if (conn->phase == HTTP_RECEIVING && conn->begun) {
        log_debug(conn->http->options.log, LOG_DEFAULT,
                  "HTTP client %s is cut off: its request takes too long", conn->peer);
        http_refuse(conn, HTTP_REQUEST_TIMEOUT);
    } else {
        http_conn_free(conn);
    }
}

static char *name_of(const struct address *peer)
{
    struct text name = {.len = 0};
    address_format(peer, &name);
    return format_copy(text_slice(&name));
}

void http_conn_new(struct http_listener *http, const struct arrival *arrival)
{
    struct http_conn *conn = memory_new(sizeof *conn);
    struct event_base *base = http->options.base;
    int fd = arrival->fd;
    conn->http = http;
    conn->stream = (struct stream){.transport = &transport_plain, .fd = fd};
    if (arrival->tls) {
        conn->stream.transport = &transport_tls;
        conn->stream.tls = tls_accept(arrival->tls, fd);
    }
    conn->peer = name_of(&arrival->peer);
    conn->loopback = address_is_loopback(&arrival->peer);
    conn->trusted = local_socket_trusts(fd);
    conn->since_ms = http_now(http);
    list_push(&http->conns, &conn->link);
    list_push(&http->early, &conn->early_link);
    http->count++;
    event_assign(&conn->readable, base, fd, EV_READ | EV_PERSIST, on_readable, conn);
    event_assign(&conn->writable, base, fd, EV_WRITE | EV_PERSIST, on_writable, conn);
    event_assign(&conn->timer, base, -1, 0, on_timer, conn);
    event_assign(&conn->soon, base, -1, 0, on_soon, conn);
    http_set_reading(conn, true);
    http_set_timer(conn, http->options.request_timeout_ms);
    shake_hands(conn);
}
