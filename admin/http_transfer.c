#include "admin/http_internal.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/local_socket.h"
#include "base/check.h"
#include "base/memory.h"
#include "conf/format.h"
#include "server/deputy.h"

/* A request from the moment when it is whole until its answer has been given to evhttp. */
struct http_transfer {
    struct list_node link;       // listener.waiting, listener.sending, or none
    struct http_listener *all;   // borrowed
    struct evhttp_request *http; // ours until it is answered
    struct http_guard *guard;    // borrowed
    struct reply reply;
    struct event next; // the next part is due
    bool begun;        // the head of an answer in parts is sent
};

static void transfer_free(struct http_transfer *transfer)
{
    if (list_linked(&transfer->link)) {
        list_unlink(&transfer->link);
    }
    if (event_initialized(&transfer->next)) {
        event_del(&transfer->next);
    }
    reply_finish(&transfer->reply);
    free(transfer);
}

static struct slice header_of(struct evhttp_request *http, const char *name)
{
    const char *value = evhttp_find_header(evhttp_request_get_input_headers(http), name);
    return value ? format_slice(value) : (struct slice){NULL, 0};
}

static enum http_method method_of(struct evhttp_request *http)
{
    switch (evhttp_request_get_command(http)) {
    case EVHTTP_REQ_HEAD:
        return HTTP_HEAD;
    case EVHTTP_REQ_GET:
        return HTTP_GET;
    case EVHTTP_REQ_PUT:
        return HTTP_PUT;
    case EVHTTP_REQ_POST:
        return HTTP_POST;
    case EVHTTP_REQ_DELETE:
        return HTTP_DELETE;
    case EVHTTP_REQ_OPTIONS:
        return HTTP_OPTIONS;
    case EVHTTP_REQ_PATCH:
        return HTTP_PATCH;
    case EVHTTP_REQ_TRACE:
    case EVHTTP_REQ_CONNECT:
        break;
    }
    return HTTP_OTHER;
}

static evutil_socket_t fd_of(struct evhttp_request *http)
{
    struct evhttp_connection *conn = evhttp_request_get_connection(http);
    return bufferevent_getfd(evhttp_connection_get_bufferevent(conn));
}

/* Whether the client is on this machine; its address in *name. */
static bool look_at_peer(struct evhttp_request *http, struct text *name)
{
    struct address address = {.len = ADDRESS_ROOM};
    if (getpeername(fd_of(http), &address.any, &address.len) < 0) {
        return false;
    }
    address_format(&address, name);
    return address_is_loopback(&address);
}

static void answer(struct http_transfer *transfer)
{
    struct evhttp_request *http = transfer->http;
    struct evbuffer *body = evhttp_request_get_input_buffer(http);
    const struct http_site *site = &transfer->all->options.site;
    struct text peer = {.len = 0};
    struct request request = {
        .method = method_of(http),
        .target = format_slice(evhttp_request_get_uri(http)),
        .body = {evbuffer_pullup(body, -1), evbuffer_get_length(body)},
        .authorization = header_of(http, "Authorization"),
        .accept = header_of(http, "Accept"),
        .content_type = header_of(http, "Content-Type"),
        .reason = header_of(http, "X-Reason"),
        .origin = header_of(http, "Origin"),
        .wanted_headers = header_of(http, "Access-Control-Request-Headers"),
        .now_ms = http_now(transfer->all),
        .loopback = look_at_peer(http, &peer),
        .trusted = local_socket_trusts(fd_of(http)),
    };
    request.peer = text_slice(&peer);
    site->answer(site->context, &request, &transfer->reply);
}

static const char *status_text(uint16_t status)
{
    switch ((enum http_status)status) {
    case HTTP_OK:
        return "OK";
    case HTTP_CREATED:
        return "Created";
    case HTTP_ACCEPTED:
        return "Accepted";
    case HTTP_NO_CONTENT:
        return "No Content";
    case HTTP_SEE_OTHER:
        return "See Other";
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
    case HTTP_PRECONDITION_FAILED:
        return "Precondition Failed";
    case HTTP_NOT_IMPLEMENTED:
        return "Not Implemented";
    case HTTP_UNAVAILABLE:
        return "Service Unavailable";
    case HTTP_SERVER_ERROR:
        break;
    }
    return "Internal Server Error";
}

static void add_header(struct evkeyvalq *headers, const char *name, struct slice value)
{
    if (value.len > 0) {
        char *text = format_copy(value);
        evhttp_add_header(headers, name, text);
        free(text);
    }
}

/* Those of reply_header: lines "name: value". */
static void add_more(struct evkeyvalq *headers, struct slice lines)
{
    while (lines.len > 0) {
        const uint8_t *colon = memchr(lines.ptr, ':', lines.len);
        const uint8_t *end = memchr(lines.ptr, '\r', lines.len);
        char *name = format_copy((struct slice){lines.ptr, (size_t)(colon - lines.ptr)});
        add_header(headers, name, (struct slice){colon + 2, (size_t)(end - colon - 2)});
        free(name);
        size_t used = (size_t)(end + 2 - lines.ptr);
        lines = (struct slice){lines.ptr + used, lines.len - used};
    }
}

static void add_headers(const struct http_transfer *transfer)
{
    const struct reply *reply = &transfer->reply;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(transfer->http);
    evhttp_add_header(headers, "Server", "Leveret");
    if (reply->challenge) {
        evhttp_add_header(headers, "WWW-Authenticate", "Basic realm=\"RabbitMQ Management\"");
    }
    if (reply->body.len > 0 || reply->parts.next) {
        evhttp_add_header(headers, "Content-Type",
                          reply->content_type ? reply->content_type : "application/json");
    }
    add_header(headers, "Location", bytes_slice(&reply->location));
    add_header(headers, "Allow", bytes_slice(&reply->allow));
    add_more(headers, bytes_slice(&reply->headers));
}

/* evhttp has sent the answer. */
static void on_complete(struct evhttp_request *http, void *arg)
{
    (void)http;
    http_guard_done(arg);
}

/* All at once. The transfer is over. */
static void send_whole(struct http_transfer *transfer)
{
    const struct reply *reply = &transfer->reply;
    struct evbuffer *body = evbuffer_new();
    bool head = evhttp_request_get_command(transfer->http) == EVHTTP_REQ_HEAD;
    add_headers(transfer);
    if (head && !reply->parts.next) {
        char length[24];
        snprintf(length, sizeof length, "%zu", reply->body.len);
        evhttp_add_header(evhttp_request_get_output_headers(transfer->http), "Content-Length",
                          length);
    } else if (!head) {
        evbuffer_add(body, reply->body.ptr, reply->body.len);
        transfer->guard->answered = reply->body.len;
    }
    evhttp_send_reply(transfer->http, reply->status, status_text(reply->status), body);
    evbuffer_free(body);
    transfer_free(transfer);
}

/* Not before the loop has looked for other events. */
static void come_back(struct http_transfer *transfer)
{
    struct timeval now = {.tv_sec = 0};
    event_add(&transfer->next, &now);
}

static void on_drained(struct evhttp_connection *conn, void *arg)
{
    (void)conn;
    come_back(arg);
}

/* The client hung up, or was too slow. If evhttp has let go of the request, it is ours to free. */
static void on_closed(struct evhttp_connection *conn, void *arg)
{
    struct http_transfer *transfer = arg;
    struct evhttp_request *http = transfer->http;
    (void)conn;
    transfer_free(transfer);
    if (!evhttp_request_get_connection(http)) {
        evhttp_send_reply_end(http);
    }
}

static void watch(struct http_transfer *transfer, bool on)
{
    evhttp_connection_set_closecb(evhttp_request_get_connection(transfer->http),
                                  on ? on_closed : NULL, on ? transfer : NULL);
}

static void finish_parts(struct http_transfer *transfer)
{
    struct evhttp_request *http = transfer->http;
    watch(transfer, false);
    transfer_free(transfer);
    evhttp_send_reply_end(http);
}

/* Not before there is something to send: what it is made of may still change the status. */
static void begin_parts(struct http_transfer *transfer)
{
    transfer->begun = true;
    add_headers(transfer);
    evhttp_send_reply_start(transfer->http, transfer->reply.status,
                            status_text(transfer->reply.status));
}

/* Makes the next part and hands it to evhttp, or, if it was only work towards one, comes back. */
static void on_next(evutil_socket_t fd, short what, void *arg)
{
    struct http_transfer *transfer = arg;
    struct evbuffer *part = evbuffer_new();
    (void)fd, (void)what;
    transfer->reply.body.len = 0;
    bool more = reply_next(&transfer->reply, &transfer->reply.body);
    evbuffer_add(part, transfer->reply.body.ptr, transfer->reply.body.len);
    transfer->guard->answered += transfer->reply.body.len;
    if (!transfer->begun && (transfer->reply.body.len > 0 || !more)) {
        begin_parts(transfer);
    }
    if (!more) {
        evhttp_send_reply_chunk(transfer->http, part);
        finish_parts(transfer);
    } else if (evbuffer_get_length(part) > 0) {
        evhttp_send_reply_chunk_with_cb(transfer->http, part, on_drained, transfer);
    } else {
        come_back(transfer);
    }
    evbuffer_free(part);
}

static void send_parts(struct http_transfer *transfer)
{
    if (evhttp_request_get_command(transfer->http) == EVHTTP_REQ_HEAD) {
        send_whole(transfer);
        return;
    }
    list_push(&transfer->all->sending, &transfer->link);
    watch(transfer, true);
    event_assign(&transfer->next, transfer->all->options.base, -1, 0, on_next, transfer);
    come_back(transfer);
}

static void send_reply(struct http_transfer *transfer)
{
    if (transfer->reply.parts.next) {
        send_parts(transfer);
    } else {
        send_whole(transfer);
    }
}

/* Its time has come. */
static void on_late(evutil_socket_t fd, short what, void *arg)
{
    struct http_transfer *transfer = arg;
    (void)fd, (void)what;
    list_unlink(&transfer->link);
    watch(transfer, false);
    send_reply(transfer);
}

static void put_off(struct http_transfer *transfer)
{
    uint32_t ms = transfer->reply.delay_ms;
    struct timeval in = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
    list_push(&transfer->all->sending, &transfer->link);
    watch(transfer, true);
    event_assign(&transfer->next, transfer->all->options.base, -1, 0, on_late, transfer);
    event_add(&transfer->next, &in);
}

static bool may_send(const struct http_transfer *transfer)
{
    uint64_t after = transfer->reply.after;
    return after == 0 || after <= engine_stored(transfer->all->options.engine);
}

void http_transfer_begin(struct evhttp_request *http, void *arg)
{
    struct http_transfer *transfer = memory_new(sizeof *transfer);
    transfer->all = arg;
    transfer->http = http;
    transfer->guard = http_guard_of(transfer->all, http);
    CHECK(transfer->guard);
    http_guard_answer(transfer->guard);
    evhttp_request_set_on_complete_cb(http, on_complete, transfer->guard);
    answer(transfer);
    if (transfer->reply.delay_ms > 0) {
        put_off(transfer);
    } else if (may_send(transfer)) {
        send_reply(transfer);
    } else {
        list_push(&transfer->all->waiting, &transfer->link);
        watch(transfer, true);
    }
}

void http_transfers_release(struct http_listener *http)
{
    list_each(node, &http->waiting) {
        struct http_transfer *transfer = container_of(node, struct http_transfer, link);
        if (may_send(transfer)) {
            list_unlink(node);
            watch(transfer, false);
            send_reply(transfer);
        }
    }
}

void http_transfers_free(struct http_listener *http)
{
    struct list_node *node;
    while ((node = list_first(&http->waiting)) || (node = list_first(&http->sending))) {
        transfer_free(container_of(node, struct http_transfer, link));
    }
}
