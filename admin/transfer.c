#include "admin/transfer.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/local_socket.h"
#include "base/memory.h"
#include "conf/format.h"
#include "server/address.h"
#include "server/clock.h"
#include "server/deputy.h"

struct transfer {
    struct list_node link;       // transfers.waiting, transfers.sending, or none
    struct transfers *all;       // borrowed
    struct evhttp_request *http; // ours until it is answered
    struct reply reply;
    struct event next; // the next slice is due
};

void transfers_init(struct transfers *all, struct api *api, const struct api_options *options,
                    struct event_base *base)
{
    *all = (struct transfers){.api = api, .engine = options->engine, .base = base};
    list_init(&all->waiting);
    list_init(&all->sending);
}

static void transfer_free(struct transfer *transfer)
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

void transfers_finish(struct transfers *all)
{
    struct list_node *node;
    while ((node = list_first(&all->waiting)) || (node = list_first(&all->sending))) {
        transfer_free(container_of(node, struct transfer, link));
    }
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
    case EVHTTP_REQ_TRACE:
    case EVHTTP_REQ_CONNECT:
    case EVHTTP_REQ_PATCH:
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

static void answer(struct transfer *transfer)
{
    struct evhttp_request *http = transfer->http;
    struct evbuffer *body = evhttp_request_get_input_buffer(http);
    struct clock clock = {.read = false};
    struct text peer = {.len = 0};
    struct request request = {
        .method = method_of(http),
        .target = format_slice(evhttp_request_get_uri(http)),
        .body = {evbuffer_pullup(body, -1), evbuffer_get_length(body)},
        .authorization = header_of(http, "Authorization"),
        .accept = header_of(http, "Accept"),
        .content_type = header_of(http, "Content-Type"),
        .reason = header_of(http, "X-Reason"),
        .now_ms = clock_now(&clock),
        .loopback = look_at_peer(http, &peer),
        .trusted = local_socket_trusts(fd_of(http)),
    };
    request.peer = text_slice(&peer);
    api_answer(transfer->all->api, &request, &transfer->reply);
}

static const char *status_text(uint16_t status)
{
    switch (status) {
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
    case HTTP_UNAVAILABLE:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

/* The value has no line ends in it: what clients choose is escaped before it gets here. */
static void add_header(struct evkeyvalq *headers, const char *name, const struct bytes *value)
{
    if (value->len > 0) {
        char *text = format_copy(bytes_slice(value));
        evhttp_add_header(headers, name, text);
        free(text);
    }
}

static void add_headers(const struct transfer *transfer)
{
    const struct reply *reply = &transfer->reply;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(transfer->http);
    evhttp_add_header(headers, "Server", "Leveret");
    evhttp_add_header(headers, "Cache-Control", "no-cache");
    evhttp_add_header(headers, "Vary", "accept, accept-encoding, origin");
    evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
    evhttp_add_header(headers, "Content-Security-Policy", "default-src 'none'");
    if (reply->challenge) {
        evhttp_add_header(headers, "WWW-Authenticate", "Basic realm=\"RabbitMQ Management\"");
    }
    if (reply->body.len > 0 || reply->parts.next) {
        evhttp_add_header(headers, "Content-Type",
                          reply->content_type ? reply->content_type : "application/json");
    }
    add_header(headers, "Location", &reply->location);
    add_header(headers, "Allow", &reply->allow);
}

/* All at once. The transfer is over. */
static void send_whole(struct transfer *transfer)
{
    const struct reply *reply = &transfer->reply;
    struct evbuffer *body = evbuffer_new();
    bool head = evhttp_request_get_command(transfer->http) == EVHTTP_REQ_HEAD;
    if (head && !reply->parts.next) {
        char length[24];
        snprintf(length, sizeof length, "%zu", reply->body.len);
        evhttp_add_header(evhttp_request_get_output_headers(transfer->http), "Content-Length",
                          length);
    } else if (!head) {
        evbuffer_add(body, reply->body.ptr, reply->body.len);
    }
    evhttp_send_reply(transfer->http, reply->status, status_text(reply->status), body);
    evbuffer_free(body);
    transfer_free(transfer);
}

/* Not before the loop has looked for other events. */
static void come_back(struct transfer *transfer)
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
    struct transfer *transfer = arg;
    struct evhttp_request *http = transfer->http;
    (void)conn;
    transfer_free(transfer);
    if (!evhttp_request_get_connection(http)) {
        evhttp_send_reply_end(http);
    }
}

static void watch(struct transfer *transfer, bool on)
{
    evhttp_connection_set_closecb(evhttp_request_get_connection(transfer->http),
                                  on ? on_closed : NULL, on ? transfer : NULL);
}

static void finish_slices(struct transfer *transfer)
{
    struct evhttp_request *http = transfer->http;
    watch(transfer, false);
    transfer_free(transfer);
    evhttp_send_reply_end(http);
}

/* Makes the next slice and hands it to evhttp, or, if it was only work towards one, comes back. */
static void on_next(evutil_socket_t fd, short what, void *arg)
{
    struct transfer *transfer = arg;
    struct evbuffer *slice = evbuffer_new();
    (void)fd, (void)what;
    transfer->reply.body.len = 0;
    bool more = reply_next(&transfer->reply, &transfer->reply.body);
    evbuffer_add(slice, transfer->reply.body.ptr, transfer->reply.body.len);
    if (!more) {
        evhttp_send_reply_chunk(transfer->http, slice);
        finish_slices(transfer);
    } else if (evbuffer_get_length(slice) > 0) {
        evhttp_send_reply_chunk_with_cb(transfer->http, slice, on_drained, transfer);
    } else {
        come_back(transfer);
    }
    evbuffer_free(slice);
}

static void send_slices(struct transfer *transfer)
{
    if (evhttp_request_get_command(transfer->http) == EVHTTP_REQ_HEAD) {
        send_whole(transfer);
        return;
    }
    list_push(&transfer->all->sending, &transfer->link);
    watch(transfer, true);
    event_assign(&transfer->next, transfer->all->base, -1, 0, on_next, transfer);
    evhttp_send_reply_start(transfer->http, transfer->reply.status,
                            status_text(transfer->reply.status));
    come_back(transfer);
}

static void send_reply(struct transfer *transfer)
{
    add_headers(transfer);
    if (transfer->reply.parts.next) {
        send_slices(transfer);
    } else {
        send_whole(transfer);
    }
}

void transfer_begin(struct transfers *all, struct evhttp_request *http)
{
    struct transfer *transfer = memory_new(sizeof *transfer);
    transfer->all = all;
    transfer->http = http;
    answer(transfer);
    if (transfer->reply.after > engine_stored(all->engine)) {
        list_push(&all->waiting, &transfer->link);
        watch(transfer, true);
        return;
    }
    send_reply(transfer);
}

void transfers_release(struct transfers *all)
{
    list_each(node, &all->waiting) {
        struct transfer *transfer = container_of(node, struct transfer, link);
        if (transfer->reply.after <= engine_stored(all->engine)) {
            list_unlink(node);
            watch(transfer, false);
            send_reply(transfer);
        }
    }
}
