#include "admin/sampler.h"

#include <stdlib.h>
#include <string.h>

#include "admin/trail.h"
#include "base/arena.h"
#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"
#include "server/conn_view.h"

enum {
    WATCHED_MAX = 128,                // histories of single objects: some 25 KB each
    WATCHED_FOR_MS = 2 * 3600 * 1000, // since somebody has asked last
};

/* As the pages of RabbitMQ's interface ask for them: ten minutes, an hour, eight hours, a day. */
static const struct trail_level levels[] = {
    {5 * 1000, 122}, {60 * 1000, 62}, {600 * 1000, 50}, {1800 * 1000, 50}};

enum { LEVELS_OF_TOTALS = 4, LEVELS_OF_OBJECTS = 2 };

struct entry {
    struct map_node by_key; // sampler.by_key
    struct list_node link;  // sampler.entries, or sampler.watched
    struct sampled key;     // with zeros between its members
    struct trail *trail;    // owned
    uint64_t round;         // in which the object was there last
    uint64_t asked_ms;      // for samples; 0: never
};

struct sampler {
    struct sampler_options options;
    struct map by_key;
    struct list entries; // struct entry.link: those that nobody asks for samples of
    struct list watched; // likewise: the others, in the order of the last question
    size_t watched_count;
    uint64_t round;
    uint64_t taken_ms;
    uint64_t due_ms;             // UINT64_MAX: nothing has changed
    struct broker_counters seen; // at the last sample
    struct octets_view octets;   // likewise
};

static struct slice key_of(const struct sampled *which)
{
    return (struct slice){(const uint8_t *)which, sizeof *which};
}

static struct sampled plain(const struct sampled *which)
{
    struct sampled key;
    memset(&key, 0, sizeof key);
    key.kind = which->kind;
    key.id = which->id;
    key.more = which->more;
    return key;
}

static struct entry *entry_find(const struct sampler *sampler, const struct sampled *which)
{
    struct sampled key = plain(which);
    struct map_node *node = map_get(&sampler->by_key, key_of(&key));
    return node ? container_of(node, struct entry, by_key) : NULL;
}

static struct entry *entry_add(struct sampler *sampler, const struct sampled *which)
{
    struct entry *entry = memory_new(sizeof *entry);
    entry->key = plain(which);
    entry->trail = trail_new(numbers_of_kind(which->kind).count);
    entry->round = sampler->round;
    map_put(&sampler->by_key, &entry->by_key, key_of(&entry->key));
    list_push(&sampler->entries, &entry->link);
    return entry;
}

static void entry_free(struct sampler *sampler, struct entry *entry)
{
    sampler->watched_count -= entry->asked_ms > 0;
    map_remove(&sampler->by_key, &entry->by_key);
    list_unlink(&entry->link);
    trail_free(entry->trail);
    free(entry);
}

static void take_one(struct sampler *sampler, struct sampled which, const struct numbers *numbers)
{
    static const struct numbers none;
    struct number_span span = numbers_of_kind(which.kind);
    const uint64_t *values = numbers->at + span.first;
    struct entry *entry = entry_find(sampler, &which);
    if (!entry) {
        if (memcmp(values, none.at, span.count * sizeof *values) == 0) {
            return;
        }
        entry = entry_add(sampler, &which);
    }
    entry->round = sampler->round;
    trail_add(entry->trail, sampler->taken_ms, sampler->options.step_ms, values);
}

static void take_queues(struct sampler *sampler, struct arena *arena)
{
    size_t count;
    const struct queue_numbers *queues = view_queue_numbers(sampler->options.broker, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct numbers numbers = numbers_of_queue(&queues[i]);
        take_one(sampler, (struct sampled){.kind = NUMBERED_QUEUE, .id = queues[i].id}, &numbers);
    }
}

static void take_exchanges(struct sampler *sampler, struct arena *arena)
{
    size_t count;
    const struct exchange_numbers *all =
        view_exchange_numbers(sampler->options.broker, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct numbers numbers = numbers_of_exchange(&all[i].counts);
        take_one(sampler,
                 (struct sampled){
                     .kind = NUMBERED_EXCHANGE, .id = all[i].serial, .more = all[i].vhost_serial},
                 &numbers);
    }
}

static void take_channels(struct sampler *sampler, struct arena *arena)
{
    size_t count;
    const struct channel_numbers *all =
        view_channel_numbers(sampler->options.broker, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct numbers numbers = numbers_of_channel(&all[i].counts);
        take_one(sampler, (struct sampled){.kind = NUMBERED_CHANNEL, .id = all[i].serial},
                 &numbers);
    }
}

static void take_connections(struct sampler *sampler, struct arena *arena)
{
    size_t count;
    const struct conn_view *views = engine_view_conns(sampler->options.engine, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct numbers numbers = numbers_of_connection(&views[i]);
        take_one(sampler, (struct sampled){.kind = NUMBERED_CONNECTION, .id = views[i].id},
                 &numbers);
    }
}

static void take_vhosts(struct sampler *sampler, struct arena *arena)
{
    size_t count;
    struct vhost_view *views = view_vhosts(sampler->options.broker, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct numbers numbers = numbers_of_vhost(&views[i]);
        take_one(sampler, (struct sampled){.kind = NUMBERED_VHOST, .id = views[i].serial},
                 &numbers);
    }
}

static void take_totals(struct sampler *sampler)
{
    struct numbers numbers = numbers_of_totals(sampler->options.broker);
    take_one(sampler, (struct sampled){.kind = NUMBERED_TOTALS}, &numbers);
}

static void stop_watching(struct sampler *sampler, struct entry *entry)
{
    trail_keep_no_more(entry->trail);
    entry->asked_ms = 0;
    sampler->watched_count--;
    list_unlink(&entry->link);
    list_push(&sampler->entries, &entry->link);
}

/* Objects that are no more; and histories that nobody has asked for in a long time. */
static void forget(struct sampler *sampler, struct list *list, uint64_t now_ms)
{
    list_each(node, list) {
        struct entry *entry = container_of(node, struct entry, link);
        if (entry->round != sampler->round) {
            entry_free(sampler, entry);
        } else if (entry->asked_ms > 0 && entry->asked_ms + WATCHED_FOR_MS < now_ms) {
            stop_watching(sampler, entry);
        }
    }
}

static void take(struct sampler *sampler, uint64_t now_ms)
{
    struct arena arena = {0};
    sampler->round++;
    sampler->taken_ms = now_ms;
    sampler->due_ms = UINT64_MAX;
    sampler->seen = *broker_counters(sampler->options.broker);
    sampler->octets = engine_view_octets(sampler->options.engine);
    take_totals(sampler);
    take_vhosts(sampler, &arena);
    take_exchanges(sampler, &arena);
    take_queues(sampler, &arena);
    take_channels(sampler, &arena);
    take_connections(sampler, &arena);
    forget(sampler, &sampler->entries, now_ms);
    forget(sampler, &sampler->watched, now_ms);
    arena_finish(&arena);
}

struct sampler *sampler_new(const struct sampler_options *options, uint64_t now_ms)
{
    struct sampler *sampler = memory_new(sizeof *sampler);
    sampler->options = *options;
    map_init(&sampler->by_key, (struct hash_key){0});
    list_init(&sampler->entries);
    list_init(&sampler->watched);
    take(sampler, now_ms - 2 * options->step_ms); // so that what was there before is no change
    struct entry *totals = entry_find(sampler, &(struct sampled){.kind = NUMBERED_TOTALS});
    if (!totals) {
        totals = entry_add(sampler, &(struct sampled){.kind = NUMBERED_TOTALS});
    }
    trail_keep(totals->trail, levels, LEVELS_OF_TOTALS);
    return sampler;
}

static void free_all(struct sampler *sampler, struct list *list)
{
    struct list_node *first;
    while ((first = list_first(list))) {
        entry_free(sampler, container_of(first, struct entry, link));
    }
}

void sampler_free(struct sampler *sampler)
{
    if (sampler) {
        free_all(sampler, &sampler->entries);
        free_all(sampler, &sampler->watched);
        map_finish(&sampler->by_key);
        free(sampler);
    }
}

static bool has_changed(const struct sampler *sampler)
{
    struct octets_view octets = engine_view_octets(sampler->options.engine);
    return memcmp(broker_counters(sampler->options.broker), &sampler->seen, sizeof sampler->seen) !=
               0 ||
           memcmp(&octets, &sampler->octets, sizeof octets) != 0;
}

uint64_t sampler_due(struct sampler *sampler, uint64_t now_ms)
{
    uint64_t step = sampler->options.step_ms;
    if (sampler->due_ms == UINT64_MAX && has_changed(sampler)) {
        sampler->due_ms = now_ms - now_ms % step + step;
    }
    return sampler->due_ms;
}

void sampler_take(struct sampler *sampler, uint64_t now_ms)
{
    if (now_ms >= sampler->due_ms) {
        take(sampler, now_ms);
    }
}

uint64_t sampler_step(const struct sampler *sampler)
{
    return sampler->options.step_ms;
}

const struct trail *sampler_find(const struct sampler *sampler, const struct sampled *which)
{
    const struct entry *entry = entry_find(sampler, which);
    return entry ? entry->trail : NULL;
}

const struct trail *sampler_watch(struct sampler *sampler, const struct sampled *which,
                                  uint64_t now_ms)
{
    struct entry *entry = entry_find(sampler, which);
    if (!entry) {
        entry = entry_add(sampler, which);
    }
    if (which->kind == NUMBERED_TOTALS) {
        return entry->trail;
    }
    if (entry->asked_ms == 0) {
        if (sampler->watched_count == WATCHED_MAX) {
            struct list_node *first = list_first(&sampler->watched);
            stop_watching(sampler, container_of(first, struct entry, link));
        }
        sampler->watched_count++;
        trail_keep(entry->trail, levels, LEVELS_OF_OBJECTS);
    }
    entry->asked_ms = now_ms;
    list_unlink(&entry->link);
    list_push(&sampler->watched, &entry->link);
    return entry->trail;
}
