#include "admin/http_chunks.h"

enum {
    DIGITS_MAX = 8,       // of a size: far more than any limit
    SPENT_MAX = 64 * 1024 // on extensions, trailers and line ends of one body
};

static int digit_of(uint8_t octet)
{
    uint8_t small = octet | 0x20;
    if (octet >= '0' && octet <= '9') {
        return octet - '0';
    }
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* The line of a chunk's size is over. */
static bool begin_data(struct http_chunks *chunks)
{
    bool some = chunks->digits > 0;
    chunks->digits = 0;
    chunks->line_begun = false;
    chunks->phase = chunks->left > 0 ? CHUNKS_DATA : CHUNKS_TRAILER;
    return some;
}

static bool take_size(struct http_chunks *chunks, uint8_t octet)
{
    int digit = digit_of(octet);
    if (digit >= 0) {
        chunks->left = chunks->left << 4 | (uint64_t)digit;
        return ++chunks->digits <= DIGITS_MAX;
    }
    if (octet == '\n') {
        return begin_data(chunks);
    }
    chunks->phase = CHUNKS_EXTENSION;
    return chunks->digits > 0 && (octet == '\r' || octet == ';' || octet == ' ' || octet == '\t');
}

static bool take_data_end(struct http_chunks *chunks, uint8_t octet)
{
    chunks->phase = octet == '\n' ? CHUNKS_SIZE : CHUNKS_DATA_END;
    return octet == '\n' || octet == '\r';
}

static void take_trailer(struct http_chunks *chunks, uint8_t octet)
{
    if (octet != '\n') {
        chunks->line_begun |= octet != '\r';
    } else if (chunks->line_begun) {
        chunks->line_begun = false;
    } else {
        chunks->phase = CHUNKS_DONE;
    }
}

/* An octet that is not data. False if it may not be there. */
static bool take_octet(struct http_chunks *chunks, uint8_t octet)
{
    if (++chunks->spent > SPENT_MAX) {
        return false;
    }
    switch (chunks->phase) {
    case CHUNKS_SIZE:
        return take_size(chunks, octet);
    case CHUNKS_EXTENSION:
        return octet != '\n' || begin_data(chunks);
    case CHUNKS_DATA_END:
        return take_data_end(chunks, octet);
    case CHUNKS_TRAILER:
        take_trailer(chunks, octet);
        return true;
    case CHUNKS_DATA:
    case CHUNKS_DONE:
        break;
    }
    return false;
}

static size_t take_data(struct http_chunks *chunks, struct slice text, struct bytes *body)
{
    size_t len = text.len < chunks->left ? text.len : (size_t)chunks->left;
    bytes_add(body, (struct slice){text.ptr, len});
    chunks->left -= len;
    chunks->spent = 0;
    if (chunks->left == 0) {
        chunks->phase = CHUNKS_DATA_END;
    }
    return len;
}

ptrdiff_t http_chunks_take(struct http_chunks *chunks, struct slice text, size_t limit,
                           struct bytes *body)
{
    size_t at = 0;
    while (at < text.len && chunks->phase != CHUNKS_DONE) {
        if (chunks->phase != CHUNKS_DATA) {
            if (!take_octet(chunks, text.ptr[at++])) {
                return HTTP_CHUNKS_MALFORMED;
            }
        } else if (chunks->left > limit - body->len) {
            return HTTP_CHUNKS_TOO_LONG;
        } else {
            at += take_data(chunks, (struct slice){text.ptr + at, text.len - at}, body);
        }
    }
    return (ptrdiff_t)at;
}
