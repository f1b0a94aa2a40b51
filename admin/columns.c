#include "admin/columns.h"

static struct slice cut(struct slice *rest, uint8_t separator)
{
    const uint8_t *at = memchr(rest->ptr, separator, rest->len);
    struct slice first = {rest->ptr, at ? (size_t)(at - rest->ptr) : rest->len};
    size_t used = at ? first.len + 1 : first.len;
    *rest = (struct slice){rest->ptr + used, rest->len - used};
    return first;
}

static void add(struct columns *out, struct slice text)
{
    struct column *column = &out->items[out->count];
    column->count = 0;
    while (text.len > 0 && column->count < COLUMN_PARTS_MAX) {
        column->parts[column->count++] = cut(&text, '.');
    }
    if (column->count > 0) {
        out->count++;
    }
}

void columns_parse(struct slice text, struct columns *out)
{
    out->count = 0;
    while (text.len > 0 && out->count < COLUMNS_MAX) {
        add(out, cut(&text, ','));
    }
}

void columns_parse_one(struct slice text, struct columns *out)
{
    out->count = 0;
    add(out, text);
}

uint64_t columns_enter(const struct columns *columns, uint64_t wanted, uint8_t level,
                       struct slice name, bool *whole)
{
    uint64_t fitting = 0;
    *whole = false;
    for (uint8_t i = 0; i < columns->count; i++) {
        const struct column *column = &columns->items[i];
        if (wanted >> i & 1 && level < column->count && slice_eq(column->parts[level], name)) {
            fitting |= UINT64_C(1) << i;
            *whole |= level + 1 == column->count;
        }
    }
    return fitting;
}
