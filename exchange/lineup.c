#include "exchange/lineup.h"

#include <stdlib.h>

#include "base/memory.h"
#include "exchange/exchange_internal.h"

void lineup_forget(struct lineup *lineup)
{
    free(lineup->items);
    *lineup = (struct lineup){0};
}

bool lineup_make(struct lineup *lineup, const struct exchange *exchange)
{
    size_t count = exchange_binding_count(exchange);
    if (lineup->items || count == 0) {
        return false;
    }
    lineup->items = memory_array(count, sizeof *lineup->items);
    list_each(node, &exchange->bindings) {
        lineup->items[lineup->count++] = container_of(node, struct binding, out_link);
    }
    CHECK(lineup->count == count);
    return true;
}

/* Merges two neighbouring sorted runs, from[0..left) and from[left..end), into `to`. */
static void merge(const struct binding **to, const struct binding **from, const size_t ends[2],
                  lineup_compare *compare)
{
    size_t a = 0;
    size_t b = ends[0];
    for (size_t i = 0; i < ends[1]; i++) {
        bool take_a = a < ends[0] && (b == ends[1] || compare(from[a], from[b]) <= 0);
        to[i] = take_a ? from[a++] : from[b++];
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Merge sort, from runs of one upwards. */
void lineup_sort(struct lineup *lineup, lineup_compare *compare)
{
    size_t count = lineup->count;
    const struct binding **from = lineup->items;
    const struct binding **to = memory_array(count, sizeof *to);
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t at = 0; at < count; at += 2 * run) {
            size_t left = count - at;
            merge(to + at, from + at, (size_t[]){smaller(run, left), smaller(2 * run, left)},
                  compare);
        }
        const struct binding **swap = from;
        from = to;
        to = swap;
    }
    free(to);
    lineup->items = from;
}

int lineup_by_destination(const struct binding *a, const struct binding *b)
{
    int kinds = a->destination->kind - b->destination->kind;
    return kinds ? kinds : slice_compare(*a->destination->name, *b->destination->name);
}

int lineup_by_identity(const struct binding *a, const struct binding *b)
{
    int order = lineup_by_destination(a, b);
    if (!order) {
        order = slice_compare(a->key, b->key);
    }
    return order ? order : slice_compare(a->arguments, b->arguments);
}
