#include "exchange/fields.h"

/* The octets that Erlang shows as they are, or escaped by a letter, in a quoted string. */
static bool printable(uint8_t octet)
{
    return (octet >= 8 && octet <= 13) || octet == 27 || (octet >= 32 && octet <= 126) ||
           octet >= 160;
}

static bool all_printable(struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (!printable(bytes.ptr[i])) {
            return false;
        }
    }
    return true;
}

static char escape_letter(uint8_t octet)
{
    switch (octet) {
    case '"':
    case '\\':
        return (char)octet;
    case 27:
        return 'e';
    default:
        return octet >= 8 && octet <= 13 ? "btnvfr"[octet - 8] : '\0';
    }
}

static void add_quoted(struct text *text, struct slice bytes)
{
    text_add(text, SLICE("<<\""));
    for (size_t i = 0; i < bytes.len; i++) {
        char letter = escape_letter(bytes.ptr[i]);
        if (letter != '\0') {
            text_add(text, SLICE("\\"));
        }
        text_add(text, (struct slice){letter ? (const uint8_t *)&letter : &bytes.ptr[i], 1});
    }
    text_add(text, SLICE("\">>"));
}

static void add_octets(struct text *text, struct slice bytes)
{
    if (bytes.len > 0 && all_printable(bytes)) {
        add_quoted(text, bytes);
        return;
    }
    text_add(text, SLICE("<<"));
    for (size_t i = 0; i < bytes.len && !text->cut; i++) {
        text_format(text, i > 0 ? ",%u" : "%u", (uint64_t)bytes.ptr[i]);
    }
    text_add(text, SLICE(">>"));
}

/* Tables are lists of {name, type, value}, arrays lists of {type, value}. */
static void add_list(struct text *text, const struct field_value *list)
{
    struct wire_reader r = wire_reader_of(list->bytes);
    struct field field;
    const char *open = "[{";
    while (!text->cut && (list->type == 'A' ? array_next(&r, &field.value)
                                            : table_next(&r, &field.name, &field.value))) {
        text_add_str(text, open);
        if (list->type == 'F') {
            add_octets(text, field.name);
            text_add(text, SLICE(","));
        }
        text_add_str(text, field_type_name(field.value.type));
        text_add(text, SLICE(","));
        field_text(text, &field.value);
        open = "},{";
    }
    text_add_str(text, list->bytes.len > 0 ? "}]" : "[]");
}

void field_text(struct text *text, const struct field_value *value)
{
    switch (value->type) {
    case 't':
        text_add_str(text, value->integer ? "true" : "false");
        break;
    case 'V':
        text_add(text, SLICE("undefined"));
        break;
    case 'S':
    case 'x':
        add_octets(text, value->bytes);
        break;
    case 'F':
    case 'A':
        add_list(text, value);
        break;
    case 'D':
        text_format(text, "{%u,%u}", (uint64_t)value->raw.ptr[1],
                    (uint64_t)wire_load_u32(value->raw.ptr + 2));
        break;
    case 'T':
        text_add_u64(text, (uint64_t)value->integer);
        break;
    case 'f':
    case 'd':
        add_octets(text, (struct slice){value->raw.ptr + 1, value->raw.len - 1});
        break;
    default:
        text_add_i64(text, value->integer);
    }
}

void field_text_wrong_type(struct text *text, struct slice name, const struct field_value *value)
{
    text_format(text, "Invalid %s field type ", name);
    text_add_str(text, field_type_name(value->type));
    text_add(text, SLICE(" (value "));
    field_text(text, value);
    text_add(text, SLICE("); expected longstr"));
}
