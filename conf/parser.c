#include "conf/parser.h"

struct parser parser_of(struct slice text)
{
    return (struct parser){.rest = text, .line = 1};
}

static struct slice skip(struct slice text, size_t len)
{
    return (struct slice){text.ptr + len, text.len - len};
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static size_t blanks_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && is_blank(text.ptr[len])) {
        len++;
    }
    return len;
}

/* The length of a line's end at the front of text: 0 if there is none. */
static size_t line_end_len(struct slice text)
{
    if (text.len >= 1 && text.ptr[0] == '\n') {
        return 1;
    }
    return text.len >= 2 && text.ptr[0] == '\r' && text.ptr[1] == '\n' ? 2 : 0;
}

/* Where needle begins in text, or text.len. */
static size_t find(struct slice text, struct slice needle)
{
    for (size_t at = 0; at + needle.len <= text.len; at++) {
        if (slice_starts(skip(text, at), needle)) {
            return at;
        }
    }
    return text.len;
}

static void advance(struct parser *parser, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        parser->line += parser->rest.ptr[i] == '\n';
    }
    parser->rest = skip(parser->rest, len);
}

static void skip_blanks(struct parser *parser)
{
    advance(parser, blanks_len(parser->rest));
}

static void skip_line(struct parser *parser)
{
    size_t len = find(parser->rest, SLICE("\n"));
    advance(parser, len < parser->rest.len ? len + 1 : len);
}

static bool is_word_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* The length of the word (one part of a key) at the front of text. */
static size_t word_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len) {
        if (slice_starts(skip(text, len), SLICE("\\."))) {
            len += 2;
        } else if (is_word_char(text.ptr[len])) {
            len++;
        } else {
            break;
        }
    }
    return len;
}

static size_t key_len(struct slice text)
{
    size_t len = word_len(text);
    while (len > 0 && len < text.len && text.ptr[len] == '.') {
        size_t word = word_len(skip(text, len + 1));
        if (word == 0) {
            return 0;
        }
        len += 1 + word;
    }
    return len;
}

static struct parser_item fault(struct parser *parser, unsigned line, const char *text)
{
    skip_line(parser);
    return (struct parser_item){.kind = PARSER_FAULT, .line = line, .fault = text};
}

/* Behind a value or a name only a comment may follow. */
static bool take_line_end(struct parser *parser)
{
    skip_blanks(parser);
    if (parser->rest.len > 0 && parser->rest.ptr[0] != '#' && line_end_len(parser->rest) == 0) {
        return false;
    }
    skip_line(parser);
    return true;
}

/* Takes what is between two of `quote`; false, having taken nothing, if it is not there. */
static bool take_quoted(struct parser *parser, struct slice quote, struct slice *value)
{
    if (!slice_starts(parser->rest, quote)) {
        return false;
    }
    struct slice inner = skip(parser->rest, quote.len);
    size_t len = find(inner, quote);
    if (len == inner.len) {
        return false;
    }
    *value = (struct slice){inner.ptr, len};
    advance(parser, len + 2 * quote.len);
    return true;
}

static bool is_line_end_char(uint8_t c)
{
    return c == '\n' || c == '\r';
}

static struct slice without_line_ends(struct slice text)
{
    while (text.len > 0 && is_line_end_char(text.ptr[0])) {
        text = skip(text, 1);
    }
    while (text.len > 0 && is_line_end_char(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* Everything up to a comment or the end of the line, without the blanks in front of that. */
static struct slice take_plain(struct parser *parser)
{
    struct slice rest = parser->rest;
    size_t len = 0;
    while (len < rest.len && rest.ptr[len] != '#' && line_end_len(skip(rest, len)) == 0) {
        len++;
    }
    advance(parser, len);
    while (len > 0 && (is_blank(rest.ptr[len - 1]) || rest.ptr[len - 1] == '\r')) {
        len--;
    }
    return (struct slice){rest.ptr, len};
}

static struct slice take_value(struct parser *parser)
{
    struct slice value;
    if (take_quoted(parser, SLICE("'''"), &value)) {
        return without_line_ends(value);
    }
    if (take_quoted(parser, SLICE("'"), &value)) {
        return value;
    }
    return take_plain(parser);
}

static struct parser_item take_setting(struct parser *parser, struct slice key)
{
    unsigned line = parser->line;
    advance(parser, 1); // the equals sign
    skip_blanks(parser);
    struct slice value = take_value(parser);
    if (!take_line_end(parser)) {
        return fault(parser, line, "unexpected characters behind the quoted value");
    }
    if (value.len > PARSER_VALUE_MAX) {
        return (struct parser_item){
            .kind = PARSER_FAULT, .line = line, .fault = "the value is longer than 65536 octets"};
    }
    return (struct parser_item){.kind = PARSER_SETTING, .line = line, .key = key, .value = value};
}

static bool is_name_char(uint8_t c)
{
    return is_word_char(c) || c == '.' || c == '*' || c == '/';
}

static struct parser_item take_include(struct parser *parser)
{
    unsigned line = parser->line;
    size_t len = 0;
    while (len < parser->rest.len && is_name_char(parser->rest.ptr[len])) {
        len++;
    }
    struct slice name = {parser->rest.ptr, len};
    advance(parser, len);
    if (len == 0 || !take_line_end(parser)) {
        return fault(parser, line, "include needs the name of a file, of A-Z a-z 0-9 - _ . * /");
    }
    return (struct parser_item){.kind = PARSER_INCLUDE, .line = line, .value = name};
}

/* True if there is something other than blanks and a comment on the line. */
static bool skip_empty_lines(struct parser *parser)
{
    while (parser->rest.len > 0) {
        skip_blanks(parser);
        if (parser->rest.len > 0 && parser->rest.ptr[0] != '#' && !line_end_len(parser->rest)) {
            return true;
        }
        skip_line(parser);
    }
    return false;
}

struct parser_item parser_next(struct parser *parser)
{
    if (!skip_empty_lines(parser)) {
        return (struct parser_item){.kind = PARSER_END, .line = parser->line};
    }
    unsigned line = parser->line;
    struct slice key = {parser->rest.ptr, key_len(parser->rest)};
    advance(parser, key.len);
    size_t blanks = blanks_len(parser->rest);
    skip_blanks(parser);
    if (key.len > PARSER_KEY_MAX) {
        return fault(parser, line, "the key is longer than 512 octets");
    }
    if (key.len > 0 && parser->rest.len > 0 && parser->rest.ptr[0] == '=') {
        return take_setting(parser, key);
    }
    if (slice_eq(key, SLICE("include")) && blanks > 0) {
        return take_include(parser);
    }
    return fault(parser, line, "this is not `key = value`, a comment or an include");
}

bool parser_split_key(struct slice text, struct parser_key *key)
{
    if (text.len == 0 || text.len > PARSER_KEY_MAX || key_len(text) != text.len) {
        return false;
    }
    size_t used = 0;
    *key = (struct parser_key){.count = 0};
    while (text.len > 0) {
        if (key->count == PARSER_KEY_PARTS_MAX) {
            return false;
        }
        size_t len = word_len(text);
        size_t begin = used;
        for (size_t i = 0; i < len; i++) {
            if (text.ptr[i] != '\\') {
                key->text[used++] = text.ptr[i];
            }
        }
        key->parts[key->count++] = (struct slice){key->text + begin, used - begin};
        text = skip(text, len < text.len ? len + 1 : len);
    }
    return true;
}
