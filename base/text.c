#include "base/text.h"

#include <stdarg.h>

#include "base/check.h"

void text_clear(struct text *text)
{
    text->len = 0;
    text->cut = false;
    text->ptr[0] = '\0';
}

void text_add(struct text *text, struct slice value)
{
    if (text->cut) {
        return;
    }
    size_t room = (size_t)TEXT_MAX - text->len;
    if (value.len <= room) {
        slice_copy((uint8_t *)text->ptr + text->len, value);
        text->len = (uint8_t)(text->len + value.len);
    } else {
        slice_copy((uint8_t *)text->ptr + text->len, (struct slice){value.ptr, room});
        text->len = TEXT_MAX;
        memcpy(text->ptr + TEXT_MAX - 3, "...", 3);
        text->cut = true;
    }
    text->ptr[text->len] = '\0';
}

void text_add_str(struct text *text, const char *value)
{
    size_t len = 0;
    while (value[len] != '\0') {
        len++;
    }
    text_add(text, (struct slice){(const uint8_t *)value, len});
}

void text_add_u64(struct text *text, uint64_t value)
{
    uint8_t digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text_add(text, (struct slice){digits + at, sizeof digits - at});
}

void text_add_i64(struct text *text, int64_t value)
{
    if (value < 0) {
        text_add(text, SLICE("-"));
        text_add_u64(text, 0 - (uint64_t)value);
    } else {
        text_add_u64(text, (uint64_t)value);
    }
}

static void add_directive(struct text *text, char directive, va_list *args)
{
    switch (directive) {
    case 's':
        text_add(text, va_arg(*args, struct slice));
        break;
    case 'u':
        text_add_u64(text, va_arg(*args, uint64_t));
        break;
    case 'd':
        text_add_i64(text, va_arg(*args, int64_t));
        break;
    default:
        CHECK(false && "unknown directive in text_format");
    }
}

void text_format(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *at = format; *at != '\0'; at++) {
        if (*at == '%') {
            add_directive(text, *++at, &args);
            continue;
        }
        text_add(text, (struct slice){(const uint8_t *)at, 1});
    }
    va_end(args);
}
