#include "tests/dialogues/player/http.h"

#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/dialogues/player/peer.h"
#include "tests/dialogues/player/player.h"

enum { HEAD_MAX = 1024, STATUS_AT = sizeof "HTTP/1.1 " - 1 };

static const char head_format[] = "%.*s /api/%.*s HTTP/1.1\r\n"
                                  "Host: %s:%s\r\n"
                                  "Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n" // guest:guest
                                  "Content-Type: application/json\r\n"
                                  "Content-Length: %zu\r\n"
                                  "Connection: close\r\n\r\n";

/* Reads until the other side closes; false if it does not in time. */
static bool read_all(struct peer *peer, int timeout_ms)
{
    int64_t deadline = player_now() + timeout_ms;
    while (!peer->ended) {
        struct pollfd ready = {.fd = peer->fd, .events = POLLIN};
        int64_t left = deadline - player_now();
        if (left <= 0 || poll(&ready, 1, (int)left) <= 0) {
            return false;
        }
        peer_read(peer);
    }
    return true;
}

/* The status of the answer, whose body goes to *body; 0 if it is none. */
static int take_answer(struct slice answer, struct bytes *body)
{
    if (answer.len < STATUS_AT + 3 || memcmp(answer.ptr, "HTTP/1.1 ", STATUS_AT) != 0) {
        return 0;
    }
    const uint8_t *behind = memmem(answer.ptr, answer.len, "\r\n\r\n", 4);
    if (!behind) {
        return 0;
    }
    behind += 4;
    bytes_add(body, (struct slice){behind, (size_t)(answer.ptr + answer.len - behind)});
    return (int)strtol((const char *)answer.ptr + STATUS_AT, NULL, 10);
}

int http_ask(const struct http_request *request, struct bytes *body)
{
    char head[HEAD_MAX];
    struct arena arena = {0};
    struct peer peer;
    int status = 0;
    int len =
        snprintf(head, sizeof head, head_format, (int)request->method.len,
                 (const char *)request->method.ptr, (int)request->path.len,
                 (const char *)request->path.ptr, request->host, request->port, request->body.len);
    peer_init(&peer, &arena, "api");
    if (len > 0 && (size_t)len < sizeof head && peer_dial(&peer, request->host, request->port)) {
        peer_send(&peer, (struct slice){(const uint8_t *)head, (size_t)len});
        peer_send(&peer, request->body);
        if (read_all(&peer, request->timeout_ms)) {
            status = take_answer(bytes_slice(&peer.in), body);
        }
    }
    peer_finish(&peer);
    arena_finish(&arena);
    return status;
}

void http_add_segment(struct bytes *path, struct slice text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.ptr[i];
        if (isalnum(octet) || octet == '-' || octet == '_' || octet == '.') {
            bytes_add_u8(path, octet);
        } else {
            bytes_add_u8(path, '%');
            bytes_add_u8(path, (uint8_t)digits[octet >> 4]);
            bytes_add_u8(path, (uint8_t)digits[octet & 15]);
        }
    }
}
