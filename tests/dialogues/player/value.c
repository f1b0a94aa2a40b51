#include "tests/dialogues/player/value.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/wire.h"

static void fail(struct scanner *scan, const char *why)
{
    if (!scan->error) {
        scan->error = why;
    }
    scan->pos = scan->end;
}

static char peek(const struct scanner *scan)
{
    return scan->pos < scan->end ? *scan->pos : '\0';
}

void scan_space(struct scanner *scan)
{
    while (peek(scan) == ' ') {
        scan->pos++;
    }
}

bool scan_char(struct scanner *scan, char c)
{
    if (scan->pos < scan->end && *scan->pos == c) {
        scan->pos++;
        return true;
    }
    return false;
}

bool scan_at_end(struct scanner *scan)
{
    scan_space(scan);
    return scan->pos == scan->end;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' || c == '#';
}

struct slice scan_word(struct scanner *scan)
{
    const char *start = scan->pos;
    while (scan->pos < scan->end && is_word(*scan->pos)) {
        scan->pos++;
    }
    return (struct slice){(const uint8_t *)start, (size_t)(scan->pos - start)};
}

static struct slice scan_name(struct scanner *scan) // of a variable
{
    bool braces = scan_char(scan, '{');
    const char *start = scan->pos;
    while (isalnum((unsigned char)peek(scan)) || peek(scan) == '_') {
        scan->pos++;
    }
    struct slice name = {(const uint8_t *)start, (size_t)(scan->pos - start)};
    if (braces && !scan_char(scan, '}')) {
        fail(scan, "no } behind a variable's name");
    }
    return name;
}

/* Puts a variable's text into a string under construction. */
static void add_variable(struct scanner *scan, struct bytes *out)
{
    struct slice text;
    if (vars_get(scan->vars, scan_name(scan), &text)) {
        bytes_add(out, text);
    } else {
        fail(scan, "a string names a variable that is not set");
    }
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool hex_pair(struct scanner *scan, uint8_t *out)
{
    if (scan->end - scan->pos < 2 || hex_digit(scan->pos[0]) < 0 || hex_digit(scan->pos[1]) < 0) {
        return false;
    }
    *out = (uint8_t)(hex_digit(scan->pos[0]) << 4 | hex_digit(scan->pos[1]));
    scan->pos += 2;
    return true;
}

static void add_escape(struct scanner *scan, struct bytes *out)
{
    uint8_t octet = 0;
    char c = peek(scan);
    scan->pos++;
    switch (c) {
    case 'n':
        octet = '\n';
        break;
    case 'r':
        octet = '\r';
        break;
    case 't':
        octet = '\t';
        break;
    case '0':
        break;
    case 'x':
        if (!hex_pair(scan, &octet)) {
            fail(scan, "\\x wants two hexadecimal digits");
        }
        break;
    default:
        octet = (uint8_t)c;
    }
    bytes_add_u8(out, octet);
}

static struct slice keep(struct scanner *scan, struct bytes *octets)
{
    struct slice copy = arena_copy(scan->arena, bytes_slice(octets));
    bytes_finish(octets);
    return copy;
}

/* The octets of a string up to its closing quote; the opening one is taken. */
static struct slice scan_quoted(struct scanner *scan)
{
    struct bytes out = {0};
    while (!scan->error && !scan_char(scan, '"')) {
        if (scan->pos == scan->end) {
            fail(scan, "a string is not closed");
        } else if (scan_char(scan, '\\')) {
            add_escape(scan, &out);
        } else if (scan_char(scan, '$')) {
            add_variable(scan, &out);
        } else {
            bytes_add_u8(&out, (uint8_t)*scan->pos++);
        }
    }
    return keep(scan, &out);
}

static int64_t scan_integer(struct scanner *scan)
{
    char *behind;
    int64_t number = peek(scan) == '-' ? strtoll(scan->pos, &behind, 10)
                                       : (int64_t)strtoull(scan->pos, &behind, 10);
    if (behind == scan->pos) {
        fail(scan, "a number is wanted here");
        return 0;
    }
    scan->pos = behind;
    return number;
}

/* "x"*1000: the string so many times over. */
static struct slice scan_repeated(struct scanner *scan, struct slice unit)
{
    if (!scan_char(scan, '*')) {
        return unit;
    }
    struct bytes out = {0};
    for (int64_t n = scan_integer(scan); n > 0; n--) {
        bytes_add(&out, unit);
    }
    return keep(scan, &out);
}

static struct slice scan_regex(struct scanner *scan)
{
    struct bytes out = {0};
    while (!scan->error && !scan_char(scan, '/')) {
        if (scan->pos == scan->end) {
            fail(scan, "a regular expression is not closed");
        } else if (scan->end - scan->pos > 1 && scan->pos[0] == '\\' && scan->pos[1] == '/') {
            scan->pos++;
        } else if (scan->end - scan->pos > 1 && scan->pos[0] == '$' &&
                   isalpha((unsigned char)scan->pos[1])) {
            scan->pos++;
            add_variable(scan, &out);
            continue;
        }
        if (!scan->error) {
            bytes_add_u8(&out, (uint8_t)*scan->pos++);
        }
    }
    return keep(scan, &out);
}

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

static void add_entries(struct scanner *scan, struct bytes *out, char closing);

static double scan_real(struct scanner *scan)
{
    char *behind;
    double number = strtod(scan->pos, &behind);
    if (behind == scan->pos) {
        fail(scan, "a number is wanted here");
        return 0;
    }
    scan->pos = behind;
    return number;
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
            fail(scan, "a decimal is written D2:314");
        }
        add_integer(out, scan_integer(scan), 4);
        break;
    case 'V':
        break;
    default:
        fail(scan, "no field type has this letter");
    }
}

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
    } else if (isdigit((unsigned char)peek(scan)) || peek(scan) == '-') {
        add_typed(scan, out, 'I');
    } else if (isalpha((unsigned char)peek(scan))) {
        add_word(scan, out);
    } else {
        fail(scan, "a field's value is wanted here");
    }
}

static struct slice scan_key(struct scanner *scan)
{
    scan_space(scan);
    struct slice key = scan_char(scan, '"') ? scan_quoted(scan) : scan_word(scan);
    if (key.len > 255) {
        fail(scan, "a field's name is longer than 255 octets");
        key.len = 0;
    }
    scan_space(scan);
    if (!scan_char(scan, ':')) {
        fail(scan, "a : is wanted behind a field's name");
    }
    return key;
}

/* True if another entry follows; takes the comma between two, or what closes the last. */
static bool scan_more(struct scanner *scan, char closing, bool first)
{
    scan_space(scan);
    if (scan_char(scan, closing)) {
        return false;
    }
    if (!first && !scan_char(scan, ',')) {
        fail(scan, "a , is wanted between entries");
    }
    return !scan->error;
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

static struct value scan_table(struct scanner *scan, char closing)
{
    struct bytes out = {0};
    scan->gaps = NULL;
    add_entries(scan, &out, closing);
    return (struct value){.kind = VALUE_TABLE, .text = keep(scan, &out), .gaps = scan->gaps};
}

static struct value_entry *scan_part(struct scanner *scan)
{
    struct value_entry *entries = NULL;
    for (bool first = true; scan_more(scan, '}', first); first = false) {
        struct value_entry *entry = arena_new(scan->arena, sizeof *entry);
        entry->key = scan_key(scan);
        scan_space(scan);
        entry->value = scan_value(scan);
        entry->next = entries;
        entries = entry;
    }
    return entries;
}

static struct value scan_bare(struct scanner *scan)
{
    if (isdigit((unsigned char)peek(scan)) || peek(scan) == '-') {
        return (struct value){.kind = VALUE_NUMBER, .number = scan_integer(scan)};
    }
    struct slice word = scan_word(scan);
    if (slice_eq(word, SLICE("true")) || slice_eq(word, SLICE("false"))) {
        bool is_true = slice_eq(word, SLICE("true"));
        return (struct value){.kind = VALUE_NUMBER, .number = is_true};
    }
    if (slice_eq(word, SLICE("absent"))) {
        return (struct value){.kind = VALUE_ABSENT};
    }
    if (word.len == 0) {
        fail(scan, "a value is wanted here");
    }
    return (struct value){.kind = VALUE_WORD, .text = word};
}

static struct value scan_variable(struct scanner *scan)
{
    struct value value = {.kind = VALUE_TEXT};
    struct slice name = scan_name(scan);
    if (!vars_get(scan->vars, name, &value.text)) {
        value = (struct value){.kind = VALUE_CAPTURE, .text = name};
    }
    return value;
}

struct value scan_value(struct scanner *scan)
{
    if (scan_char(scan, '"')) {
        struct slice text = scan_repeated(scan, scan_quoted(scan));
        return (struct value){.kind = VALUE_TEXT, .text = text};
    }
    if (scan_char(scan, '{')) {
        return scan_table(scan, '}');
    }
    if (scan_char(scan, '[')) {
        return scan_table(scan, ']');
    }
    if (scan_char(scan, '~')) {
        if (!scan_char(scan, '{')) {
            fail(scan, "a { is wanted behind ~");
        }
        return (struct value){.kind = VALUE_PART, .entries = scan_part(scan)};
    }
    if (scan_char(scan, '/')) {
        return (struct value){.kind = VALUE_REGEX, .text = scan_regex(scan)};
    }
    if (scan_char(scan, '$')) {
        return scan_variable(scan);
    }
    if (scan_char(scan, '*')) {
        return (struct value){.kind = VALUE_ANY};
    }
    return scan_bare(scan);
}

int scan_duration(struct scanner *scan)
{
    scan_space(scan);
    double number = scan_real(scan);
    struct slice unit = scan_word(scan);
    if (slice_eq(unit, SLICE("s"))) {
        number *= 1000;
    } else if (!slice_eq(unit, SLICE("ms"))) {
        fail(scan, "a duration is written 100ms or 2s");
    }
    return (int)lround(number);
}

struct slice scan_octets(struct scanner *scan)
{
    struct bytes out = {0};
    while (!scan->error && !scan_at_end(scan)) {
        uint8_t octet;
        if (scan_char(scan, '"')) {
            bytes_add(&out, scan_repeated(scan, scan_quoted(scan)));
        } else if (hex_pair(scan, &octet)) {
            bytes_add_u8(&out, octet);
        } else {
            fail(scan, "octets are written 41 4d \"QP\" 00");
        }
    }
    return keep(scan, &out);
}
