#ifndef CONF_FORMAT_H
#define CONF_FORMAT_H

#include <stdarg.h>

#include "base/bytes.h"

/* Text for people: printf into bytes, copies with a NUL behind, and the one way in which octets
 * that a peer or a file chose are made safe to show. */
__attribute__((format(printf, 2, 3))) void format_add(struct bytes *out, const char *format, ...);
__attribute__((format(printf, 2, 0))) void format_add_list(struct bytes *out, const char *format,
                                                           va_list args);

/* Appends `text` with control characters, and octets that are not UTF-8, written as \n, \r, \t or
 * \xHH. The result is one line whatever was in it. */
void format_add_escaped(struct bytes *out, struct slice text);

/* Appends `text` between double quotes as JSON. Octets that are not UTF-8 become U+FFFD. */
void format_add_json(struct bytes *out, struct slice text);

/* The length of the UTF-8 sequence of a code point at the front of text, which is not empty; 0 if
 * there is none: overlong forms, surrogates and what is cut short do not count (RFC 3629,
 * section 4). */
size_t format_utf8_len(struct slice text);

char *format_copy(struct slice text); // NUL-terminated; owned by the caller

static inline struct slice format_slice(const char *text) // borrows
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

#endif
