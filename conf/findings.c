#include "conf/findings.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "conf/format.h"

void findings_add(struct findings *findings, enum finding_kind kind, const char *format, ...)
{
    struct bytes raw = {0};
    struct bytes line = {0};
    va_list args;
    va_start(args, format);
    format_add_list(&raw, format, args);
    va_end(args);
    format_add_escaped(&line, bytes_slice(&raw));

    findings->items =
        memory_grow(findings->items, (findings->count + 1) * sizeof findings->items[0]);
    findings->items[findings->count++] =
        (struct finding){.kind = kind, .text = format_copy(bytes_slice(&line))};
    bytes_finish(&raw);
    bytes_finish(&line);
}

size_t findings_count(const struct findings *findings, enum finding_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        count += findings->items[i].kind == kind;
    }
    return count;
}

void findings_finish(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].text);
    }
    free(findings->items);
    *findings = (struct findings){0};
}
