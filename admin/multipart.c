#include "admin/multipart.h"

enum { BOUNDARY_MAX = 70 };

bool multipart_is(struct slice content_type)
{
    return slice_starts(content_type, SLICE("multipart/form-data"));
}

/* Where `wanted` begins in `text`; text.len if nowhere. */
static size_t find(struct slice text, struct slice wanted)
{
    for (size_t at = 0; at + wanted.len <= text.len; at++) {
        if (memcmp(text.ptr + at, wanted.ptr, wanted.len) == 0) {
            return at;
        }
    }
    return text.len;
}

static struct slice from(struct slice text, size_t at)
{
    return (struct slice){text.ptr + at, text.len - at};
}

/* The value behind `key`, with or without quotes; empty if there is none. */
static struct slice parameter(struct slice text, struct slice key)
{
    size_t at = find(text, key);
    if (at == text.len) {
        return SLICE("");
    }
    struct slice value = from(text, at + key.len);
    bool quoted = value.len > 0 && value.ptr[0] == '"';
    value = from(value, quoted);
    size_t len = 0;
    while (len < value.len && value.ptr[len] != (quoted ? '"' : ';') && value.ptr[len] != '\r') {
        len++;
    }
    return (struct slice){value.ptr, len};
}

/* "\r\n--" and the boundary, in *room. */
static struct slice delimiter_of(struct slice content_type, uint8_t room[BOUNDARY_MAX + 4])
{
    struct slice boundary = parameter(content_type, SLICE("boundary="));
    if (boundary.len == 0 || boundary.len > BOUNDARY_MAX) {
        return SLICE("");
    }
    slice_copy(room, SLICE("\r\n--"));
    slice_copy(room + 4, boundary);
    return (struct slice){room, boundary.len + 4};
}

/* A part's headers and content, up to the next delimiter. */
static bool read_part(struct slice part, struct slice name, struct slice *content)
{
    size_t end = find(part, SLICE("\r\n\r\n"));
    if (end == part.len) {
        return false;
    }
    struct slice headers = {part.ptr, end};
    *content = from(part, end + 4);
    return slice_eq(parameter(headers, SLICE(" name=")), name);
}

bool multipart_find(struct slice content_type, struct slice body, struct slice name,
                    struct slice *out)
{
    uint8_t room[BOUNDARY_MAX + 4];
    struct slice delimiter = delimiter_of(content_type, room);
    if (delimiter.len == 0 || !slice_starts(body, from(delimiter, 2))) {
        return false;
    }
    struct slice rest = from(body, delimiter.len - 2);
    while (rest.len > 0) {
        size_t end = find(rest, delimiter);
        if (end == rest.len) {
            return false;
        }
        if (read_part((struct slice){rest.ptr, end}, name, out)) {
            return true;
        }
        rest = from(rest, end + delimiter.len);
    }
    return false;
}
