#include "broker/duplicates.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "base/check.h"
#include "base/memory.h"
#include "broker/broker_internal.h"

struct exchange_memory {
    struct map_node by_exchange; // vhost.duplicates
    struct deduplication *seen;  // owned
    struct slice name;           // of the exchange; owned: behind this struct
};

static struct exchange_memory *find(const struct vhost *vhost, struct slice name)
{
    struct map_node *node = map_get(&vhost->duplicates, name);
    return node ? container_of(node, struct exchange_memory, by_exchange) : NULL;
}

void duplicates_add_exchange(struct vhost *vhost, const struct exchange *exchange)
{
    struct deduplication *seen =
        deduplication_of(exchange_arguments(exchange), vhost->broker->options.secret);
    if (!seen) {
        return;
    }
    struct slice name = exchange_name(exchange);
    struct exchange_memory *memory = memory_new(sizeof *memory + name.len);
    uint8_t *copy = (uint8_t *)(memory + 1);
    slice_copy(copy, name);
    memory->name = (struct slice){copy, name.len};
    memory->seen = seen;
    map_put(&vhost->duplicates, &memory->by_exchange, memory->name);
}

static void memory_free(struct vhost *vhost, struct exchange_memory *memory)
{
    map_remove(&vhost->duplicates, &memory->by_exchange);
    deduplication_free(memory->seen);
    free(memory);
}

void duplicates_remove_exchange(struct vhost *vhost, struct slice name)
{
    struct exchange_memory *memory = find(vhost, name);
    if (memory) {
        memory_free(vhost, memory);
    }
}

void duplicates_free(struct vhost *vhost)
{
    struct exchange *exchange = exchanges_first(vhost->exchanges);
    for (; exchange; exchange = exchanges_next(vhost->exchanges, exchange)) {
        duplicates_remove_exchange(vhost, exchange_name(exchange));
    }
    map_finish(&vhost->duplicates);
}

bool duplicates_queued(struct deduplication *seen, const struct msg *msg, uint64_t now_ms)
{
    struct amqp_properties properties;
    if (!seen) {
        return false;
    }
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    return properties.flags & PROPERTY_headers &&
           deduplication_seen(seen, properties.headers, now_ms);
}

bool duplicates_published(struct vhost *vhost, const struct msg *msg)
{
    if (vhost->duplicates.count == 0) {
        return false;
    }
    struct exchange_memory *memory = find(vhost, msg_exchange(msg));
    if (!memory || !duplicates_queued(memory->seen, msg, vhost->broker->now_ms)) {
        return false;
    }
    vhost->broker->counters.duplicates++;
    return true;
}
