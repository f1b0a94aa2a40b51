#include "admin/sampler.h"

#include <stdlib.h>
#include <string.h>

#include "admin/node_numbers.h"
#include "admin/trail.h"
#include "base/arena.h"
#include "base/cursor.h"
#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"
#include "broker/view_walk.h"
#include "server/conn_view.h"

enum {
    SLICE_OBJECTS = 1000,             // that are looked at at a time
    WATCHED_MAX = 128,                // histories of single objects: some 25 KB each
    WATCHED_FOR_MS = 2 * 3600 * 1000, // since somebody has asked last
};

/* As the pages of RabbitMQ's interface ask for them: ten minutes, an hour, eight hours, a day. */
static const struct trail_level levels[] = {
    {5 * 1000, 122}, {60 * 1000, 62}, {600 * 1000, 50}, {1800 * 1000, 50}};

enum { LEVELS_OF_TOTALS = 4, LEVELS_OF_OBJECTS = 2, TABLES = 128 };

struct entry {
    struct map_node by_key; // sampler.by_key
    struct list_node link;  // sampler.entries, or sampler.watched
    struct sampled key;     // with zeros between its members
    struct trail *trail;    // owned
    uint64_t round;         // in which the object was there last
    uint64_t asked_ms;      // for samples; 0: never
};

/* What a round goes through next. */
enum sampler_phase {
    SAMPLER_RESTS,
    SAMPLER_EXCHANGES,
    SAMPLER_QUEUES,
    SAMPLER_CHANNELS,
    SAMPLER_PAIRS,
    SAMPLER_CONNS,
    SAMPLER_FORGETS, // those that are no more
};

struct sampler {
    struct sampler_options options;
    struct map by_key[TABLES]; // many, which grow at different times: a large one takes too long
    struct list entries;       // struct entry.link: those that nobody asks for samples of
    struct list watched;       // likewise: the others, in the order of the last question
    size_t watched_count;
    uint64_t round;
    uint64_t taken_ms;
    uint64_t due_ms; // UINT64_MAX: nothing has changed
    enum sampler_phase phase;
    struct view_walk *exchanges; // owned, while the round is not over; likewise
    struct view_walk *queues;    // owned
    struct view_walk *channels;  // owned
    struct view_walk *pairs;     // owned; NULL: they are not followed
    struct conn_walk conns;      // of them
    struct list cursors;         // struct cursor.link: through `entries`
    struct cursor cursor;        // one of them
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

/* By other bits of the hash than those that the table goes by. */
static uint32_t table_of(const struct sampled *key)
{
    return (uint32_t)(hash_bytes((struct hash_key){0}, key_of(key)) >> 40) % TABLES;
}

static struct entry *entry_find(const struct sampler *sampler, const struct sampled *which)
{
    struct sampled key = plain(which);
    struct map_node *node = map_get(&sampler->by_key[table_of(&key)], key_of(&key));
    return node ? container_of(node, struct entry, by_key) : NULL;
}

static struct entry *entry_add(struct sampler *sampler, const struct sampled *which)
{
    struct entry *entry = memory_new(sizeof *entry);
    entry->key = plain(which);
    entry->trail = trail_new(numbers_of_kind(which->kind).count);
    entry->round = sampler->round;
    map_put(&sampler->by_key[table_of(&entry->key)], &entry->by_key, key_of(&entry->key));
    list_push(&sampler->entries, &entry->link);
    return entry;
}

/* Takes it off its list. */
static void entry_unlink(struct sampler *sampler, struct entry *entry)
{
    cursors_leave(&sampler->cursors, &entry->link);
    list_unlink(&entry->link);
}

static void entry_free(struct sampler *sampler, struct entry *entry)
{
    sampler->watched_count -= entry->asked_ms > 0;
    map_remove(&sampler->by_key[table_of(&entry->key)], &entry->by_key);
    entry_unlink(sampler, entry);
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

static void take_node(struct sampler *sampler)
{
    struct numbers numbers = numbers_of_node(sampler->options.node);
    take_one(sampler, (struct sampled){.kind = NUMBERED_NODE}, &numbers);
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
    entry_unlink(sampler, entry);
    list_push(&sampler->entries, &entry->link);
}

/* An entry whose object is no more goes; and a history that nobody has asked for in a long time. */
static void forget_one(struct sampler *sampler, struct entry *entry)
{
    if (entry->round != sampler->round) {
        entry_free(sampler, entry);
    } else if (entry->asked_ms > 0 && entry->asked_ms + WATCHED_FOR_MS < sampler->taken_ms) {
        stop_watching(sampler, entry);
    }
}

static bool next_queue(struct sampler *sampler)
{
    struct queue_numbers queue;
    bool found = view_walk_queue_numbers(sampler->queues, &queue);
    if (found) {
        struct numbers numbers = numbers_of_queue(&queue);
        take_one(sampler, (struct sampled){.kind = NUMBERED_QUEUE, .id = queue.id}, &numbers);
    }
    return found;
}

static bool next_exchange(struct sampler *sampler)
{
    struct exchange_numbers exchange;
    bool found = view_walk_exchange_numbers(sampler->exchanges, &exchange);
    if (found) {
        struct numbers numbers = numbers_of_exchange(&exchange.counts);
        take_one(sampler,
                 (struct sampled){.kind = NUMBERED_EXCHANGE,
                                  .id = exchange.serial,
                                  .more = exchange.vhost_serial},
                 &numbers);
    }
    return found;
}

static bool next_channel(struct sampler *sampler)
{
    struct channel_numbers channel;
    bool found = view_walk_channel_numbers(sampler->channels, &channel);
    if (found) {
        struct numbers numbers = numbers_of_channel(&channel.counts);
        take_one(sampler, (struct sampled){.kind = NUMBERED_CHANNEL, .id = channel.serial},
                 &numbers);
    }
    return found;
}

/* How a channel's messages are routed is followed for all channels together. */
static bool next_pair(struct sampler *sampler)
{
    struct pair_view pair;
    bool found = sampler->pairs && view_walk_pair(sampler->pairs, &pair);
    if (found && pair.kind != PAIR_CHANNEL_ROUTE) {
        struct numbers numbers = numbers_of_pair(&pair);
        take_one(sampler, (struct sampled){.kind = numbered_pair(pair.kind), .id = pair.serial},
                 &numbers);
    }
    return found;
}

static bool next_conn(struct sampler *sampler)
{
    struct conn_view conn;
    bool found = conn_walk_next(&sampler->conns, &conn);
    if (found) {
        struct numbers numbers = numbers_of_connection(&conn);
        take_one(sampler, (struct sampled){.kind = NUMBERED_CONNECTION, .id = conn.id}, &numbers);
    }
    return found;
}

/* Those that are watched come first: they are few. */
static bool next_forgotten(struct sampler *sampler)
{
    const struct list_node *node = cursor_next(&sampler->cursor);
    if (node) {
        forget_one(sampler, container_of(node, struct entry, link));
    }
    return node;
}

static void begin_forgetting(struct sampler *sampler)
{
    list_each(node, &sampler->watched) {
        forget_one(sampler, container_of(node, struct entry, link));
    }
    cursor_begin(&sampler->cursor, &sampler->cursors, &sampler->entries);
}

static void end_walks(struct sampler *sampler)
{
    view_walk_free(sampler->exchanges);
    view_walk_free(sampler->queues);
    view_walk_free(sampler->channels);
    view_walk_free(sampler->pairs);
    sampler->exchanges = sampler->queues = sampler->channels = sampler->pairs = NULL;
    conn_walk_end(&sampler->conns);
}

/* One object more; false when the round is over. */
static bool step(struct sampler *sampler)
{
    bool more = false;
    switch (sampler->phase) {
    case SAMPLER_RESTS:
        return false;
    case SAMPLER_EXCHANGES:
        more = next_exchange(sampler);
        break;
    case SAMPLER_QUEUES:
        more = next_queue(sampler);
        break;
    case SAMPLER_CHANNELS:
        more = next_channel(sampler);
        break;
    case SAMPLER_PAIRS:
        more = next_pair(sampler);
        break;
    case SAMPLER_CONNS:
        more = next_conn(sampler);
        if (!more) {
            end_walks(sampler);
            begin_forgetting(sampler);
        }
        break;
    case SAMPLER_FORGETS:
        more = next_forgotten(sampler);
        break;
    }
    if (!more) {
        sampler->phase = sampler->phase == SAMPLER_FORGETS ? SAMPLER_RESTS : sampler->phase + 1;
    }
    return true;
}

static void go_on(struct sampler *sampler, size_t count)
{
    while (count > 0 && step(sampler)) {
        count--;
    }
}

/* Begins a round: takes what there is little of, and all sums. */
static void begin(struct sampler *sampler, uint64_t now_ms)
{
    struct arena arena = {0};
    struct view_scope all = {.arena = &arena};
    sampler->round++;
    sampler->taken_ms = now_ms;
    sampler->due_ms = UINT64_MAX;
    sampler->seen = *broker_counters(sampler->options.broker);
    sampler->octets = engine_view_octets(sampler->options.engine);
    take_totals(sampler);
    take_node(sampler);
    take_vhosts(sampler, &arena);
    sampler->exchanges = view_walk_new(sampler->options.broker, &all);
    sampler->queues = view_walk_new(sampler->options.broker, &all);
    sampler->channels = view_walk_new(sampler->options.broker, &all);
    sampler->pairs =
        sampler->options.detailed ? view_walk_new(sampler->options.broker, &all) : NULL;
    conn_walk_begin(&sampler->conns, sampler->options.engine);
    sampler->phase = SAMPLER_EXCHANGES;
    arena_finish(&arena);
}

struct sampler *sampler_new(const struct sampler_options *options, uint64_t now_ms)
{
    struct sampler *sampler = memory_new(sizeof *sampler);
    sampler->options = *options;
    for (int i = 0; i < TABLES; i++) {
        map_init(&sampler->by_key[i], (struct hash_key){0});
    }
    list_init(&sampler->entries);
    list_init(&sampler->watched);
    list_init(&sampler->cursors);
    begin(sampler, now_ms - 2 * options->step_ms); // so that what was there before is no change
    go_on(sampler, SIZE_MAX);
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
        end_walks(sampler);
        cursor_end(&sampler->cursor);
        free_all(sampler, &sampler->entries);
        free_all(sampler, &sampler->watched);
        for (int i = 0; i < TABLES; i++) {
            map_finish(&sampler->by_key[i]);
        }
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
    if (sampler->phase != SAMPLER_RESTS) {
        return now_ms;
    }
    if (sampler->due_ms == UINT64_MAX && has_changed(sampler)) {
        sampler->due_ms = now_ms - now_ms % step + step;
    }
    return sampler->due_ms;
}

void sampler_take(struct sampler *sampler, uint64_t now_ms)
{
    if (sampler->phase == SAMPLER_RESTS && now_ms >= sampler->due_ms) {
        begin(sampler, now_ms);
    }
    go_on(sampler, SLICE_OBJECTS);
}

uint64_t sampler_known_ms(const struct sampler *sampler, uint64_t now_ms)
{
    uint64_t step = sampler->options.step_ms;
    return sampler->phase == SAMPLER_RESTS ? now_ms
                                           : sampler->taken_ms - sampler->taken_ms % step - 1;
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
    entry_unlink(sampler, entry);
    list_push(&sampler->watched, &entry->link);
    return entry->trail;
}
