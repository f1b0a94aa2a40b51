#include "admin/writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "conf/format.h"

void writer_init(struct writer *w, struct bytes *out, const struct columns *columns)
{
    bool all = !columns || columns->count == 0;
    *w = (struct writer){.out = out, .columns = all ? NULL : columns};
    w->stack[0] = (struct writer_level){.wanted = UINT64_MAX, .whole = all, .array = true};
}

void writer_init_capture(struct writer *w, const struct columns *columns, struct scalar *captured)
{
    writer_init(w, NULL, columns);
    w->captured = captured;
    captured->kind = SCALAR_NOTHING;
}

static struct slice name_of(const char *name)
{
    return name ? (struct slice){(const uint8_t *)name, strlen(name)} : (struct slice){NULL, 0};
}

/* Writes comma and name in front of a value, if it is wanted. *inside is what holds within it. */
static bool begin(struct writer *w, struct slice name, struct writer_level *inside)
{
    struct writer_level *level = &w->stack[w->depth];
    if (w->skipped > 0) {
        return false;
    }
    *inside = (struct writer_level){
        .wanted = level->wanted, .level = level->level, .whole = level->whole};
    if (!level->array && !level->whole) {
        inside->wanted =
            columns_enter(w->columns, level->wanted, level->level, name, &inside->whole);
        inside->level++;
        if (inside->wanted == 0) {
            return false;
        }
    }
    if (w->captured) {
        return inside->whole;
    }
    if (level->begun) {
        bytes_add_u8(w->out, ',');
    }
    level->begun = true;
    if (!level->array) {
        format_add_json(w->out, name);
        bytes_add_u8(w->out, ':');
    }
    return true;
}

static void open(struct writer *w, struct slice name, bool array)
{
    struct writer_level inside = {.begun = false};
    bool wanted = begin(w, name, &inside);
    bool looked_into = wanted || (w->captured && w->skipped == 0 && inside.wanted != 0);
    if (!looked_into) {
        w->skipped++;
        return;
    }
    CHECK(w->depth + 1 < WRITER_DEPTH_MAX);
    inside.array = array;
    w->stack[++w->depth] = inside;
    if (!w->captured) {
        bytes_add_u8(w->out, array ? '[' : '{');
    }
}

void write_end(struct writer *w)
{
    if (w->skipped > 0) {
        w->skipped--;
        return;
    }
    CHECK(w->depth > 0);
    if (!w->captured) {
        bytes_add_u8(w->out, w->stack[w->depth].array ? ']' : '}');
    }
    w->depth--;
}

/* True if the value is to be written; one that is only captured has been by then. */
static bool wants(struct writer *w, struct slice name, const struct scalar *value)
{
    struct writer_level inside;
    if (!begin(w, name, &inside)) {
        return false;
    }
    if (w->captured && w->captured->kind == SCALAR_NOTHING) {
        *w->captured = *value;
    }
    return !w->captured;
}

/* The length of what snprintf wrote. */
static void add_printed(struct writer *w, const char *text)
{
    bytes_add(w->out, name_of(text));
}

void write_named_object(struct writer *w, struct slice name)
{
    open(w, name, false);
}

void write_named_array(struct writer *w, struct slice name)
{
    open(w, name, true);
}

void write_named_text(struct writer *w, struct slice name, struct slice value)
{
    if (wants(w, name, &(struct scalar){.kind = SCALAR_TEXT, .text = value})) {
        format_add_json(w->out, value);
    }
}

/* Numbers are most of what is written. */
static void add_u64(struct bytes *out, uint64_t value)
{
    uint8_t digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    bytes_add(out, (struct slice){digits + at, sizeof digits - at});
}

void write_named_u64(struct writer *w, struct slice name, uint64_t value)
{
    if (wants(w, name, &(struct scalar){.kind = SCALAR_NUMBER, .number = (double)value})) {
        add_u64(w->out, value);
    }
}

void write_named_i64(struct writer *w, struct slice name, int64_t value)
{
    if (wants(w, name, &(struct scalar){.kind = SCALAR_NUMBER, .number = (double)value})) {
        if (value < 0) {
            bytes_add_u8(w->out, '-');
        }
        add_u64(w->out, value < 0 ? ~(uint64_t)value + 1 : (uint64_t)value);
    }
}

/* Writes a number that has one digit behind the point, as most rates have; false if it has not. */
static bool add_tenths(struct bytes *out, double value)
{
    double tenths = value * 10;
    if (!(tenths >= 0 && tenths < 1e15) || (double)(uint64_t)tenths / 10 != value ||
        signbit(value)) {
        return false;
    }
    add_u64(out, (uint64_t)tenths / 10);
    bytes_add_u8(out, '.');
    bytes_add_u8(out, (uint8_t)('0' + (uint64_t)tenths % 10));
    return true;
}

void write_named_real(struct writer *w, struct slice name, double value)
{
    char text[64];
    if (!wants(w, name, &(struct scalar){.kind = SCALAR_NUMBER, .number = value})) {
        return;
    }
    if (!isfinite(value)) {
        value = 0;
    }
    if (add_tenths(w->out, value)) {
        return;
    }
    snprintf(text, sizeof text, "%.15g", value);
    bool whole = !strpbrk(text, ".e");
    add_printed(w, text);
    if (whole) {
        bytes_add(w->out, SLICE(".0"));
    }
}

void write_named_truth(struct writer *w, struct slice name, bool value)
{
    if (wants(w, name, &(struct scalar){.kind = SCALAR_TRUTH, .number = value})) {
        bytes_add(w->out, value ? SLICE("true") : SLICE("false"));
    }
}

void write_named_null(struct writer *w, struct slice name)
{
    if (wants(w, name, &(struct scalar){.kind = SCALAR_NOTHING})) {
        bytes_add(w->out, SLICE("null"));
    }
}

void write_named_raw(struct writer *w, struct slice name, struct slice value)
{
    if (wants(w, name, &(struct scalar){.kind = SCALAR_TEXT, .text = value})) {
        bytes_add(w->out, value);
    }
}

void write_object(struct writer *w, const char *name)
{
    open(w, name_of(name), false);
}

void write_array(struct writer *w, const char *name)
{
    open(w, name_of(name), true);
}

void write_text(struct writer *w, const char *name, struct slice value)
{
    write_named_text(w, name_of(name), value);
}

void write_str(struct writer *w, const char *name, const char *value)
{
    write_named_text(w, name_of(name), name_of(value));
}

void write_u64(struct writer *w, const char *name, uint64_t value)
{
    write_named_u64(w, name_of(name), value);
}

void write_i64(struct writer *w, const char *name, int64_t value)
{
    write_named_i64(w, name_of(name), value);
}

void write_real(struct writer *w, const char *name, double value)
{
    write_named_real(w, name_of(name), value);
}

void write_truth(struct writer *w, const char *name, bool value)
{
    write_named_truth(w, name_of(name), value);
}

void write_null(struct writer *w, const char *name)
{
    write_named_null(w, name_of(name));
}
