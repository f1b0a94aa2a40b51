#include "tests/dialogues/player/value_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

void scan_fail(struct scanner *scan, const char *why)
{
    if (!scan->error) {
        scan->error = why;
    }
    scan->pos = scan->end;
}

char scan_peek(const struct scanner *scan)
{
    return scan->pos < scan->end ? *scan->pos : '\0';
}

void scan_space(struct scanner *scan)
{
    while (scan_peek(scan) == ' ') {
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

struct slice scan_name(struct scanner *scan)
{
    bool braces = scan_char(scan, '{');
    const char *start = scan->pos;
    while (isalnum((unsigned char)scan_peek(scan)) || scan_peek(scan) == '_') {
        scan->pos++;
    }
    struct slice name = {(const uint8_t *)start, (size_t)(scan->pos - start)};
    if (braces && !scan_char(scan, '}')) {
        scan_fail(scan, "no } behind a variable's name");
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
        scan_fail(scan, "a string names a variable that is not set");
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
    char c = scan_peek(scan);
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
            scan_fail(scan, "\\x wants two hexadecimal digits");
        }
        break;
    default:
        octet = (uint8_t)c;
    }
    bytes_add_u8(out, octet);
}

struct slice scan_keep(struct scanner *scan, struct bytes *octets)
{
    struct slice copy = arena_copy(scan->arena, bytes_slice(octets));
    bytes_finish(octets);
    return copy;
}

struct slice scan_quoted(struct scanner *scan)
{
    struct bytes out = {0};
    while (!scan->error && !scan_char(scan, '"')) {
        if (scan->pos == scan->end) {
            scan_fail(scan, "a string is not closed");
        } else if (scan_char(scan, '\\')) {
            add_escape(scan, &out);
        } else if (scan_char(scan, '$')) {
            add_variable(scan, &out);
        } else {
            bytes_add_u8(&out, (uint8_t)*scan->pos++);
        }
    }
    return scan_keep(scan, &out);
}

int64_t scan_integer(struct scanner *scan)
{
    char *behind;
    int64_t number = scan_peek(scan) == '-' ? strtoll(scan->pos, &behind, 10)
                                            : (int64_t)strtoull(scan->pos, &behind, 10);
    if (behind == scan->pos) {
        scan_fail(scan, "a number is wanted here");
        return 0;
    }
    scan->pos = behind;
    return number;
}

double scan_real(struct scanner *scan)
{
    char *behind;
    double number = strtod(scan->pos, &behind);
    if (behind == scan->pos) {
        scan_fail(scan, "a number is wanted here");
        return 0;
    }
    scan->pos = behind;
    return number;
}

struct slice scan_repeated(struct scanner *scan, struct slice unit)
{
    if (!scan_char(scan, '*')) {
        return unit;
    }
    struct bytes out = {0};
    for (int64_t n = scan_integer(scan); n > 0; n--) {
        bytes_add(&out, unit);
    }
    return scan_keep(scan, &out);
}

struct slice scan_regex(struct scanner *scan)
{
    struct bytes out = {0};
    while (!scan->error && !scan_char(scan, '/')) {
        if (scan->pos == scan->end) {
            scan_fail(scan, "a regular expression is not closed");
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
    return scan_keep(scan, &out);
}

struct slice scan_key(struct scanner *scan)
{
    scan_space(scan);
    struct slice key = scan_char(scan, '"') ? scan_quoted(scan) : scan_word(scan);
    if (key.len > 255) {
        scan_fail(scan, "a field's name is longer than 255 octets");
        key.len = 0;
    }
    scan_space(scan);
    if (!scan_char(scan, ':')) {
        scan_fail(scan, "a : is wanted behind a field's name");
    }
    return key;
}

bool scan_more(struct scanner *scan, char closing, bool first)
{
    scan_space(scan);
    if (scan_char(scan, closing)) {
        return false;
    }
    if (!first && !scan_char(scan, ',')) {
        scan_fail(scan, "a , is wanted between entries");
    }
    return !scan->error;
}

int scan_duration(struct scanner *scan)
{
    scan_space(scan);
    double number = scan_real(scan);
    struct slice unit = scan_word(scan);
    if (slice_eq(unit, SLICE("s"))) {
        number *= 1000;
    } else if (!slice_eq(unit, SLICE("ms"))) {
        scan_fail(scan, "a duration is written 100ms or 2s");
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
            scan_fail(scan, "octets are written 41 4d \"QP\" 00");
        }
    }
    return scan_keep(scan, &out);
}
