#include "tests/dialogues/player/match.h"

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>

#include "amqp/table.h"

static bool match_regex(struct slice pattern, struct slice octets)
{
    struct arena arena = {0};
    regex_t regex;
    bool found = false;
    if (regcomp(&regex, arena_string(&arena, pattern), REG_EXTENDED | REG_NOSUB) == 0) {
        found = regexec(&regex, arena_string(&arena, octets), 0, NULL, 0) == 0;
        regfree(&regex);
    }
    arena_finish(&arena);
    return found;
}

static bool match_field(const struct value *value, const struct field_value *field)
{
    switch (field->type) {
    case 'S':
    case 'x':
    case 'A':
    case 'F':
        return match_octets(value, field->bytes);
    case 'V':
    case 'f':
    case 'd':
    case 'D':
        return value->kind == VALUE_ANY;
    default:
        return match_number(value, (uint64_t)field->integer);
    }
}

static bool match_part(const struct value_entry *entry, struct slice table)
{
    for (; entry; entry = entry->next) {
        struct field_value field;
        bool found = table_get(table, entry->key, &field);
        if (found ? !match_field(&entry->value, &field) : entry->value.kind != VALUE_ABSENT) {
            return false;
        }
    }
    return true;
}

/* True if the octets are the same but for the gaps. */
static bool match_table(const struct value *value, struct slice octets)
{
    if (value->text.len != octets.len) {
        return false;
    }
    struct bytes filled = {0};
    bytes_add(&filled, value->text);
    for (const struct gap *gap = value->gaps; gap; gap = gap->next) {
        memcpy(filled.ptr + gap->offset, octets.ptr + gap->offset, gap->len);
    }
    bool same = slice_eq(bytes_slice(&filled), octets);
    bytes_finish(&filled);
    return same;
}

bool match_octets(const struct value *value, struct slice octets)
{
    switch (value->kind) {
    case VALUE_ANY:
    case VALUE_CAPTURE:
        return true;
    case VALUE_TEXT:
        return slice_eq(value->text, octets);
    case VALUE_TABLE:
        return match_table(value, octets);
    case VALUE_REGEX:
        return match_regex(value->text, octets);
    case VALUE_PART:
        return match_part(value->entries, octets);
    case VALUE_ABSENT:
    case VALUE_NUMBER:
    case VALUE_WORD:
        break;
    }
    return false;
}

bool match_number(const struct value *value, uint64_t number)
{
    char text[24];
    if (value->kind == VALUE_NUMBER) {
        return (uint64_t)value->number == number;
    }
    int len = snprintf(text, sizeof text, "%" PRIu64, number);
    return value->kind != VALUE_TABLE && value->kind != VALUE_PART &&
           match_octets(value, (struct slice){(const uint8_t *)text, (size_t)len});
}
