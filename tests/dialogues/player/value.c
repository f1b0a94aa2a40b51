#include "tests/dialogues/player/value_internal.h"

#include <ctype.h>

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
    if (isdigit((unsigned char)scan_peek(scan)) || scan_peek(scan) == '-') {
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
        scan_fail(scan, "a value is wanted here");
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
            scan_fail(scan, "a { is wanted behind ~");
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
