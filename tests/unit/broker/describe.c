#include "tests/unit/broker/describe.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "broker/outcome.h"
#include "broker/snapshot.h"
#include "broker/topology.h"

struct lines {
    char **items;
    size_t count;
};

__attribute__((format(printf, 2, 3))) static void add(struct lines *lines, const char *format, ...)
{
    char line[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    lines->items = memory_grow(lines->items, (lines->count + 1) * sizeof *lines->items);
    size_t size = strlen(line) + 1;
    lines->items[lines->count++] = memcpy(memory_raw(size), line, size);
}

static void add_topology(struct lines *lines, struct slice block)
{
    struct wire_reader r = wire_reader_of(block);
    struct topology entry;
    while (wire_left(&r) > 0) {
        const uint8_t *begin = r.pos;
        char text[1800] = "";
        cr_assert(topology_decode(&r, &entry));
        for (const uint8_t *at = begin + 1; at < r.pos; at++) {
            size_t len = strlen(text);
            const char *form = *at > ' ' && *at < 127 ? "%c" : "\\%02x";
            snprintf(text + len, sizeof text - len, form, *at);
        }
        add(lines, "%s %s\n", topology_name(entry.kind), text);
    }
}

static void add_index(struct lines *lines, struct slice block)
{
    struct wire_reader r = wire_reader_of(block);
    uint64_t queue = wire_get_varint(&r);
    uint64_t position = 0, at = 0;
    while (wire_left(&r) > 0) {
        position = outcome_unzigzag(position, wire_get_varint(&r));
        at = outcome_unzigzag(at, wire_get_varint(&r));
        uint64_t body_len = wire_get_varint(&r);
        uint64_t rest_len = wire_get_varint(&r);
        uint8_t flags = wire_get_u8(&r);
        uint64_t expires = flags & INDEX_EXPIRES ? wire_get_u64(&r) : 0;
        cr_assert(!r.bad);
        add(lines,
            "place %" PRIu64 " #%08" PRIu64 " at %" PRIu64 " %" PRIu64 "+%" PRIu64
            " flags %u until %" PRIu64 "\n",
            queue, position, at * STORED_ALIGN, body_len, rest_len,
            (unsigned)(flags & ~INDEX_SHARED), expires);
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(struct lines *lines)
{
    struct bytes out = {0};
    qsort(lines->items, lines->count, sizeof *lines->items, compare);
    for (size_t i = 0; i < lines->count; i++) {
        bytes_add(&out, (struct slice){(const uint8_t *)lines->items[i], strlen(lines->items[i])});
        free(lines->items[i]);
    }
    free(lines->items);
    bytes_add_u8(&out, 0);
    return (char *)out.ptr;
}

char *describe(struct broker *broker)
{
    struct lines lines = {0};
    struct bytes block = {0};
    uint8_t type;
    struct snapshot *snapshot = snapshot_new(broker, UINT64_MAX);
    while (snapshot_next(snapshot, &block, &type)) {
        if (type == OUTCOME_TOPOLOGY) {
            add_topology(&lines, bytes_slice(&block));
        } else if (type == OUTCOME_INDEX) {
            add_index(&lines, bytes_slice(&block));
        }
    }
    snapshot_free(snapshot);
    bytes_finish(&block);
    return join(&lines);
}
