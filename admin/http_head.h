#ifndef ADMIN_HTTP_HEAD_H
#define ADMIN_HTTP_HEAD_H

#include "admin/request.h"

/* The head of a request of HTTP/1.0 or 1.1 (RFC 9112): its first line and its headers. */
enum {
    HTTP_HEAD_MAX = 32 * 1024, // octets
    HTTP_HEADERS_MAX = 100,
    HTTP_TARGET_MAX = 16 * 1024, // octets of path and query
};

struct http_head {
    struct request request; // what the head says of it; slices of the head
    uint64_t body_len;      // Content-Length, or 0
    bool chunked;           // the body comes in chunks instead
    bool old;               // HTTP/1.0: no chunks in the answer
    bool keeps_open;        // the client wants to send more requests
    bool awaits_continue;   // the client waits for "100 Continue" before it sends the body
};

/* The length of the head that the text begins with, with the empty line at its end; 0 if it is not
 * whole. `from` is how much of the text was looked at before. */
size_t http_head_find(struct slice text, size_t from);

/* Reads a whole head. Returns 0, or the status to refuse it with (enum http_status). Where the
 * standard lets a recipient choose, what is doubtful is refused: blanks before a colon, folded
 * lines, two lengths, a length beside chunks. */
uint16_t http_head_parse(struct slice text, struct http_head *out);

#endif
