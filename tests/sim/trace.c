#include "tests/sim/trace.h"

#include <stdarg.h>
#include <stdio.h>

/* The next line of the first run; empty at its end. */
static struct slice next_recorded(struct trace *trace)
{
    const struct bytes *lines = &trace->recorded->lines;
    const uint8_t *from = lines->ptr + trace->at;
    const uint8_t *end = trace->at < lines->len ? memchr(from, '\n', lines->len - trace->at) : NULL;
    size_t len = end ? (size_t)(end - from) : 0;
    trace->at += end ? len + 1 : 0;
    return (struct slice){from, len};
}

static void compare(struct trace *trace, struct slice line)
{
    struct slice expected = next_recorded(trace);
    if (trace->differs || slice_eq(expected, line)) {
        return;
    }
    trace->differs = true;
    snprintf(trace->expected, sizeof trace->expected, "%.*s", (int)expected.len,
             (const char *)expected.ptr);
    snprintf(trace->found, sizeof trace->found, "%.*s", (int)line.len, (const char *)line.ptr);
}

void trace_line(struct trace *trace, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t used = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    struct slice line = {(const uint8_t *)text, used};
    if (trace->print) {
        puts(text);
    }
    if (trace->recorded) {
        compare(trace, line);
    } else {
        bytes_add(&trace->lines, line);
        bytes_add_u8(&trace->lines, '\n');
    }
}

void trace_end(struct trace *trace)
{
    if (trace->recorded && trace->at < trace->recorded->lines.len) {
        compare(trace, SLICE("(the end)"));
    }
}

void trace_finish(struct trace *trace)
{
    bytes_finish(&trace->lines);
}
