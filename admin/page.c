#include "admin/page.h"

#include <stdlib.h>

#include "admin/reply.h"
#include "admin/target.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "broker/pattern.h"

/* Without use_regex a name fits if it contains the text; in either case upper and lower case are
 * the same. */
struct name_filter {
    struct pattern *pattern; // owned; NULL: plain text
    size_t len;
    uint8_t text[]; // in small letters
};

static uint8_t small(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}

static struct name_filter *filter_new(struct slice text, bool regex)
{
    struct text why;
    struct name_filter *filter = memory_new(sizeof *filter + text.len);
    if (regex) {
        struct bytes source = {0};
        bytes_add(&source, SLICE("(?i)"));
        bytes_add(&source, text);
        filter->pattern = pattern_new(bytes_slice(&source), &why);
        bytes_finish(&source);
        if (!filter->pattern) {
            free(filter);
            return NULL;
        }
        return filter;
    }
    filter->len = text.len;
    for (size_t i = 0; i < text.len; i++) {
        filter->text[i] = small(text.ptr[i]);
    }
    return filter;
}

static bool contains(struct slice name, const struct name_filter *filter)
{
    for (size_t at = 0; at + filter->len <= name.len; at++) {
        size_t same = 0;
        while (same < filter->len && small(name.ptr[at + same]) == filter->text[same]) {
            same++;
        }
        if (same == filter->len) {
            return true;
        }
    }
    return false;
}

bool page_has_name(const struct page *page, struct slice name)
{
    const struct name_filter *filter = page->filter;
    if (!filter) {
        return true;
    }
    return filter->pattern ? pattern_matches(filter->pattern, name) : contains(name, filter);
}

void page_finish(struct page *page)
{
    if (page->filter) {
        pattern_free(page->filter->pattern);
        free(page->filter);
        page->filter = NULL;
    }
}

/* A whole number of few digits; `fallback` if there is none. What is below 0 counts as 0, which is
 * too little, too. */
static bool read_number(struct slice text, uint64_t fallback, uint64_t *out)
{
    bool negative = text.len > 1 && text.ptr[0] == '-';
    *out = text.ptr ? 0 : fallback;
    for (size_t i = negative; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i > 8) {
            return false;
        }
        *out = *out * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *out = negative ? 0 : *out;
    return !text.ptr || text.len > 0;
}

/* Numbers, but not of a page that there can be. */
static bool refuse_range(struct slice number, struct slice size, struct reply *reply)
{
    struct text text;
    text_clear(&text);
    text_format(&text, "Invalid pagination parameters: page number %s, page size %s", number,
                size.ptr ? size : SLICE("undefined"));
    reply_error(reply, HTTP_BAD_REQUEST, "invalid_pagination_parameters", text_slice(&text));
    return false;
}

static bool refuse(struct reply *reply)
{
    reply_bad_request(reply, SLICE("Pagination parameters are invalid"));
    return false;
}

bool page_parse(const struct target *target, struct page *out, struct reply *reply)
{
    struct slice number = target_parameter(target, SLICE("page"));
    struct slice size = target_parameter(target, SLICE("page_size"));
    struct slice name = target_parameter(target, SLICE("name"));
    *out = (struct page){.wanted = number.ptr};
    if (!read_number(number, 1, &out->number) ||
        !read_number(size, PAGE_SIZE_DEFAULT, &out->size)) {
        return refuse(reply);
    }
    if (!out->wanted) {
        return true;
    }
    if (out->number < 1 || out->size < 1 || out->size > PAGE_SIZE_MAX) {
        return refuse_range(number, size, reply);
    }
    if (name.len > 0) {
        out->filter = filter_new(name, target_flag(target, SLICE("use_regex")));
        return out->filter || refuse(reply);
    }
    return true;
}
