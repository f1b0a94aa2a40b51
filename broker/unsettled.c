#include "broker/unsettled.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

enum { CHUNK_TAGS = 64 };

struct unsettled_chunk {
    uint64_t base; // the first tag; a multiple of CHUNK_TAGS
    uint32_t live;
    struct unsettled_item items[CHUNK_TAGS];
};

static uint64_t base_of(uint64_t tag)
{
    return tag & ~(uint64_t)(CHUNK_TAGS - 1);
}

static uint32_t offset_of(uint64_t tag)
{
    return (uint32_t)(tag & (CHUNK_TAGS - 1));
}

/* Index of the first chunk whose base is not below `base`; `end` if there is none. */
static uint32_t search(const struct unsettled *u, uint64_t base)
{
    if (u->begin == u->end || u->chunks[u->begin]->base >= base) {
        return u->begin;
    }
    if (u->chunks[u->end - 1]->base <= base) {
        return u->chunks[u->end - 1]->base == base ? u->end - 1 : u->end;
    }
    uint32_t low = u->begin, high = u->end - 1;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (u->chunks[middle]->base < base) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

/* Makes sure that there is room for one more chunk pointer behind `end`. */
static void make_room(struct unsettled *u)
{
    if (u->end < u->cap) {
        return;
    }
    if (u->begin > u->cap / 2) {
        memmove(u->chunks, u->chunks + u->begin, (u->end - u->begin) * sizeof *u->chunks);
        u->end -= u->begin;
        u->begin = 0;
        return;
    }
    u->cap = u->cap ? u->cap * 2 : 4;
    u->chunks = memory_grow(u->chunks, u->cap * sizeof *u->chunks);
}

static struct unsettled_chunk *insert_chunk(struct unsettled *u, uint64_t base)
{
    struct unsettled_chunk *chunk = u->spare ? u->spare : memory_new(sizeof *chunk);
    u->spare = NULL;
    chunk->base = base;
    make_room(u);
    uint32_t at = search(u, base);
    memmove(u->chunks + at + 1, u->chunks + at, (u->end - at) * sizeof *u->chunks);
    u->chunks[at] = chunk;
    u->end++;
    return chunk;
}

struct unsettled_item *unsettled_add(struct unsettled *u, uint64_t tag)
{
    uint64_t base = base_of(tag);
    uint32_t at = search(u, base);
    struct unsettled_chunk *chunk =
        at < u->end && u->chunks[at]->base == base ? u->chunks[at] : insert_chunk(u, base);
    struct unsettled_item *item = &chunk->items[offset_of(tag)];
    ASSERT(!item->msg);
    chunk->live++;
    u->count++;
    return item;
}

struct unsettled_item *unsettled_find(const struct unsettled *u, uint64_t tag)
{
    uint64_t base = base_of(tag);
    uint32_t at = search(u, base);
    if (at == u->end || u->chunks[at]->base != base) {
        return NULL;
    }
    struct unsettled_item *item = &u->chunks[at]->items[offset_of(tag)];
    return item->msg ? item : NULL;
}

struct unsettled_item *unsettled_next(const struct unsettled *u, uint64_t from, uint64_t *tag)
{
    for (uint32_t at = search(u, base_of(from)); at < u->end; at++) {
        struct unsettled_chunk *chunk = u->chunks[at];
        uint32_t i = from > chunk->base ? offset_of(from) : 0;
        for (; i < CHUNK_TAGS; i++) {
            if (chunk->items[i].msg) {
                *tag = chunk->base + i;
                return &chunk->items[i];
            }
        }
    }
    return NULL;
}

static void remove_chunk(struct unsettled *u, uint32_t at)
{
    if (u->spare) {
        free(u->chunks[at]);
    } else {
        u->spare = u->chunks[at]; // all its items are empty
    }
    if (at == u->begin) {
        u->begin++;
    } else {
        u->end--;
        memmove(u->chunks + at, u->chunks + at + 1, (u->end - at) * sizeof *u->chunks);
    }
    if (u->begin == u->end) {
        u->begin = u->end = 0;
    }
}

struct unsettled_item unsettled_take(struct unsettled *u, uint64_t tag)
{
    uint32_t at = search(u, base_of(tag));
    CHECK(at < u->end);
    struct unsettled_chunk *chunk = u->chunks[at];
    struct unsettled_item *item = &chunk->items[offset_of(tag)];
    CHECK(item->msg);
    struct unsettled_item taken = *item;
    *item = (struct unsettled_item){0};
    u->count--;
    if (--chunk->live == 0) {
        remove_chunk(u, at);
    }
    return taken;
}

void unsettled_finish(struct unsettled *u)
{
    CHECK(u->count == 0);
    free(u->chunks);
    free(u->spare);
    *u = (struct unsettled){0};
}
