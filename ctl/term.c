#include "ctl/term.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"

json_t *term_list(void)
{
    return json_pack("[s]", "[");
}

json_t *term_tuple(void)
{
    return json_pack("[s]", "{");
}

json_t *term_map(void)
{
    return json_pack("[s]", "#{");
}

/* The text of bytes as a new word, which takes them. */
static json_t *word_of(struct bytes *text)
{
    json_t *word = json_stringn((const char *)text->ptr, text->len);
    bytes_finish(text);
    return word;
}

static bool is_plain_atom(const char *text)
{
    bool plain = islower((unsigned char)*text) != 0;
    for (; *text && plain; text++) {
        plain = isalnum((unsigned char)*text) || *text == '_' || *text == '@';
    }
    return plain;
}

static void add_octet(struct bytes *out, uint8_t octet, char quote)
{
    static const char names[] = "\b\t\n\v\f\r\033";
    static const char letters[] = "btnvfre";
    const char *named = octet ? strchr(names, octet) : NULL;
    if (named) {
        format_add(out, "\\%c", letters[named - names]);
    } else if (octet == (uint8_t)quote || octet == '\\') {
        format_add(out, "\\%c", octet);
    } else if (octet >= 0x80) { // of Latin-1
        format_add(out, "%c%c", 0xC0 | octet >> 6, 0x80 | (octet & 0x3F));
    } else {
        bytes_add_u8(out, octet);
    }
}

json_t *term_atom(const char *text)
{
    struct bytes out = {0};
    if (is_plain_atom(text)) {
        return json_string(text);
    }
    bytes_add_u8(&out, '\'');
    for (; *text; text++) {
        format_add(&out, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    bytes_add_u8(&out, '\'');
    return word_of(&out);
}

/* Whether Erlang takes all of it for letters of Latin-1. */
static bool is_printable(struct slice text)
{
    bool printable = true;
    for (size_t i = 0; i < text.len && printable; i++) {
        uint8_t c = text.ptr[i];
        printable = (c >= ' ' && c < 0x7F) || c >= 0xA0 || (c >= '\b' && c <= '\r') || c == '\033';
    }
    return printable;
}

json_t *term_binary(struct slice text)
{
    struct bytes out = {0};
    bool printable = is_printable(text);
    const char *quote = printable && text.len > 0 ? "\"" : "";
    format_add(&out, "<<%s", quote);
    for (size_t i = 0; i < text.len; i++) {
        if (printable) {
            add_octet(&out, text.ptr[i], '"');
        } else {
            format_add(&out, "%s%u", i > 0 ? "," : "", text.ptr[i]);
        }
    }
    format_add(&out, "%s>>", quote);
    return word_of(&out);
}

json_t *term_pair(const char *name, json_t *value)
{
    json_t *pair = term_tuple();
    json_array_append_new(pair, term_atom(name));
    json_array_append_new(pair, value);
    return pair;
}

/* The shortest digits that are this number, with a dot. */
static json_t *real_of(double number)
{
    char text[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) {
            break;
        }
    }
    return strpbrk(text, ".e") ? json_string(text) : json_pack("s+", text, ".0");
}

static json_t *object_of(const json_t *object, enum term_objects objects)
{
    const char *name;
    json_t *member;
    json_t *term = objects == TERM_MAPS ? term_map() : term_list();
    json_object_foreach((json_t *)object, name, member)
    {
        if (objects == TERM_MAPS) {
            json_array_append_new(term, term_binary(format_slice(name)));
            json_array_append_new(term, term_of(member, objects));
        } else {
            json_array_append_new(term, term_pair(name, term_of(member, objects)));
        }
    }
    return term;
}

json_t *term_of(const json_t *value, enum term_objects objects)
{
    size_t index;
    json_t *element;
    char number[24];
    if (json_is_object(value)) {
        return object_of(value, objects);
    }
    if (json_is_array(value)) {
        json_t *list = term_list();
        json_array_foreach(value, index, element)
        {
            json_array_append_new(list, term_of(element, objects));
        }
        return list;
    }
    if (json_is_string(value)) {
        return term_binary(
            (struct slice){(const uint8_t *)json_string_value(value), json_string_length(value)});
    }
    if (json_is_real(value)) {
        return real_of(json_real_value(value));
    }
    if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        return json_string(number);
    }
    return json_string(json_is_true(value) ? "true" : json_is_false(value) ? "false" : "undefined");
}
