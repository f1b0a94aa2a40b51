#include "admin/http_internal.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "conf/format.h"

/* Sending an answer, whole or in parts. */

static const char *status_text(uint16_t status)
{
    switch ((enum http_status)status) {
    case HTTP_OK:
        return "OK";
    case HTTP_CREATED:
        return "Created";
    case HTTP_NO_CONTENT:
        return "No Content";
    case HTTP_BAD_REQUEST:
        return "Bad Request";
    case HTTP_UNAUTHORIZED:
        return "Unauthorized";
    case HTTP_NOT_FOUND:
        return "Not Found";
    case HTTP_METHOD_NOT_ALLOWED:
        return "Method Not Allowed";
    case HTTP_NOT_ACCEPTABLE:
        return "Not Acceptable";
    case HTTP_REQUEST_TIMEOUT:
        return "Request Timeout";
    case HTTP_CONTENT_TOO_LARGE:
        return "Content Too Large";
    case HTTP_URI_TOO_LONG:
        return "URI Too Long";
    case HTTP_HEADERS_TOO_LARGE:
        return "Request Header Fields Too Large";
    case HTTP_SERVER_ERROR:
        break;
    case HTTP_NOT_IMPLEMENTED:
        return "Not Implemented";
    case HTTP_UNAVAILABLE:
        return "Service Unavailable";
    case HTTP_VERSION_NOT_SUPPORTED:
        return "HTTP Version Not Supported";
    }
    return "Internal Server Error";
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static void add_date(struct reply *reply)
{
    char text[64];
    struct tm date;
    time_t now = time(NULL);
    gmtime_r(&now, &date);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &date);
    reply_header(reply, "Date", format_slice(text));
}

static void add_length(struct http_conn *conn)
{
    struct reply *reply = &conn->reply;
    char length[24];
    if (reply->parts.next) {
        if (!conn->facts.old) {
            reply_header(reply, "Transfer-Encoding", SLICE("chunked"));
        }
    } else if (reply->status != HTTP_NO_CONTENT) {
        snprintf(length, sizeof length, "%zu", reply->body.len);
        reply_header(reply, "Content-Length", format_slice(length));
    }
}

/* An old client knows of the end of a body in parts by the end of the connection. */
static void add_connection(struct http_conn *conn)
{
    bool old = conn->facts.old;
    conn->keeps_open = conn->keeps_open && !(old && conn->reply.parts.next);
    if (!conn->keeps_open) {
        reply_header(&conn->reply, "Connection", SLICE("close"));
    } else if (old) {
        reply_header(&conn->reply, "Connection", SLICE("keep-alive"));
    }
}

static void add_headers(struct http_conn *conn)
{
    struct reply *reply = &conn->reply;
    reply_header(reply, "Server", SLICE("Leveret"));
    add_date(reply);
    if (reply->challenge) {
        reply_header(reply, "WWW-Authenticate", SLICE("Basic realm=\"RabbitMQ Management\""));
    }
    if (reply->body.len > 0 || reply->parts.next) {
        const char *type = reply->content_type;
        reply_header(reply, "Content-Type", type ? format_slice(type) : SLICE("application/json"));
    }
    if (reply->location.len > 0) {
        reply_header(reply, "Location", bytes_slice(&reply->location));
    }
    if (reply->allow.len > 0) {
        reply_header(reply, "Allow", bytes_slice(&reply->allow));
    }
    add_length(conn);
    add_connection(conn);
}

void http_send_reply(struct http_conn *conn)
{
    struct reply *reply = &conn->reply;
    bool head_only = conn->head.len > 0 && conn->facts.request.method == HTTP_HEAD;
    conn->phase = HTTP_SENDING;
    conn->since_ms = http_now(conn->http);
    http_set_timer(conn, HTTP_ANSWER_MS);
    add_headers(conn);
    if (head_only) {
        reply->parts.next = NULL;
    }
    format_add(&conn->output, "HTTP/1.1 %u %s\r\n", reply->status, status_text(reply->status));
    bytes_add(&conn->output, bytes_slice(&reply->headers));
    bytes_add(&conn->output, SLICE("\r\n"));
    if (!head_only && !reply->parts.next) {
        bytes_add(&conn->output, bytes_slice(&reply->body));
    }
    bytes_finish(&reply->body);
    http_write(conn);
}

/* Everything that was to be sent is sent. */
static void sent_all(struct http_conn *conn)
{
    conn->output.len = conn->sent = 0;
    http_set_writing(conn, false);
    if (conn->reply.parts.next) {
        http_come_back(conn);
    } else {
        http_conn_next(conn);
    }
}

void http_write(struct http_conn *conn)
{
    const struct transport *transport = conn->stream.transport;
    for (size_t turn = 0; conn->sent < conn->output.len && turn < HTTP_WRITE_SIZE;) {
        size_t left = conn->output.len - conn->sent;
        struct iovec piece = {.iov_base = conn->output.ptr + conn->sent,
                              .iov_len = left < HTTP_WRITE_SIZE ? left : HTTP_WRITE_SIZE};
        ssize_t sent = transport->write_some(&conn->stream, &piece, 1);
        if (sent == -EAGAIN) {
            break;
        }
        if (sent < 0) {
            http_conn_free(conn);
            return;
        }
        turn += (size_t)sent;
        conn->sent += (size_t)sent;
        conn->sent_all += (uint64_t)sent;
    }
    if (conn->sent < conn->output.len) {
        http_set_writing(conn, true);
    } else {
        sent_all(conn);
    }
}

void http_make_part(struct http_conn *conn)
{
    struct reply *reply = &conn->reply;
    bool chunked = !conn->facts.old;
    reply->body.len = 0;
    bool more = reply_next(reply, &reply->body);
    if (reply->body.len > 0) {
        if (chunked) {
            format_add(&conn->output, "%zx\r\n", reply->body.len);
        }
        bytes_add(&conn->output, bytes_slice(&reply->body));
        bytes_add(&conn->output, chunked ? SLICE("\r\n") : SLICE(""));
    }
    if (!more) {
        bytes_add(&conn->output, chunked ? SLICE("0\r\n\r\n") : SLICE(""));
        reply->parts.next = NULL; // what they made it from goes with the reply
    }
    if (conn->output.len > 0 || !more) {
        http_write(conn);
    } else {
        http_come_back(conn);
    }
}
