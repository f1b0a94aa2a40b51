#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/slice.h"

/* A short text under construction, for error texts and names: fixed room, no allocation. What
 * does not fit is cut and shown by a final "...", as RabbitMQ cuts a reply-text at 255 octets. */
enum { TEXT_MAX = 255 };

struct text {
    uint8_t len;
    bool cut;
    char ptr[TEXT_MAX + 1]; // always NUL-terminated
};

void text_clear(struct text *text);
void text_add(struct text *text, struct slice value);
void text_add_str(struct text *text, const char *value);
void text_add_u64(struct text *text, uint64_t value);
void text_add_i64(struct text *text, int64_t value);

/* Appends `format` with each %s taken from a struct slice, %u from a uint64_t and %d from an
 * int64_t; nothing else is known. */
void text_format(struct text *text, const char *format, ...);

static inline struct slice text_slice(const struct text *text)
{
    return (struct slice){(const uint8_t *)text->ptr, text->len};
}

#endif
