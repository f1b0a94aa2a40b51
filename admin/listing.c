#include "admin/listing.h"

#include <stdlib.h>

#include "admin/page.h"
#include "admin/reply.h"
#include "admin/target.h"
#include "base/memory.h"

enum {
    SLICE_OCTETS = 48 * 1024,
    SLICE_KEYS = 1000, // sort keys that are taken at a time
    SHORT_COUNT = 20,  // so many objects are written at once
};

/* One object's place in the order. */
struct entry {
    const uint8_t *item;
    struct scalar key; // of the column that it is sorted by, if it is
};

struct listing {
    struct listing_source source;
    struct columns columns;
    struct columns sort;     // the column to sort by; none: by the item's own keys
    struct bytes parameters; // owned: what the columns' slices point into
    struct entry *entries;   // owned: those that are wanted
    size_t count;            // of them
    struct page page;
    size_t total; // before names were filtered
    size_t keyed; // entries whose key has been taken
    size_t next;  // the entry to be written next
    size_t end;   // behind the last one to be written
    bool reverse;
    bool sorted;
};

static struct slice copy_parameter(struct listing *listing, const struct target *target,
                                   struct slice name)
{
    struct slice value = target_parameter(target, name);
    size_t at = listing->parameters.len;
    bytes_add(&listing->parameters, value);
    return (struct slice){listing->parameters.ptr + at, value.len};
}

/* Room is made first: slices into `parameters` must stay where they are. */
static void read_parameters(struct listing *listing, const struct target *target)
{
    size_t room = target_parameter(target, SLICE("columns")).len +
                  target_parameter(target, SLICE("sort")).len;
    bytes_reserve(&listing->parameters, room + 1);
    columns_parse(copy_parameter(listing, target, SLICE("columns")), &listing->columns);
    columns_parse_one(copy_parameter(listing, target, SLICE("sort")), &listing->sort);
    listing->reverse = target_flag(target, SLICE("sort_reverse"));
}

static const struct slice *keys_of(const struct entry *entry)
{
    return (const struct slice *)(const void *)entry->item;
}

static void select_entries(struct listing *listing)
{
    const struct listing_source *source = &listing->source;
    listing->total = source->count;
    listing->entries = memory_array(source->count + 1, sizeof *listing->entries);
    for (size_t i = 0; i < source->count; i++) {
        struct entry entry = {.item = (const uint8_t *)source->items + i * source->size};
        if (page_has_name(&listing->page, keys_of(&entry)[source->name_key])) {
            listing->entries[listing->count++] = entry;
        }
    }
}

static int compare_keys(const void *a, const void *b, void *context)
{
    const struct listing *listing = context;
    const struct slice *left = keys_of(a), *right = keys_of(b);
    for (uint8_t i = 0; i < listing->source.keys; i++) {
        int order = slice_compare(left[i], right[i]);
        if (order) {
            return listing->reverse ? -order : order;
        }
    }
    const uint8_t *first = ((const struct entry *)a)->item,
                  *second = ((const struct entry *)b)->item;
    return (first > second) - (first < second);
}

static int compare_scalars(const struct scalar *a, const struct scalar *b)
{
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->kind == SCALAR_TEXT) {
        return slice_compare(a->text, b->text);
    }
    return (a->number > b->number) - (a->number < b->number);
}

static int compare_entries(const void *a, const void *b, void *context)
{
    const struct listing *listing = context;
    int order = compare_scalars(&((const struct entry *)a)->key, &((const struct entry *)b)->key);
    if (!order) {
        return compare_keys(a, b, context);
    }
    return listing->reverse ? -order : order;
}

static void take_keys(struct listing *listing)
{
    size_t end = listing->keyed + SLICE_KEYS;
    for (; listing->keyed < listing->count && listing->keyed < end; listing->keyed++) {
        struct entry *entry = &listing->entries[listing->keyed];
        struct writer w;
        writer_init_capture(&w, &listing->sort, &entry->key);
        listing->source.write(&w, entry->item, listing->source.context);
    }
}

/* Some work towards the order. */
static void sort_some(struct listing *listing)
{
    if (listing->sort.count > 0 && listing->keyed < listing->count) {
        take_keys(listing);
        return;
    }
    qsort_r(listing->entries, listing->count, sizeof *listing->entries,
            listing->sort.count > 0 ? compare_entries : compare_keys, listing);
    listing->sorted = true;
}

static uint64_t page_count(const struct listing *listing)
{
    return (listing->count + listing->page.size - 1) / listing->page.size;
}

static bool check_range(struct listing *listing, struct reply *reply)
{
    const struct page *page = &listing->page;
    listing->end = listing->count;
    if (!page->wanted) {
        return true;
    }
    uint64_t from = (page->number - 1) * page->size;
    if (page->number > 1 && from >= listing->count) {
        struct text text;
        text_clear(&text);
        text_format(&text, "Page out of range, page: %u page size: %u, len: %u", page->number,
                    page->size, (uint64_t)listing->count);
        reply_error(reply, HTTP_BAD_REQUEST, "page_out_of_range", text_slice(&text));
        return false;
    }
    listing->next = from;
    listing->end = from + page->size < listing->count ? from + page->size : listing->count;
    return true;
}

static void write_items(struct listing *listing, struct bytes *out, bool first)
{
    size_t limit = out->len + SLICE_OCTETS;
    for (; listing->next < listing->end && out->len < limit; listing->next++) {
        struct writer w;
        if (!first) {
            bytes_add_u8(out, ',');
        }
        first = false;
        writer_init(&w, out, &listing->columns);
        listing->source.write(&w, listing->entries[listing->next].item, listing->source.context);
    }
}

static void write_page_head(const struct listing *listing, struct bytes *out)
{
    const struct page *page = &listing->page;
    struct writer w;
    writer_init(&w, out, NULL);
    write_object(&w, NULL);
    write_u64(&w, "filtered_count", listing->count);
    write_u64(&w, "item_count", listing->end - listing->next);
    write_u64(&w, "page", page->number);
    write_u64(&w, "page_count", page_count(listing));
    write_u64(&w, "page_size", page->size);
    write_u64(&w, "total_count", listing->total);
    bytes_add(out, SLICE(",\"items\":")); // what follows is written later, by other writers
}

/* One part of the answer, or some work towards it; false when that was the last. */
static bool listing_next(void *state, struct bytes *out)
{
    struct listing *listing = state;
    if (!listing->sorted) {
        sort_some(listing);
        if (listing->sorted) {
            if (listing->page.wanted) {
                write_page_head(listing, out);
            }
            bytes_add_u8(out, '[');
            write_items(listing, out, true);
        }
    } else {
        write_items(listing, out, false);
    }
    if (!listing->sorted || listing->next < listing->end) {
        return true;
    }
    bytes_add(out, listing->page.wanted ? SLICE("]}") : SLICE("]"));
    return false;
}

static void listing_free(void *state)
{
    struct listing *listing = state;
    arena_finish(&listing->source.arena);
    page_finish(&listing->page);
    bytes_finish(&listing->parameters);
    free(listing->entries);
    free(listing);
}

static bool prepare(struct listing *listing, const struct target *target, struct reply *reply)
{
    if (listing->source.paged && !page_parse(target, &listing->page, reply)) {
        return false;
    }
    read_parameters(listing, target);
    select_entries(listing);
    return check_range(listing, reply);
}

void listing_reply(struct listing_source *source, const struct target *target, struct reply *reply)
{
    struct listing *listing = memory_new(sizeof *listing);
    listing->source = *source;
    if (!prepare(listing, target, reply)) {
        listing_free(listing);
        return;
    }
    reply->status = HTTP_OK;
    if (listing->count > SHORT_COUNT) {
        reply->parts =
            (struct reply_parts){.next = listing_next, .free = listing_free, .state = listing};
        return;
    }
    while (listing_next(listing, &reply->body)) {
    }
    listing_free(listing);
}
