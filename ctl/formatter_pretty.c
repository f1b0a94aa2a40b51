#include "ctl/formatter_internal.h"

#include <string.h>

#include "conf/format.h"

enum { WIDTHS_MAX = COLUMNS_MAX };

/* Characters, not octets. */
static size_t width_of(struct slice text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        width += (text.ptr[i] & 0xC0) != 0x80;
    }
    return width;
}

static void add_bar(struct bytes *out, const size_t *widths, size_t count, const char *const *ends)
{
    for (size_t i = 0; i < count; i++) {
        format_add(out, "%s", ends[i == 0 ? 0 : 1]);
        for (size_t j = 0; j < widths[i] + 2; j++) {
            format_add(out, "─");
        }
    }
    format_add(out, "%s\n", ends[2]);
}

/* The elements of a list stand alone, as the bars hold them together. */
static void add_cell(struct bytes *out, const struct column *column, const json_t *row)
{
    formatter_add_text(out, column, row);
    bool plain = column->kind == COLUMN_PLAIN || column->kind == COLUMN_ATOM;
    if (plain && out->len > 1 && json_is_array(formatter_value(column, row))) {
        memmove(out->ptr, out->ptr + 1, out->len - 2);
        out->len -= 2;
    }
}

/* One row between bars; row NULL is the names. Measures if `out` is NULL. */
static void add_pretty_row(struct bytes *out, const struct sheet *sheet, const json_t *row,
                           size_t *widths)
{
    struct bytes text = {0};
    for (size_t i = 0; i < sheet->count; i++) {
        text.len = 0;
        if (row) {
            add_cell(&text, sheet->columns[i], row);
        } else {
            format_add(&text, "%s", sheet->columns[i]->name);
        }
        size_t width = width_of(bytes_slice(&text));
        if (!out) {
            widths[i] = width > widths[i] ? width : widths[i];
        } else {
            format_add(out, "│ %.*s%*s ", (int)text.len, (const char *)text.ptr,
                       (int)(widths[i] - width), "");
        }
    }
    if (out) {
        format_add(out, "│\n");
    }
    bytes_finish(&text);
}

void formatter_print_pretty(const struct sheet *sheet, FILE *out)
{
    static const char *const top[] = {"┌", "┬", "┐"};
    static const char *const middle[] = {"├", "┼", "┤"};
    static const char *const bottom[] = {"└", "┴", "┘"};
    size_t widths[WIDTHS_MAX] = {0};
    size_t index;
    json_t *row;
    struct bytes text = {0};
    if (json_array_size(sheet->rows) == 0) {
        if (!sheet->streams) {
            formatter_print_box(SLICE("[]"), out);
        }
        return;
    }
    add_pretty_row(NULL, sheet, NULL, widths);
    json_array_foreach(sheet->rows, index, row)
    {
        add_pretty_row(NULL, sheet, row, widths);
    }
    add_bar(&text, widths, sheet->count, top);
    add_pretty_row(&text, sheet, NULL, widths);
    json_array_foreach(sheet->rows, index, row)
    {
        add_bar(&text, widths, sheet->count, middle);
        add_pretty_row(&text, sheet, row, widths);
    }
    add_bar(&text, widths, sheet->count, bottom);
    fprintf(out, "%.*s", (int)text.len, (const char *)text.ptr);
    bytes_finish(&text);
}

void formatter_print_box(struct slice text, FILE *out)
{
    static const struct column column = {"Output", "text", COLUMN_PLAIN};
    json_t *rows = json_pack("[{s:s%}]", "text", (const char *)text.ptr, text.len);
    const struct sheet sheet = {.columns = {&column}, .count = 1, .rows = rows};
    formatter_print_pretty(&sheet, out);
    json_decref(rows);
}
