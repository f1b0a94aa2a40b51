#include "admin/listing.h"

#include <stdlib.h>

#include "admin/copies.h"
#include "admin/page.h"
#include "admin/reply.h"
#include "admin/target.h"
#include "base/memory.h"

enum { // of what is done at a time
    SLICE_OCTETS = 48 * 1024,
    RELEASE_OCTETS = 1 << 20, // given back in one part
    SLICE_KEYS = 1000,        // sort keys that are taken
    SLICE_COPIES = 800,       // objects that are copied
    SLICE_ITEMS = 2000,       // whose names are looked at
    SLICE_SORT = 4096,        // entries that are put in order
    RUN = 1024,               // entries that are sorted by themselves, before they are merged
    FIRST_ITEMS = 200,        // objects that are copied before there is an answer in parts
    SHORT_COUNT = 20,         // so many objects are written at once
};

/* One object's place in the order. */
struct entry {
    const uint8_t *item;
    struct scalar key; // of the column that it is sorted by, if it is
};

/* Two neighbouring runs of entries on their way into one, and with it the pass over all. */
struct merge {
    size_t width; // of the runs of this pass; 0: the runs have to be sorted first
    size_t from;  // where the two begin, or the run that is to be sorted next
    size_t left;  // of the first one: what comes next
    size_t right; // of the second
};

enum listing_phase {
    LISTING_GATHERS,
    LISTING_SELECTS,
    LISTING_KEYS,
    LISTING_SORTS,
    LISTING_WRITES,
    LISTING_ENDS
};

struct listing {
    struct listing_source source;
    struct reply *reply;  // borrowed: whose parts this makes
    struct copies copies; // owned: what a walk met
    struct columns columns;
    struct columns sort;     // the column to sort by; none: by the item's own keys
    struct bytes parameters; // owned: what the columns' slices point into
    struct entry *entries;   // owned: those that are wanted
    struct entry *spare;     // owned: where they are merged to; NULL if they are few
    size_t count;            // of them
    struct page page;
    struct merge merge;
    size_t looked_at; // items that were, for their names
    size_t keyed;     // entries whose key has been taken
    size_t next;      // the entry to be written next
    size_t end;       // behind the last one to be written
    enum listing_phase phase;
    bool reverse;
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

/* Copies more of what the walk meets; false at its end. */
static bool gather_some(struct listing *listing, size_t limit)
{
    struct listing_source *source = &listing->source;
    enum listing_step step = LISTING_PASSED;
    for (; limit > 0 && step != LISTING_END; limit--) {
        void *item = copies_add(&listing->copies, &source->arena);
        step = source->walk.next(source->walk.state, &source->arena, item);
        if (step != LISTING_ITEM) {
            copies_drop(&listing->copies);
        }
    }
    source->count = listing->copies.count;
    return step != LISTING_END;
}

static const uint8_t *item_at(const struct listing *listing, size_t index)
{
    const struct listing_source *source = &listing->source;
    return source->items ? (const uint8_t *)source->items + index * source->size
                         : copies_at(&listing->copies, index);
}

/* Looks for those whose names are wanted; false when all are looked at. */
static bool select_some(struct listing *listing)
{
    const struct listing_source *source = &listing->source;
    size_t end = listing->looked_at + SLICE_ITEMS;
    if (!listing->entries) {
        listing->entries = memory_array(source->count + 1, sizeof *listing->entries);
    }
    for (; listing->looked_at < source->count && listing->looked_at < end; listing->looked_at++) {
        struct entry entry = {.item = item_at(listing, listing->looked_at)};
        if (page_has_name(&listing->page, keys_of(&entry)[source->name_key])) {
            listing->entries[listing->count++] = entry;
        }
    }
    return listing->looked_at < source->count;
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

/* False when all are taken. */
static bool take_keys(struct listing *listing)
{
    size_t end = listing->keyed + SLICE_KEYS;
    for (; listing->keyed < listing->count && listing->keyed < end; listing->keyed++) {
        struct entry *entry = &listing->entries[listing->keyed];
        struct writer w;
        writer_init_capture(&w, &listing->sort, &entry->key);
        listing->source.write(&w, entry->item, listing->source.context);
    }
    return listing->keyed < listing->count;
}

static int compare(const void *a, const void *b, void *context)
{
    const struct listing *listing = context;
    return listing->sort.count > 0 ? compare_entries(a, b, context) : compare_keys(a, b, context);
}

static size_t at_most(size_t value, size_t limit)
{
    return value < limit ? value : limit;
}

static void begin_pass(struct listing *listing, size_t width)
{
    listing->merge = (struct merge){.width = width, .right = at_most(width, listing->count)};
}

static void sort_runs(struct listing *listing)
{
    struct merge *merge = &listing->merge;
    size_t end = at_most(merge->from + SLICE_SORT, listing->count);
    for (; merge->from < end; merge->from += RUN) {
        qsort_r(listing->entries + merge->from, at_most(RUN, listing->count - merge->from),
                sizeof *listing->entries, compare, listing);
    }
    if (merge->from >= listing->count) {
        begin_pass(listing, RUN);
    }
}

/* The pair of runs is merged: on to the next one, or to the next pass. */
static void next_pair(struct listing *listing)
{
    struct merge *merge = &listing->merge;
    merge->from += 2 * merge->width;
    merge->left = merge->from;
    merge->right = at_most(merge->from + merge->width, listing->count);
    if (merge->from >= listing->count) {
        struct entry *merged = listing->spare;
        listing->spare = listing->entries;
        listing->entries = merged;
        begin_pass(listing, 2 * merge->width);
    }
}

static void merge_some(struct listing *listing)
{
    struct merge *merge = &listing->merge;
    for (size_t done = 0; done < SLICE_SORT && merge->width < listing->count; done++) {
        size_t middle = at_most(merge->from + merge->width, listing->count);
        size_t end = at_most(middle + merge->width, listing->count);
        size_t at = merge->left + merge->right - middle;
        bool left = merge->left < middle &&
                    (merge->right == end || compare(&listing->entries[merge->left],
                                                    &listing->entries[merge->right], listing) <= 0);
        listing->spare[at] = listing->entries[left ? merge->left++ : merge->right++];
        if (merge->left == middle && merge->right == end) {
            next_pair(listing);
        }
    }
}

/* Some work towards the order; false when it is there. */
static bool sort_some(struct listing *listing)
{
    if (listing->count > RUN && !listing->spare) {
        listing->spare = memory_array(listing->count, sizeof *listing->spare);
    }
    if (listing->merge.width == 0) {
        sort_runs(listing);
    } else {
        merge_some(listing);
    }
    return listing->merge.width < listing->count;
}

static uint64_t page_count(const struct listing *listing)
{
    return (listing->count + listing->page.size - 1) / listing->page.size;
}

static bool check_range(struct listing *listing)
{
    const struct page *page = &listing->page;
    listing->end = listing->count;
    if (!page->wanted) {
        return true;
    }
    uint64_t from = (page->number - 1) * page->size;
    if (page->number > 1 && from > listing->count) { // right behind the last one is an empty page
        struct text text;
        text_clear(&text);
        text_format(&text, "Page out of range, page: %u page size: %u, len: %u", page->number,
                    page->size, (uint64_t)listing->count);
        reply_error(listing->reply, HTTP_BAD_REQUEST, "page_out_of_range", text_slice(&text));
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
    write_u64(&w, "total_count", listing->source.count);
    bytes_add(out, SLICE(",\"items\":")); // what follows is written later, by other writers
}

/* One part of what is written; false when that was the last. */
static bool write_some(struct listing *listing, struct bytes *out, bool first)
{
    if (first) {
        if (listing->page.wanted) {
            write_page_head(listing, out);
        }
        bytes_add_u8(out, '[');
    }
    write_items(listing, out, first);
    if (listing->next < listing->end) {
        return true;
    }
    bytes_add(out, listing->page.wanted ? SLICE("]}") : SLICE("]"));
    return false;
}

/* Takes back some of the memory, of which there may be so much that messages would have to wait for
 * it. What has been written is not looked at again. */
static bool release_some(struct listing *listing)
{
    return arena_release(&listing->source.arena, RELEASE_OCTETS);
}

/* One part of the answer, or some work towards it; false when that was the last. What is out of
 * range is an answer too, in place of the list: nothing has been written then. */
static bool listing_next(void *state, struct bytes *out)
{
    struct listing *listing = state;
    bool more = false;
    switch (listing->phase) {
    case LISTING_GATHERS:
        more = gather_some(listing, SLICE_COPIES);
        break;
    case LISTING_SELECTS:
        more = select_some(listing);
        if (!more && !check_range(listing)) {
            return false;
        }
        break;
    case LISTING_KEYS:
        more = listing->sort.count > 0 && take_keys(listing);
        break;
    case LISTING_SORTS:
        more = sort_some(listing);
        if (more) {
            break;
        }
        listing->phase = write_some(listing, out, true) ? LISTING_WRITES : LISTING_ENDS;
        return true;
    case LISTING_WRITES:
        more = write_some(listing, out, false);
        break;
    case LISTING_ENDS:
        return release_some(listing);
    }
    listing->phase += more ? 0 : 1;
    return true;
}

static void listing_free(void *state)
{
    struct listing *listing = state;
    if (listing->source.walk.free) {
        listing->source.walk.free(listing->source.walk.state);
    }
    arena_finish(&listing->source.arena);
    page_finish(&listing->page);
    bytes_finish(&listing->parameters);
    copies_finish(&listing->copies);
    free(listing->entries);
    free(listing->spare);
    free(listing);
}

/* Whether there is so little that it is answered at once. */
static bool is_short(struct listing *listing)
{
    if (listing->source.walk.next && gather_some(listing, FIRST_ITEMS)) {
        return false;
    }
    listing->phase = LISTING_SELECTS;
    return listing->source.count <= SHORT_COUNT;
}

void listing_reply(struct listing_source *source, const struct target *target, struct reply *reply)
{
    struct listing *listing = memory_new(sizeof *listing);
    listing->source = *source;
    listing->copies.size = source->size;
    listing->reply = reply;
    if (source->paged && !page_parse(target, &listing->page, reply)) {
        listing_free(listing);
        return;
    }
    reply->status = HTTP_OK;
    read_parameters(listing, target);
    if (!is_short(listing)) {
        reply->parts =
            (struct reply_parts){.next = listing_next, .free = listing_free, .state = listing};
        return;
    }
    while (listing_next(listing, &reply->body)) {
    }
    listing_free(listing);
}
