#include "conf/format.h"

#include <stdio.h>

#include "base/check.h"
#include "base/memory.h"

void format_add_list(struct bytes *out, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    CHECK(len >= 0);
    char *at = (char *)bytes_reserve(out, (size_t)len + 1);
    vsnprintf(at, (size_t)len + 1, format, again);
    va_end(again);
    out->len += (size_t)len;
}

void format_add(struct bytes *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    format_add_list(out, format, args);
    va_end(args);
}

size_t format_utf8_len(struct slice text)
{
    uint8_t first = text.ptr[0];
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    size_t len = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (text.len < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((text.ptr[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    uint8_t second = text.ptr[1];
    bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
               (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return bad ? 0 : len;
}

/* Of a whole sequence: C0, DEL and C1. A terminal would act on them. */
static bool is_control(const uint8_t *sequence)
{
    return sequence[0] < 0x20 || sequence[0] == 0x7f || (sequence[0] == 0xc2 && sequence[1] < 0xa0);
}

static void add_octet_escape(struct bytes *out, uint8_t octet)
{
    switch (octet) {
    case '\n':
        bytes_add(out, SLICE("\\n"));
        break;
    case '\r':
        bytes_add(out, SLICE("\\r"));
        break;
    case '\t':
        bytes_add(out, SLICE("\\t"));
        break;
    default:
        format_add(out, "\\x%02x", octet);
    }
}

void format_add_escaped(struct bytes *out, struct slice text)
{
    while (text.len > 0) {
        size_t len = format_utf8_len(text);
        if (len > 0 && !is_control(text.ptr)) {
            bytes_add(out, (struct slice){text.ptr, len});
        } else {
            len = len ? len : 1;
            for (size_t i = 0; i < len; i++) {
                add_octet_escape(out, text.ptr[i]);
            }
        }
        text = (struct slice){text.ptr + len, text.len - len};
    }
}

static void add_json_sequence(struct bytes *out, struct slice sequence)
{
    uint8_t first = sequence.ptr[0];
    if (first == '"' || first == '\\') {
        format_add(out, "\\%c", first);
    } else if (first == '\n') {
        bytes_add(out, SLICE("\\n"));
    } else if (is_control(sequence.ptr)) {
        format_add(out, "\\u%04x", sequence.len == 1 ? first : sequence.ptr[1]);
    } else {
        bytes_add(out, sequence);
    }
}

/* How much of it, from its beginning, is as it is in JSON: most texts are, as a whole. */
static size_t plain_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] >= ' ' && text.ptr[len] < 0x7f && text.ptr[len] != '"' &&
           text.ptr[len] != '\\') {
        len++;
    }
    return len;
}

void format_add_json(struct bytes *out, struct slice text)
{
    bytes_add_u8(out, '"');
    while (text.len > 0) {
        size_t plain = plain_len(text);
        bytes_add(out, (struct slice){text.ptr, plain});
        text = (struct slice){text.ptr + plain, text.len - plain};
        if (text.len == 0) {
            break;
        }
        size_t len = format_utf8_len(text);
        if (len > 0) {
            add_json_sequence(out, (struct slice){text.ptr, len});
        } else {
            len = 1;
            bytes_add(out, SLICE("\\ufffd"));
        }
        text = (struct slice){text.ptr + len, text.len - len};
    }
    bytes_add_u8(out, '"');
}

char *format_copy(struct slice text)
{
    char *copy = memory_raw(text.len + 1);
    slice_copy((uint8_t *)copy, text);
    copy[text.len] = '\0';
    return copy;
}
