#include "tests/dialogues/player/value_internal.h"

#include <ctype.h>

#include "base/wire.h"

static void add_bits(struct bytes *out, double number, bool is_double)
{
    if (is_double) {
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        bytes_add_u64(out, bits);
    } else {
        float narrow = (float)number;
        uint32_t bits;
        memcpy(&bits, &narrow, sizeof bits);
        bytes_add_u32(out, bits);
    }
}

static void add_sized(struct bytes *out, struct slice value)
{
    bytes_add_u32(out, (uint32_t)value.len);
    bytes_add(out, value);
}

static void add_integer(struct bytes *out, int64_t number, size_t size)
{
    uint8_t octets[8];
    wire_store_u64(octets, (uint64_t)number);
    bytes_add(out, (struct slice){octets + 8 - size, size});
}

/* T*: a number of this type, whatever it is. */
static bool add_gap(struct scanner *scan, struct bytes *out, char type)
{
    static const char types[] = "bBsuIilLT", sizes[] = {1, 1, 2, 2, 4, 4, 8, 8, 8};
    const char *at = strchr(types, type);
    if (!at || !scan_char(scan, '*')) {
        return false;
    }
    struct gap *gap = arena_new(scan->arena, sizeof *gap);
    *gap = (struct gap){scan->gaps, out->len, (size_t)sizes[at - types]};
    scan->gaps = gap;
    add_integer(out, 0, gap->len);
    return true;
}

/* The value behind the type letter of a field. */
static void add_typed(struct scanner *scan, struct bytes *out, char type)
{
    bytes_add_u8(out, (uint8_t)type);
    if (add_gap(scan, out, type)) {
        return;
    }
    switch (type) {
    case 'b':
    case 'B':
        add_integer(out, scan_integer(scan), 1);
        break;
    case 's':
    case 'u':
        add_integer(out, scan_integer(scan), 2);
        break;
    case 'I':
    case 'i':
        add_integer(out, scan_integer(scan), 4);
        break;
    case 'l':
    case 'L':
    case 'T':
        add_integer(out, scan_integer(scan), 8);
        break;
    case 'f':
    case 'd':
        add_bits(out, scan_real(scan), type == 'd');
        break;
    case 'D':
        add_integer(out, scan_integer(scan), 1);
        if (!scan_char(scan, ':')) {
            scan_fail(scan, "a decimal is written D2:314");
        }
        add_integer(out, scan_integer(scan), 4);
        break;
    case 'V':
        break;
    default:
        scan_fail(scan, "no field type has this letter");
    }
}

static void add_entries(struct scanner *scan, struct bytes *out, char closing);

static void add_container(struct scanner *scan, struct bytes *out, char type, char closing)
{
    bytes_add_u8(out, (uint8_t)type);
    bytes_add_u32(out, 0);
    size_t start = out->len;
    add_entries(scan, out, closing);
    wire_store_u32(out->ptr + start - 4, (uint32_t)(out->len - start));
}

static void add_word(struct scanner *scan, struct bytes *out)
{
    const char *start = scan->pos;
    struct slice word = scan_word(scan);
    if (slice_eq(word, SLICE("true")) || slice_eq(word, SLICE("false"))) {
        bytes_add_u8(out, 't');
        bytes_add_u8(out, slice_eq(word, SLICE("true")));
        return;
    }
    scan->pos = start + 1;
    bool octets = *start == 'S' || *start == 'x';
    if (octets && scan_char(scan, '"')) {
        bytes_add_u8(out, (uint8_t)*start);
        add_sized(out, scan_repeated(scan, scan_quoted(scan)));
    } else {
        add_typed(scan, out, *start);
    }
}

/* A field's value with its type letter, which may be left out where it goes without saying. */
static void add_field(struct scanner *scan, struct bytes *out)
{
    scan_space(scan);
    if (scan_char(scan, '"')) {
        bytes_add_u8(out, 'S');
        add_sized(out, scan_repeated(scan, scan_quoted(scan)));
    } else if (scan_char(scan, '{')) {
        add_container(scan, out, 'F', '}');
    } else if (scan_char(scan, '[')) {
        add_container(scan, out, 'A', ']');
    } else if (isdigit((unsigned char)scan_peek(scan)) || scan_peek(scan) == '-') {
        add_typed(scan, out, 'I');
    } else if (isalpha((unsigned char)scan_peek(scan))) {
        add_word(scan, out);
    } else {
        scan_fail(scan, "a field's value is wanted here");
    }
}

/* Adds the entries of a table or an array; what opens it is taken. */
static void add_entries(struct scanner *scan, struct bytes *out, char closing)
{
    for (bool first = true; scan_more(scan, closing, first); first = false) {
        if (closing == '}') {
            struct slice key = scan_key(scan);
            bytes_add_u8(out, (uint8_t)key.len);
            bytes_add(out, key);
        }
        add_field(scan, out);
    }
}

struct value scan_table(struct scanner *scan, char closing)
{
    struct bytes out = {0};
    scan->gaps = NULL;
    add_entries(scan, &out, closing);
    return (struct value){.kind = VALUE_TABLE, .text = scan_keep(scan, &out), .gaps = scan->gaps};
}
