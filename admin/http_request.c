#include "admin/http_internal.h"

#include <errno.h>

/* Receiving a request: head, body, and what is wrong with them. */

void http_refuse(struct http_conn *conn, uint16_t status)
{
    conn->reply.status = status;
    conn->keeps_open = false;
    if (list_linked(&conn->early_link)) {
        list_unlink(&conn->early_link);
    }
    http_answer(conn);
}

/* The first octet starts the clock. */
static void begin(struct http_conn *conn)
{
    conn->begun = true;
    conn->searched = 0;
    conn->since_ms = http_now(conn->http);
    list_unlink(&conn->early_link);
    list_push(&conn->http->early, &conn->early_link);
    http_set_timer(conn, conn->http->options.request_timeout_ms);
}

static void skip_empty_lines(struct bytes *input)
{
    size_t at = 0;
    while (at < input->len && (input->ptr[at] == '\r' || input->ptr[at] == '\n')) {
        at++;
    }
    bytes_consume(input, at);
}

static void refuse_long_head(struct http_conn *conn)
{
    bool line = memchr(conn->input.ptr, '\n', HTTP_TARGET_MAX);
    http_refuse(conn, line ? HTTP_HEADERS_TOO_LARGE : HTTP_URI_TOO_LONG);
}

/* Long bodies are counted together, so that they cannot take all memory. */
static bool reserve(struct http_conn *conn, uint64_t octets)
{
    struct http_listener *http = conn->http;
    if (octets <= HTTP_BODY_SMALL || conn->reserved > 0) {
        return true;
    }
    if (http->bodies + octets > HTTP_BODIES_MAX * http->options.body_max) {
        return false;
    }
    http->bodies += octets;
    conn->reserved = octets;
    return true;
}

static void release(struct http_conn *conn)
{
    conn->http->bodies -= conn->reserved;
    conn->reserved = 0;
}

/* Tells a client that waits for it that the body is welcome. Nothing else is in the way of so few
 * octets; should they not go out whole, the connection is of no use any more. */
static bool invite_body(struct http_conn *conn)
{
    static char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct iovec piece = {.iov_base = text, .iov_len = sizeof text - 1};
    const struct http_head *facts = &conn->facts;
    bool waits = facts->awaits_continue && !facts->old && conn->input.len == 0 &&
                 (facts->chunked || facts->body_len > 0);
    return !waits ||
           conn->stream.transport->write_some(&conn->stream, &piece, 1) == (ssize_t)piece.iov_len;
}

/* The status to refuse the head with, or 0. */
static uint16_t check_head(struct http_conn *conn)
{
    uint16_t status = http_head_parse(bytes_slice(&conn->head), &conn->facts);
    if (status) {
        return status;
    }
    conn->keeps_open = conn->facts.keeps_open;
    if (conn->facts.body_len > conn->http->options.body_max) {
        return HTTP_CONTENT_TOO_LARGE;
    }
    return reserve(conn, conn->facts.body_len) ? 0 : HTTP_UNAVAILABLE;
}

/* False if there is no whole head, or if the request is over because of it. */
static bool take_head(struct http_conn *conn)
{
    size_t len = http_head_find(bytes_slice(&conn->input), conn->searched);
    conn->searched = conn->input.len;
    if (len > HTTP_HEAD_MAX || (len == 0 && conn->input.len > HTTP_HEAD_MAX)) {
        refuse_long_head(conn);
        return false;
    }
    if (len == 0) {
        return false;
    }
    bytes_add(&conn->head, (struct slice){conn->input.ptr, len});
    bytes_consume(&conn->input, len);
    list_unlink(&conn->early_link);
    uint16_t status = check_head(conn);
    if (status) {
        http_refuse(conn, status);
        return false;
    }
    if (!invite_body(conn)) {
        http_conn_free(conn);
        return false;
    }
    return true;
}

/* The same for the body. */
static bool take_chunks(struct http_conn *conn)
{
    uint64_t limit = conn->http->options.body_max;
    ptrdiff_t used = http_chunks_take(&conn->chunks, bytes_slice(&conn->input), limit, &conn->body);
    if (used < 0) {
        http_refuse(conn, used == HTTP_CHUNKS_TOO_LONG ? HTTP_CONTENT_TOO_LARGE : HTTP_BAD_REQUEST);
        return false;
    }
    bytes_consume(&conn->input, (size_t)used);
    if (conn->body.len > HTTP_BODY_SMALL && !reserve(conn, limit)) {
        http_refuse(conn, HTTP_UNAVAILABLE);
        return false;
    }
    return conn->chunks.phase == CHUNKS_DONE;
}

static void answer_request(struct http_conn *conn)
{
    const struct http_site *site = &conn->http->options.site;
    struct request *request = &conn->facts.request;
    size_t len = conn->facts.chunked ? 0 : (size_t)conn->facts.body_len;
    request->body =
        conn->facts.chunked ? bytes_slice(&conn->body) : (struct slice){conn->input.ptr, len};
    request->peer = (struct slice){(const uint8_t *)conn->peer, strlen(conn->peer)};
    request->now_ms = http_now(conn->http);
    request->loopback = conn->loopback;
    request->trusted = conn->trusted;
    site->answer(site->context, request, &conn->reply);
    bytes_consume(&conn->input, len);
    http_answer(conn);
}

void http_receive(struct http_conn *conn)
{
    if (!conn->begun) {
        skip_empty_lines(&conn->input);
        if (conn->input.len == 0) {
            return;
        }
        begin(conn);
    }
    if (conn->head.len == 0 && !take_head(conn)) {
        return;
    }
    if (conn->facts.chunked ? take_chunks(conn) : conn->input.len >= conn->facts.body_len) {
        answer_request(conn);
    }
}

void http_answer(struct http_conn *conn)
{
    struct http_listener *http = conn->http;
    http_set_reading(conn, false);
    http_set_writing(conn, false);
    event_del(&conn->timer);
    bytes_finish(&conn->body);
    release(conn);
    if (conn->input.len == 0) {
        bytes_finish(&conn->input);
    }
    if (http_may_send(http, conn->reply.after)) {
        http_send_reply(conn);
        return;
    }
    conn->phase = HTTP_WAITING;
    list_push(&http->waiting, &conn->waiting_link);
}
