#include "exchange/fields.h"

#include <stdlib.h>

#include "base/memory.h"

static size_t count_entries(struct slice table)
{
    struct wire_reader r = wire_reader_of(table);
    struct field field;
    size_t count = 0;
    while (table_next(&r, &field.name, &field.value)) {
        count++;
    }
    return count;
}

static bool in_order(const struct fields *fields)
{
    for (size_t i = 1; i < fields->count; i++) {
        if (slice_compare(fields->items[i - 1].name, fields->items[i].name) > 0) {
            return false;
        }
    }
    return true;
}

/* Merges two neighbouring sorted runs, from[0..left) and from[left..end), into `to`. */
static void merge(struct field *to, const struct field *from, size_t left, size_t end)
{
    size_t a = 0;
    size_t b = left;
    for (size_t i = 0; i < end; i++) {
        bool take_a = a < left && (b == end || slice_compare(from[a].name, from[b].name) <= 0);
        to[i] = take_a ? from[a++] : from[b++];
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Merge sort, from runs of one upwards: a peer chooses the entries and their order, so neither may
 * make it slow. */
static void sort(struct fields *fields)
{
    struct field *from = fields->items;
    struct field *to = fields->items + fields->cap;
    for (size_t run = 1; run < fields->count; run *= 2) {
        for (size_t at = 0; at < fields->count; at += 2 * run) {
            size_t left = fields->count - at;
            merge(to + at, from + at, smaller(run, left), smaller(2 * run, left));
        }
        struct field *swap = from;
        from = to;
        to = swap;
    }
    if (from != fields->items) {
        memcpy(fields->items, from, fields->count * sizeof *from);
    }
}

void fields_read(struct fields *fields, struct slice table)
{
    size_t count = count_entries(table);
    if (count > fields->cap) {
        fields_finish(fields);
        fields->cap = count < 8 ? 8 : count;
        fields->items = memory_array(fields->cap, 2 * sizeof *fields->items);
    }
    struct wire_reader r = wire_reader_of(table);
    for (fields->count = 0; fields->count < count; fields->count++) {
        struct field *field = &fields->items[fields->count];
        table_next(&r, &field->name, &field->value);
    }
    if (!in_order(fields)) {
        sort(fields);
    }
}

void fields_finish(struct fields *fields)
{
    free(fields->items);
    *fields = (struct fields){0};
}

void fields_add_sorted(struct slice table, struct bytes *out)
{
    struct fields fields = {0};
    fields_read(&fields, table);
    for (size_t i = 0; i < fields.count; i++) {
        table_add_raw(out, fields.items[i].name, fields.items[i].value.raw);
    }
    fields_finish(&fields);
}
