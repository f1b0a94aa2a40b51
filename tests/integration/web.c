#include "tests/integration/web.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int port_behind(const struct broker_process *broker, const char *told)
{
    const char *at = strstr(broker->log, told);
    CHECK(at);
    return (int)strtol(at + strlen(told), NULL, 10);
}

int web_port(const struct broker_process *broker)
{
    return port_behind(broker, "HTTP (non-TLS) listener started on port ");
}

int web_tls_port(const struct broker_process *broker)
{
    return port_behind(broker, "HTTPS listener started on port ");
}

void web_send(int fd, const char *text)
{
    size_t len = strlen(text);
    CHECK(write(fd, text, len) == (ssize_t)len);
}

static void make_request(const char *what, char *request, size_t size)
{
    int len = snprintf(request, size,
                       "%s HTTP/1.1\r\nHost: x\r\nAuthorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n"
                       "Connection: close\r\n\r\n",
                       what);
    CHECK(len > 0 && (size_t)len < size);
}

static bool begins_with(const char *answer, int status)
{
    char wanted[32];
    snprintf(wanted, sizeof wanted, "HTTP/1.1 %d ", status);
    return strncmp(answer, wanted, strlen(wanted)) == 0;
}

bool web_ask(int port, const char *what, int status, char *answer, int room)
{
    char request[512];
    int fd = dial(port);
    CHECK(fd >= 0);
    make_request(what, request, sizeof request);
    web_send(fd, request);
    memset(answer, 0, (size_t)room);
    bool ended = read_to_end(fd, answer, room - 1, PATIENCE_MS) >= 0;
    close(fd);
    return ended && begins_with(answer, status);
}

bool web_ask_tls(int port, const char *authority, const char *what, int status)
{
    char request[512], answer[4096] = "";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    CHECK(context && SSL_CTX_load_verify_file(context, authority) == 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *ssl = SSL_new(context);
    int fd = dial(port), got = 0, len = 0;
    CHECK(fd >= 0 && SSL_set_fd(ssl, fd) == 1);
    bool shaken = SSL_connect(ssl) == 1;
    if (shaken) {
        make_request(what, request, sizeof request);
        CHECK(SSL_write(ssl, request, (int)strlen(request)) > 0);
        while (len < (int)sizeof answer - 1 &&
               (got = SSL_read(ssl, answer + len, (int)sizeof answer - 1 - len)) > 0) {
            len += got;
        }
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return shaken && begins_with(answer, status);
}

bool web_put(int port, const char *path, const char *body)
{
    char request[1024], answer[1024] = "";
    int fd = dial(port);
    int len = snprintf(request, sizeof request,
                       "PUT %s HTTP/1.1\r\nHost: x\r\nAuthorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n"
                       "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
                       path, strlen(body), body);
    CHECK(fd >= 0 && len > 0 && (size_t)len < sizeof request);
    web_send(fd, request);
    bool ended = read_to_end(fd, answer, sizeof answer - 1, PATIENCE_MS) >= 0;
    close(fd);
    return ended && (begins_with(answer, 201) || begins_with(answer, 204));
}
