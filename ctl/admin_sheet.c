#include "ctl/admin_sheet.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "conf/format.h"

/* Those that a number was written with; with more, 0.2 would become 0.20000000000000001. */
#define DIGITS JSON_REAL_PRECISION(15)

/* A row is an object of texts by their columns, all rows an array, and the columns an array of
 * names. */
struct grid {
    json_t *columns; // owned
    json_t *rows;    // owned
};

/* A member on its way into a row. */
struct walk {
    const struct admin_sheet *sheet;
    json_t *row; // borrowed
    unsigned depth_max;
};

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = words; at && *at; at += strspn(at, " ")) {
        size_t part = strcspn(at, " ");
        if (part == len && memcmp(at, word, len) == 0) {
            return true;
        }
        at += part;
    }
    return false;
}

static bool is_all_text(const json_t *array)
{
    size_t index;
    json_t *element;
    json_array_foreach(array, index, element)
    {
        if (!json_is_string(element)) {
            return false;
        }
    }
    return true;
}

static json_t *text_of(const json_t *value)
{
    struct bytes text = {0};
    size_t index;
    json_t *element;
    if (json_is_string(value)) {
        format_add(&text, "%s", json_string_value(value));
    } else if (json_is_boolean(value)) {
        format_add(&text, json_is_true(value) ? "True" : "False");
    } else if (json_is_array(value) && is_all_text(value)) {
        json_array_foreach(value, index, element)
        {
            format_add(&text, "%s%s", index > 0 ? " " : "", json_string_value(element));
        }
    } else if (!json_is_null(value)) {
        char *dumped = json_dumps(value, JSON_ENCODE_ANY | DIGITS);
        format_add(&text, "%s", dumped);
        free(dumped);
    }
    json_t *string = json_stringn(text.len > 0 ? (const char *)text.ptr : "", text.len);
    bytes_finish(&text);
    return string;
}

/* Objects within objects are gone through down to the depth that is wanted. */
static void add_members(const struct walk *walk, const char *prefix, unsigned depth, json_t *object)
{
    const char *key;
    json_t *member;
    json_object_foreach(object, key, member)
    {
        struct bytes name = {0};
        format_add(&name, "%s%s%s%c", prefix, *prefix ? "." : "", key, '\0');
        const char *column = (const char *)name.ptr;
        if (!json_is_object(member) || has_word(walk->sheet->json, key)) {
            json_object_set_new(walk->row, column, text_of(member));
        } else if (depth < walk->depth_max) {
            add_members(walk, column, depth + 1, member);
        }
        bytes_finish(&name);
    }
}

/* Those that people look for first stand first, the others by their names. */
static int rank_of(const char *column)
{
    static const char *const first[] = {
        "vhost", "name", "type", "source", "destination", "destination_type", "routing_key"};
    enum { COUNT = sizeof first / sizeof *first };
    int rank = 0;
    while (rank < COUNT && strcmp(first[rank], column) != 0) {
        rank++;
    }
    return rank;
}

static int compare(const void *left, const void *right)
{
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;
    int by_rank = rank_of(a) - rank_of(b);
    return by_rank != 0 ? by_rank : strcmp(a, b);
}

static void collect_columns(struct grid *grid)
{
    size_t index, count = 0;
    const char *name;
    json_t *row, *value;
    json_t *seen = json_object();
    json_array_foreach(grid->rows, index, row)
    {
        json_object_foreach(row, name, value)
        {
            json_object_set_new(seen, name, json_true());
        }
    }
    const char **names = memory_array(json_object_size(seen) + 1, sizeof *names);
    json_object_foreach(seen, name, value)
    {
        names[count++] = name;
    }
    qsort(names, count, sizeof *names, compare);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(grid->columns, json_string(names[i]));
    }
    free(names);
    json_decref(seen);
}

static struct grid grid_new(const struct admin_sheet *sheet, const json_t *items)
{
    size_t index;
    json_t *item;
    struct grid grid = {.columns = json_array(), .rows = json_array()};
    bool chosen = sheet->columns && sheet->columns[0];
    json_array_foreach(items, index, item)
    {
        json_t *row = json_object();
        struct walk walk = {
            .sheet = sheet, .row = row, .depth_max = chosen ? UINT_MAX : sheet->depth};
        add_members(&walk, "", 1, item);
        json_array_append_new(grid.rows, row);
    }
    if (!chosen) {
        collect_columns(&grid);
    }
    for (size_t i = 0; chosen && sheet->columns[i]; i++) {
        json_array_append_new(grid.columns, json_string(sheet->columns[i]));
    }
    return grid;
}

static void grid_finish(struct grid *grid)
{
    json_decref(grid->columns);
    json_decref(grid->rows);
}

static const char *column_at(const struct grid *grid, size_t index)
{
    return json_string_value(json_array_get(grid->columns, index));
}

static const char *cell(const struct grid *grid, const json_t *row, size_t column)
{
    const char *text = json_string_value(json_object_get(row, column_at(grid, column)));
    return text ? text : "";
}

/* Characters, not octets. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

static void print_tsv(const struct admin_sheet *sheet, const struct grid *grid, FILE *out)
{
    size_t index, count = json_array_size(grid->columns);
    json_t *row;
    for (size_t i = 0; sheet->verbose && i < count; i++) {
        fprintf(out, "%s%c", column_at(grid, i), i + 1 < count ? '\t' : '\n');
    }
    json_array_foreach(grid->rows, index, row)
    {
        for (size_t i = 0; i < count; i++) {
            fprintf(out, "%s%c", cell(grid, row, i), i + 1 < count ? '\t' : '\n');
        }
    }
}

static void print_long(const struct grid *grid, FILE *out)
{
    static const char rule[] =
        "\n--------------------------------------------------------------------------------\n\n";
    int width = 0;
    size_t index, count = json_array_size(grid->columns);
    json_t *row;
    for (size_t i = 0; i < count; i++) {
        int own = width_of(column_at(grid, i));
        width = own > width ? own : width;
    }
    fputs(rule, out);
    json_array_foreach(grid->rows, index, row)
    {
        for (size_t i = 0; i < count; i++) {
            const char *column = column_at(grid, i);
            fprintf(out, "%*s%s: %s\n", width - width_of(column), "", column, cell(grid, row, i));
        }
        fputs(rule, out);
    }
}

static void print_kvp(const struct grid *grid, FILE *out)
{
    size_t index, count = json_array_size(grid->columns);
    json_t *row;
    json_array_foreach(grid->rows, index, row)
    {
        for (size_t i = 0; i < count; i++) {
            fprintf(out, "%s=\"%s\"%c", column_at(grid, i), cell(grid, row, i),
                    i + 1 < count ? ' ' : '\n');
        }
    }
}

/* Names only: nothing at all of what has none. */
static void print_bash(const struct grid *grid, FILE *out)
{
    size_t index;
    json_t *row;
    if (!json_object_get(json_array_get(grid->rows, 0), "name")) {
        return;
    }
    json_array_foreach(grid->rows, index, row)
    {
        const char *name = json_string_value(json_object_get(row, "name"));
        fprintf(out, "%s%s", index > 0 ? " " : "", name ? name : "");
    }
    fputc('\n', out);
}

static void print_bar(const int *widths, size_t count, FILE *out)
{
    fputc('+', out);
    for (size_t i = 0; i < count; i++) {
        for (int j = 0; j < widths[i] + 2; j++) {
            fputc('-', out);
        }
        fputc('+', out);
    }
    fputc('\n', out);
}

/* Names in the middle, what is below them to the left. */
static void print_cell(const char *text, int width, bool middle, FILE *out)
{
    int space = width - width_of(text);
    int left = middle ? space / 2 : 0;
    fprintf(out, " %*s%s%*s |", left, "", text, space - left, "");
}

static void print_table(const struct grid *grid, FILE *out)
{
    size_t index, count = json_array_size(grid->columns);
    json_t *row;
    int *widths = memory_array(count + 1, sizeof *widths);
    for (size_t i = 0; i < count; i++) {
        widths[i] = width_of(column_at(grid, i));
        json_array_foreach(grid->rows, index, row)
        {
            int own = width_of(cell(grid, row, i));
            widths[i] = own > widths[i] ? own : widths[i];
        }
    }
    print_bar(widths, count, out);
    fputc('|', out);
    for (size_t i = 0; i < count; i++) {
        print_cell(column_at(grid, i), widths[i], true, out);
    }
    fputc('\n', out);
    print_bar(widths, count, out);
    json_array_foreach(grid->rows, index, row)
    {
        fputc('|', out);
        for (size_t i = 0; i < count; i++) {
            print_cell(cell(grid, row, i), widths[i], false, out);
        }
        fputc('\n', out);
    }
    print_bar(widths, count, out);
    free(widths);
}

static bool print_grid(const struct admin_sheet *sheet, const struct grid *grid, FILE *out)
{
    if (strcmp(sheet->format, "tsv") == 0) {
        print_tsv(sheet, grid, out);
    } else if (strcmp(sheet->format, "long") == 0) {
        print_long(grid, out);
    } else if (strcmp(sheet->format, "kvp") == 0) {
        print_kvp(grid, out);
    } else if (strcmp(sheet->format, "bash") == 0) {
        print_bash(grid, out);
    } else if (strcmp(sheet->format, "table") == 0) {
        print_table(grid, out);
    } else {
        return false;
    }
    return true;
}

bool admin_sheet_print(const struct admin_sheet *sheet, const json_t *items, FILE *out)
{
    bool pretty = strcmp(sheet->format, "pretty_json") == 0;
    if (pretty || strcmp(sheet->format, "raw_json") == 0) {
        json_dumpf(items, out, DIGITS | (pretty ? JSON_INDENT(2) | JSON_SORT_KEYS : JSON_COMPACT));
        fputc('\n', out);
        return true;
    }
    struct grid grid = grid_new(sheet, items);
    bool known = true;
    if (json_array_size(grid.rows) > 0) {
        known = print_grid(sheet, &grid, out);
    } else if (sheet->verbose) {
        fputs("No items\n", out);
    }
    grid_finish(&grid);
    return known;
}
