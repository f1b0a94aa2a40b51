#include "ctl/term.h"

#include <string.h>

/* How a term is laid out. It has a line of its own or is within one, and needs as many columns as
 * it has letters. What does not fit is opened: a list, tuple or map puts its elements below each
 * other, but words beside each other as long as they fit. A tuple that begins with an atom has the
 * rest behind it, or, if that gets too narrow anywhere, four columns further in. */

enum { WIDTH = 80, TAG_INDENT = 4 };

struct layout {
    struct bytes *out;
    size_t tag_indent; // of what follows an atom; 0: behind it
    bool narrow;       // something did not fit
};

static const char *opening(const json_t *term)
{
    return json_string_value(json_array_get(term, 0));
}

static bool is_word(const json_t *term)
{
    return json_is_string(term);
}

static bool is_map(const json_t *term)
{
    return !is_word(term) && opening(term)[0] == '#';
}

/* Letters, not octets. */
static size_t word_width(const json_t *word)
{
    size_t width = 0;
    for (const char *at = json_string_value(word); *at; at++) {
        width += (*at & 0xC0) != 0x80;
    }
    return width;
}

/* In one line. Between the elements are commas, and in maps arrows by turns. */
static size_t width_of(const json_t *term)
{
    if (is_word(term)) {
        return word_width(term);
    }
    size_t count = json_array_size(term) - 1;
    size_t width = strlen(opening(term)) + 1 + (count > 0 ? count - 1 : 0);
    for (size_t i = 1; i <= count; i++) {
        width += width_of(json_array_get(term, i));
    }
    return is_map(term) ? width + 3 * (count / 2) : width;
}

static void add_text(struct bytes *out, const char *text)
{
    bytes_add(out, (struct slice){(const uint8_t *)text, strlen(text)});
}

static const char *closing(const json_t *term)
{
    return opening(term)[0] == '[' ? "]" : "}";
}

static void write_flat(struct bytes *out, const json_t *term)
{
    if (is_word(term)) {
        add_text(out, json_string_value(term));
        return;
    }
    add_text(out, opening(term));
    for (size_t i = 1; i < json_array_size(term); i++) {
        add_text(out, i == 1 ? "" : is_map(term) && i % 2 == 0 ? " => " : ",");
        write_flat(out, json_array_get(term, i));
    }
    add_text(out, closing(term));
}

static void new_line(struct bytes *out, size_t column)
{
    add_text(out, "\n");
    for (size_t i = 1; i < column; i++) {
        add_text(out, " ");
    }
}

/* Where elements stand, and how many brackets are closed behind the last of them. */
struct place {
    size_t column; // counted from 1
    size_t closers;
};

static void lay_out(struct layout *layout, const json_t *term, struct place place);

static size_t step_of(const json_t *term)
{
    return is_map(term) ? 2 : 1;
}

/* One element, or a key with its value. */
static size_t step_width(const json_t *term, size_t index)
{
    size_t width = width_of(json_array_get(term, index));
    return is_map(term) ? width + 4 + width_of(json_array_get(term, index + 1)) : width;
}

static bool step_is_words(const json_t *term, size_t index)
{
    return is_word(json_array_get(term, index)) &&
           (!is_map(term) || is_word(json_array_get(term, index + 1)));
}

static void lay_out_step(struct layout *layout, const json_t *term, size_t index,
                         struct place place)
{
    if (!is_map(term)) {
        lay_out(layout, json_array_get(term, index), place);
        return;
    }
    if (step_width(term, index) < WIDTH - place.column - place.closers) {
        write_flat(layout->out, json_array_get(term, index));
        add_text(layout->out, " => ");
        write_flat(layout->out, json_array_get(term, index + 1));
        return;
    }
    lay_out(layout, json_array_get(term, index), place);
    add_text(layout->out, " =>");
    place.column += TAG_INDENT;
    new_line(layout->out, place.column);
    lay_out(layout, json_array_get(term, index + 1), place);
}

/* The elements from `index` on. The first is at `column` if there is one behind it yet, at
 * place.column otherwise. */
static void lay_out_rest(struct layout *layout, const json_t *term, size_t index,
                         struct place place, size_t column)
{
    size_t count = json_array_size(term);
    size_t step = step_of(term);
    for (; index < count; index += step) {
        size_t closers = index + step >= count ? place.closers + 1 : 0;
        size_t width = step_width(term, index) + 1;
        size_t room = column < WIDTH ? WIDTH - column : 0;
        bool beside =
            column > 0 && step_is_words(term, index) && width + (closers > 0 ? closers : 1) < room;
        if (beside) {
            add_text(layout->out, ",");
            column += width;
        } else {
            if (column > 0) {
                add_text(layout->out, ",");
                new_line(layout->out, place.column);
            }
            column = step_is_words(term, index) ? place.column + width - 1 : WIDTH;
        }
        lay_out_step(layout, term, index, (struct place){place.column, closers});
    }
}

static bool is_tagged(const json_t *term)
{
    const json_t *first = json_array_get(term, 1);
    if (opening(term)[0] != '{' || json_array_size(term) < 3 || !is_word(first)) {
        return false;
    }
    char letter = json_string_value(first)[0];
    return (letter >= 'a' && letter <= 'z') || letter == '\'';
}

static void lay_out_tagged(struct layout *layout, const json_t *term, struct place place)
{
    size_t width = word_width(json_array_get(term, 1));
    size_t behind = place.column + width + 2;
    write_flat(layout->out, json_array_get(term, 1));
    if (layout->tag_indent > 0 && width + 2 > layout->tag_indent) {
        place.column += layout->tag_indent;
        lay_out_rest(layout, term, 2, place, behind);
    } else {
        add_text(layout->out, ",");
        place.column = behind;
        lay_out_rest(layout, term, 2, place, 0);
    }
}

static void lay_out(struct layout *layout, const json_t *term, struct place place)
{
    size_t taken = place.column + place.closers;
    if (taken < WIDTH && width_of(term) < WIDTH - taken) {
        write_flat(layout->out, term);
        return;
    }
    if (is_word(term) || json_array_size(term) < 2) {
        layout->narrow = true;
        write_flat(layout->out, term);
        return;
    }
    add_text(layout->out, opening(term));
    if (is_tagged(term)) {
        lay_out_tagged(layout, term, place);
    } else {
        place.column += strlen(opening(term));
        lay_out_rest(layout, term, 1, place, 0);
    }
    add_text(layout->out, closing(term));
}

void term_print(const json_t *term, struct bytes *out)
{
    size_t begin = out->len;
    struct layout layout = {.out = out};
    lay_out(&layout, term, (struct place){.column = 1});
    if (layout.narrow) {
        out->len = begin;
        layout = (struct layout){.out = out, .tag_indent = TAG_INDENT};
        lay_out(&layout, term, (struct place){.column = 1});
    }
}
