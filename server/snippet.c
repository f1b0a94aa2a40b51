#include "server/snippet.h"

/* The letter behind the backslash of a control character that has one; 0 for others. */
static char escape_of(uint8_t octet)
{
    switch (octet) {
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\v':
        return 'v';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    case 27:
        return 'e';
    case '"':
        return '"';
    case '\\':
        return '\\';
    default:
        return 0;
    }
}

static bool printable(struct slice octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t octet = octets.ptr[i];
        if ((octet < 32 || octet > 126) && !escape_of(octet)) {
            return false;
        }
    }
    return octets.len > 0;
}

static void add_string(struct text *text, struct slice octets)
{
    text_add(text, SLICE("<<\""));
    for (size_t i = 0; i < octets.len; i++) {
        char escape = escape_of(octets.ptr[i]);
        const uint8_t pair[] = {'\\', (uint8_t)escape};
        text_add(text, escape ? (struct slice){pair, 2} : (struct slice){&octets.ptr[i], 1});
    }
    text_add(text, SLICE("\">>"));
}

void snippet_add_numbers(struct text *text, struct slice octets)
{
    text_add(text, SLICE("<<"));
    for (size_t i = 0; i < octets.len && !text->cut; i++) {
        if (i > 0) {
            text_add(text, SLICE(","));
        }
        text_add_u64(text, octets.ptr[i]);
    }
    text_add(text, SLICE(">>"));
}

void snippet_add(struct text *text, struct slice octets)
{
    if (printable(octets)) {
        add_string(text, octets);
    } else {
        snippet_add_numbers(text, octets);
    }
}
