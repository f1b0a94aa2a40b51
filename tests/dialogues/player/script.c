#include "tests/dialogues/player/script.h"

#include <stdio.h>

#include "base/bytes.h"

static bool read_file(const char *path, struct bytes *out)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    size_t got;
    do {
        got = fread(bytes_reserve(out, 4096), 1, 4096, file);
        out->len += got;
    } while (got > 0);
    bool good = !ferror(file);
    fclose(file);
    return good;
}

static struct slice trim(struct slice s)
{
    while (s.len > 0 && (*s.ptr == ' ' || *s.ptr == '\t')) {
        s.ptr++, s.len--;
    }
    while (s.len > 0 && strchr(" \t\r", s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

/* Takes a line off the front of text; false at its end. */
static bool next_line(struct slice *text, struct slice *line)
{
    if (text->len == 0) {
        return false;
    }
    const uint8_t *end = memchr(text->ptr, '\n', text->len);
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    *line = trim((struct slice){text->ptr, len});
    size_t used = end ? len + 1 : len;
    *text = (struct slice){text->ptr + used, text->len - used};
    return true;
}

static size_t count_lines(struct slice text)
{
    size_t count = 0;
    for (struct slice line; next_line(&text, &line);) {
        count++;
    }
    return count;
}

static void split(struct script *script, struct arena *arena, struct slice text)
{
    struct bytes joined = {0};
    int line_number = 0;
    int start = 0;
    for (struct slice line; next_line(&text, &line);) {
        line_number++;
        if (joined.len == 0) {
            start = line_number;
            if (line.len == 0 || *line.ptr == '#') {
                continue;
            }
        }
        bool goes_on = line.len > 0 && line.ptr[line.len - 1] == '\\';
        line.len -= goes_on;
        bytes_add(&joined, line);
        if (!goes_on) {
            const char *copy = arena_string(arena, bytes_slice(&joined));
            script->statements[script->count++] = (struct statement){copy, start};
            joined.len = 0;
        }
    }
    bytes_finish(&joined);
}

bool script_load(struct script *script, struct arena *arena, const char *path)
{
    struct bytes text = {0};
    *script = (struct script){.path = path};
    bool good = read_file(path, &text);
    if (good) {
        size_t lines = count_lines(bytes_slice(&text));
        script->statements = arena_new(arena, (lines + 1) * sizeof *script->statements);
        split(script, arena, bytes_slice(&text));
    }
    bytes_finish(&text);
    return good;
}

static bool opens_block(const char *text)
{
    return strncmp(text, "repeat ", 7) == 0 || strncmp(text, "only ", 5) == 0;
}

size_t script_block_end(const struct script *script, size_t open)
{
    int depth = 1;
    size_t at = open + 1;
    for (; at < script->count; at++) {
        const char *text = script->statements[at].text;
        depth += opens_block(text);
        depth -= strcmp(text, "end") == 0;
        if (depth == 0) {
            break;
        }
    }
    return at;
}
