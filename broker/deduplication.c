#include "broker/deduplication.h"

#include <stdlib.h>

#include "amqp/table.h"
#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"

/* Values longer than VALUE_MAX are never duplicates; nobody remembers more than SIZE_LIMIT. */
enum { SIZE_DEFAULT = 128, SIZE_LIMIT = 1000000, VALUE_MAX = 1024 };

struct deduplication {
    struct map by_value;  // struct memory.by_value
    struct list memories; // struct memory.link, the oldest first
    struct slice header;  // owned: behind this struct
    uint64_t ttl_ms;
    uint32_t size;
};

struct memory {
    struct map_node by_value;
    struct list_node link;
    uint64_t forgotten_ms; // when it no longer counts
    uint8_t value[];       // as encoded, with its type
};

struct deduplication *deduplication_new(const struct deduplication_options *options)
{
    struct deduplication *deduplication = memory_new(sizeof *deduplication + options->header.len);
    uint8_t *copy = (uint8_t *)(deduplication + 1);
    slice_copy(copy, options->header);
    deduplication->header = (struct slice){copy, options->header.len};
    deduplication->ttl_ms = options->ttl_ms;
    deduplication->size = options->size;
    map_init(&deduplication->by_value, options->hash_key);
    list_init(&deduplication->memories);
    return deduplication;
}

static struct memory *oldest(const struct deduplication *deduplication)
{
    struct list_node *node = list_first(&deduplication->memories);
    return node ? container_of(node, struct memory, link) : NULL;
}

static void forget(struct deduplication *deduplication, struct memory *memory)
{
    map_remove(&deduplication->by_value, &memory->by_value);
    list_unlink(&memory->link);
    free(memory);
}

void deduplication_free(struct deduplication *deduplication)
{
    struct memory *memory;
    if (!deduplication) {
        return;
    }
    while ((memory = oldest(deduplication))) {
        forget(deduplication, memory);
    }
    map_finish(&deduplication->by_value);
    free(deduplication);
}

static uint64_t number(struct slice arguments, struct slice key, uint64_t otherwise)
{
    struct field_value value;
    bool given = table_get(arguments, key, &value) && field_is_integer(&value) && value.integer > 0;
    return given ? (uint64_t)value.integer : otherwise;
}

struct deduplication *deduplication_of(struct slice arguments, struct hash_key hash_key)
{
    struct field_value value;
    if (!table_get(arguments, SLICE("x-message-deduplication"), &value) || value.type != 't' ||
        !value.integer) {
        return NULL;
    }
    uint64_t size = number(arguments, SLICE("x-cache-size"), SIZE_DEFAULT);
    struct deduplication_options options = {
        .header = SLICE("x-deduplication-header"),
        .size = size < SIZE_LIMIT ? (uint32_t)size : SIZE_LIMIT,
        .ttl_ms = number(arguments, SLICE("x-cache-ttl"), UINT64_MAX),
        .hash_key = hash_key,
    };
    if (table_get(arguments, SLICE("x-deduplication-header"), &value) && value.type == 'S') {
        options.header = value.bytes;
    }
    return deduplication_new(&options);
}

static void remember(struct deduplication *deduplication, struct slice value, uint64_t now_ms)
{
    struct memory *memory = memory_new(sizeof *memory + value.len);
    slice_copy(memory->value, value);
    memory->forgotten_ms =
        deduplication->ttl_ms < UINT64_MAX - now_ms ? now_ms + deduplication->ttl_ms : UINT64_MAX;
    map_put(&deduplication->by_value, &memory->by_value, (struct slice){memory->value, value.len});
    list_push(&deduplication->memories, &memory->link);
    if (deduplication->by_value.count > deduplication->size) {
        forget(deduplication, oldest(deduplication));
    }
}

/* All are remembered for the same time, so the oldest are over first. */
static void forget_old(struct deduplication *deduplication, uint64_t now_ms)
{
    struct memory *memory;
    while ((memory = oldest(deduplication)) && memory->forgotten_ms <= now_ms) {
        forget(deduplication, memory);
    }
}

bool deduplication_seen(struct deduplication *deduplication, struct slice headers, uint64_t now_ms)
{
    struct field_value value;
    if (!table_get(headers, deduplication->header, &value) || value.raw.len > VALUE_MAX) {
        return false;
    }
    forget_old(deduplication, now_ms);
    if (map_get(&deduplication->by_value, value.raw)) {
        return true;
    }
    remember(deduplication, value.raw, now_ms);
    return false;
}
