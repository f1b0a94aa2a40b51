#include "ctl/http.h"

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf/format.h"
#include "ctl/base64.h"
#include "ctl/tls.h"

enum { READ_SIZE = 64 * 1024 };

static void set_timeout(int fd, unsigned seconds)
{
    struct timeval limit = {.tv_sec = seconds};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/* A timed out call of a blocking socket says EAGAIN, or EINPROGRESS of connect. */
static int failure(void)
{
    return errno == EAGAIN || errno == EINPROGRESS ? -ETIMEDOUT : -errno;
}

static int dial(const struct http_server *server, const struct addrinfo *where)
{
    int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    set_timeout(fd, server->timeout_s);
    if (connect(fd, where->ai_addr, where->ai_addrlen) < 0) {
        int rc = failure();
        close(fd);
        return rc;
    }
    return fd;
}

static int dial_unix(const struct http_server *server, long *peer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ucred who;
    socklen_t size = sizeof who;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", server->socket);
    struct addrinfo where = {
        .ai_family = AF_UNIX, .ai_addr = (struct sockaddr *)&address, .ai_addrlen = sizeof address};
    int fd = dial(server, &where);
    if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
        *peer = who.pid;
    }
    return fd;
}

static int dial_tcp(const struct http_server *server)
{
    struct addrinfo *found;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo(server->host, server->port, &hints, &found) != 0) {
        return -EHOSTUNREACH;
    }
    int fd = -EHOSTUNREACH;
    for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = dial(server, at);
    }
    freeaddrinfo(found);
    return fd;
}

static int dial_any(const struct http_server *server, long *peer)
{
    *peer = 0;
    return server->socket[0] ? dial_unix(server, peer) : dial_tcp(server);
}

static void add_credentials(struct bytes *out, const struct http_server *server)
{
    struct bytes plain = {0};
    format_add(&plain, "%s:%s", server->user, server->password ? server->password : "");
    format_add(out, "Authorization: Basic ");
    base64_add(out, bytes_slice(&plain));
    format_add(out, "\r\n");
    bytes_finish(&plain);
}

/* A line end in a header would begin another one. */
static void add_reason(struct bytes *out, const char *reason)
{
    format_add(out, "X-Reason: ");
    for (; *reason; reason++) {
        bytes_add_u8(out, (uint8_t)((unsigned char)*reason < ' ' ? ' ' : *reason));
    }
    format_add(out, "\r\n");
}

/* HTTP/1.0: the answer ends where the connection does, so nothing has to be unpacked. */
static void write_request(const struct http_server *server, const struct http_request *request,
                          struct bytes *out)
{
    format_add(out, "%s %s HTTP/1.0\r\nHost: %s\r\nAccept: application/json\r\n", request->method,
               request->path, server->host ? server->host : "localhost");
    if (server->user) {
        add_credentials(out, server);
    }
    if (request->reason) {
        add_reason(out, request->reason);
    }
    if (request->body.len > 0) {
        format_add(out, "Content-Type: application/json\r\n");
    }
    format_add(out, "Content-Length: %zu\r\n\r\n", request->body.len);
    bytes_add(out, request->body);
}

/* What octets go through; tls is NULL unless it is spoken. */
struct line {
    int fd;
    struct tls *tls;
};

static int send_all(const struct line *line, struct slice octets)
{
    while (octets.len > 0) {
        ssize_t sent = line->tls ? tls_send(line->tls, octets)
                                 : send(line->fd, octets.ptr, octets.len, MSG_NOSIGNAL);
        if (sent < 0) {
            return line->tls ? (int)sent : failure();
        }
        octets.ptr += sent;
        octets.len -= (size_t)sent;
    }
    return 0;
}

static int read_all(const struct line *line, struct bytes *octets)
{
    for (;;) {
        uint8_t *room = bytes_reserve(octets, READ_SIZE);
        ssize_t got = line->tls ? tls_receive(line->tls, room, READ_SIZE)
                                : recv(line->fd, room, READ_SIZE, 0);
        if (got < 0) {
            return line->tls ? (int)got : failure();
        }
        if (got == 0) {
            return 0;
        }
        octets->len += (size_t)got;
    }
}

/* The length that a header tells, or SIZE_MAX. */
static size_t told_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");
    return at ? strtoull(at + sizeof "\r\nContent-Length:" - 1, NULL, 10) : SIZE_MAX;
}

static int read_response(struct http_response *response)
{
    struct bytes *all = &response->octets;
    const uint8_t *end = all->len > 0 ? memmem(all->ptr, all->len, "\r\n\r\n", 4) : NULL;
    if (!end || all->len < 12 || memcmp(all->ptr, "HTTP/1.", 7) != 0) {
        return -EPROTO;
    }
    char *head = format_copy((struct slice){all->ptr, (size_t)(end - all->ptr)});
    size_t told = told_length(head);
    response->status = (int)strtol(head + 9, NULL, 10);
    free(head);
    response->body = (struct slice){end + 4, all->len - (size_t)(end + 4 - all->ptr)};
    return told != SIZE_MAX && told > response->body.len ? -EPROTO : 0;
}

static int exchange(const struct line *line, struct slice request, struct http_response *response)
{
    int rc = send_all(line, request);
    return rc < 0 ? rc : read_all(line, &response->octets);
}

int http_ask(const struct http_server *server, const struct http_request *request,
             struct http_response *response)
{
    struct bytes out = {0};
    struct line line = {.fd = dial_any(server, &response->peer)};
    if (line.fd < 0) {
        return line.fd;
    }
    bool secure = server->tls && !server->socket[0];
    line.tls = secure ? tls_open(line.fd, server->tls, server->host, &response->why) : NULL;
    int rc = -EPROTO;
    if (!secure || line.tls) {
        write_request(server, request, &out);
        rc = exchange(&line, bytes_slice(&out), response);
    }
    tls_close(line.tls);
    close(line.fd);
    bytes_finish(&out);
    return rc < 0 ? rc : read_response(response);
}

int http_knock(const struct http_server *server, long *peer)
{
    int fd = dial_any(server, peer);
    if (fd < 0) {
        return fd;
    }
    close(fd);
    return 0;
}

void http_response_finish(struct http_response *response)
{
    bytes_finish(&response->octets);
    *response = (struct http_response){.status = 0};
}

void http_escape(struct bytes *out, const char *text)
{
    for (; *text; text++) {
        unsigned char octet = (unsigned char)*text;
        bool plain = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
                     (octet >= '0' && octet <= '9') || strchr("-._~", octet);
        if (plain) {
            bytes_add_u8(out, octet);
        } else {
            format_add(out, "%%%02X", octet);
        }
    }
}

char *http_path(const char *first, ...)
{
    va_list segments;
    struct bytes path = {0};
    va_start(segments, first);
    format_add(&path, "/api");
    for (const char *segment = first; segment; segment = va_arg(segments, const char *)) {
        format_add(&path, "/");
        http_escape(&path, segment);
    }
    va_end(segments);
    char *copy = format_copy(bytes_slice(&path));
    bytes_finish(&path);
    return copy;
}
