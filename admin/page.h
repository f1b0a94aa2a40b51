#ifndef ADMIN_PAGE_H
#define ADMIN_PAGE_H

#include "base/slice.h"

struct reply;
struct target;

/* Which part of a list is wanted: RabbitMQ's parameters page, page_size, name and use_regex. */
enum { PAGE_SIZE_DEFAULT = 100, PAGE_SIZE_MAX = 500 };

struct name_filter;

struct page {
    bool wanted;     // false: the whole list
    uint64_t number; // counted from 1
    uint64_t size;
    struct name_filter *filter; // owned; NULL: all names
};

/* False, with the answer in *reply, if the parameters are wrong. */
bool page_parse(const struct target *target, struct page *out, struct reply *reply);
bool page_has_name(const struct page *page, struct slice name);
void page_finish(struct page *page);

#endif
