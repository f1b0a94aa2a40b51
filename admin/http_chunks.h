#ifndef ADMIN_HTTP_CHUNKS_H
#define ADMIN_HTTP_CHUNKS_H

#include "base/bytes.h"

/* A request body that comes in chunks (RFC 9112, 7.1), put together as it arrives. Extensions and
 * trailers are passed over. Zero-initialise it. */
enum http_chunks_phase {
    CHUNKS_SIZE,      // of the next chunk, in hexadecimal digits
    CHUNKS_EXTENSION, // to the end of that line
    CHUNKS_DATA,
    CHUNKS_DATA_END, // the line end behind it
    CHUNKS_TRAILER,  // lines, the last of them empty
    CHUNKS_DONE,
};

struct http_chunks {
    enum http_chunks_phase phase;
    uint64_t left;   // of the chunk
    uint32_t spent;  // octets that are neither a size nor data
    uint8_t digits;  // of the size
    bool line_begun; // of a trailer: something is in it
};

enum { HTTP_CHUNKS_MALFORMED = -1, HTTP_CHUNKS_TOO_LONG = -2 };

/* Takes what it can from the text, appends the data to *body, and returns how much of the text is
 * used: all of it unless the body ends before. Negative, one of the above, if the text is malformed
 * or the body would be longer than `limit`. */
ptrdiff_t http_chunks_take(struct http_chunks *chunks, struct slice text, size_t limit,
                           struct bytes *body);

#endif
