#include "admin/tags.h"

static struct slice next_tag(struct slice *rest)
{
    const uint8_t *comma = memchr(rest->ptr, ',', rest->len);
    struct slice tag = {rest->ptr, comma ? (size_t)(comma - rest->ptr) : rest->len};
    size_t used = comma ? tag.len + 1 : tag.len;
    *rest = (struct slice){rest->ptr + used, rest->len - used};
    while (tag.len > 0 && tag.ptr[0] == ' ') {
        tag = (struct slice){tag.ptr + 1, tag.len - 1};
    }
    while (tag.len > 0 && tag.ptr[tag.len - 1] == ' ') {
        tag.len--;
    }
    return tag;
}

void tags_write(struct writer *w, const char *name, struct slice tags)
{
    write_array(w, name);
    while (tags.len > 0) {
        struct slice tag = next_tag(&tags);
        if (tag.len > 0) {
            write_text(w, NULL, tag);
        }
    }
    write_end(w);
}

static void add_tags(struct slice text, struct bytes *out)
{
    while (text.len > 0) {
        struct slice tag = next_tag(&text);
        if (tag.len > 0) {
            bytes_add(out, out->len > 0 ? SLICE(",") : SLICE(""));
            bytes_add(out, tag);
        }
    }
}

static struct slice text_of(const json_t *value)
{
    return (struct slice){(const uint8_t *)json_string_value(value), json_string_length(value)};
}

bool tags_read(const json_t *value, struct bytes *out)
{
    if (json_is_string(value)) {
        add_tags(text_of(value), out);
        return true;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i))) {
            return false;
        }
        add_tags(text_of(json_array_get(value, i)), out);
    }
    return json_is_array(value);
}
