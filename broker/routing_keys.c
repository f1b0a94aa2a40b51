#include "broker/routing_keys.h"

#include <stdlib.h>

#include "amqp/table.h"
#include "base/memory.h"

void routing_keys_init(struct routing_keys *keys, struct slice routing_key)
{
    keys->items = keys->few;
    keys->cap = ROUTING_KEYS_FEW;
    keys->items[0] = routing_key;
    keys->count = 1;
}

void routing_keys_finish(struct routing_keys *keys)
{
    if (keys->items != keys->few) {
        free(keys->items);
    }
    keys->items = keys->few;
    keys->count = 0;
}

static void add(struct routing_keys *keys, struct slice key)
{
    if (keys->count == keys->cap) {
        struct slice *old = keys->items == keys->few ? NULL : keys->items;
        keys->cap *= 2;
        keys->items = memory_grow(old, keys->cap * sizeof *keys->items);
        if (!old) {
            memcpy(keys->items, keys->few, sizeof keys->few);
        }
    }
    keys->items[keys->count++] = key;
}

uint8_t routing_keys_add_header(struct routing_keys *keys, struct slice headers, struct slice name)
{
    struct field_value value;
    if (!table_get(headers, name, &value)) {
        return 0;
    }
    if (value.type != 'A') {
        return value.type;
    }
    struct wire_reader r = wire_reader_of(value.bytes);
    struct field_value key;
    while (array_next(&r, &key)) {
        if (key.type == 'S' && key.bytes.len <= 255) {
            add(keys, key.bytes);
        }
    }
    return 0;
}
