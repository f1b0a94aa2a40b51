#include "admin/exposition.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "conf/format.h"

void exposition_add_label(struct exposition_labels *labels, const char *name, struct slice value)
{
    CHECK(labels->count < EXPOSITION_LABELS_MAX);
    labels->items[labels->count++] = (struct exposition_label){name, value};
}

static void add_text(struct bytes *out, const char *text)
{
    bytes_add(out, format_slice(text));
}

void exposition_head(struct bytes *out, const struct exposition_head *head)
{
    add_text(out, "# HELP ");
    add_text(out, head->prefix);
    add_text(out, head->name);
    bytes_add_u8(out, ' ');
    add_text(out, head->help);
    add_text(out, "\n# TYPE ");
    add_text(out, head->prefix);
    add_text(out, head->name);
    bytes_add_u8(out, ' ');
    add_text(out, head->type);
    bytes_add_u8(out, '\n');
}

/* The value of a label is UTF-8 in which three characters are escaped. */
static void add_escaped(struct bytes *out, struct slice text)
{
    while (text.len > 0) {
        size_t len = format_utf8_len(text);
        if (len == 0) {
            len = 1;
            bytes_add(out, SLICE("\xef\xbf\xbd")); // U+FFFD
        } else if (text.ptr[0] == '\n') {
            bytes_add(out, SLICE("\\n"));
        } else {
            if (text.ptr[0] == '"' || text.ptr[0] == '\\') {
                bytes_add_u8(out, '\\');
            }
            bytes_add(out, (struct slice){text.ptr, len});
        }
        text = (struct slice){text.ptr + len, text.len - len};
    }
}

static void add_labels(struct bytes *out, const struct exposition_labels *labels)
{
    for (uint8_t i = 0; i < labels->count; i++) {
        bytes_add_u8(out, i == 0 ? '{' : ',');
        add_text(out, labels->items[i].name);
        bytes_add(out, SLICE("=\""));
        add_escaped(out, labels->items[i].value);
        bytes_add_u8(out, '"');
    }
    if (labels->count > 0) {
        bytes_add_u8(out, '}');
    }
}

static void add_value(struct bytes *out, uint64_t value, uint8_t digits)
{
    char text[48];
    uint64_t unit = 1;
    for (uint8_t i = 0; i < digits; i++) {
        unit *= 10;
    }
    int len = snprintf(text, sizeof text, "%" PRIu64, value / unit);
    if (value % unit > 0) {
        len += snprintf(text + len, sizeof text - (size_t)len, ".%0*" PRIu64, digits, value % unit);
        while (text[len - 1] == '0') {
            len--;
        }
    }
    bytes_add(out, (struct slice){(const uint8_t *)text, (size_t)len});
}

void exposition_sample(struct bytes *out, const struct exposition_sample *sample)
{
    add_text(out, sample->prefix);
    add_text(out, sample->name);
    if (sample->suffix) {
        add_text(out, sample->suffix);
    }
    add_labels(out, sample->labels);
    bytes_add_u8(out, ' ');
    add_value(out, sample->value, sample->digits);
    bytes_add_u8(out, '\n');
}
