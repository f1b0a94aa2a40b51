#include "tests/unit/queue/world_internal.h"

#include <string.h>

#include "base/memory.h"

uint64_t world_dice(struct world *world, uint64_t sides)
{
    return dice(&world->dice, sides);
}

uint64_t world_position(const struct side *side, uint64_t level, uint64_t within)
{
    return side->type == &queue_priority ? within << 8 | level : within;
}

static uint64_t level_of(const struct side *side, uint64_t position)
{
    return side->type == &queue_priority ? position & 255 : 0;
}

static uint64_t within_of(const struct side *side, uint64_t position)
{
    return side->type == &queue_priority ? position >> 8 : position;
}

struct world_place *world_place_at(struct side *side, uint64_t position)
{
    uint64_t level = level_of(side, position), within = within_of(side, position);
    cr_assert(level < LEVELS && within < POSITIONS);
    return &side->places[level][within];
}

bool world_journals(const struct side *side, const struct content *content)
{
    return side->options.keeps == QUEUE_KEEPS_ALL ||
           (side->options.keeps == QUEUE_KEEPS_PERSISTENT && content->persistent);
}

uint64_t world_octets(const struct content *content)
{
    return stored_octets(content->body_len, content->rest_len);
}

struct stored world_stored(const struct world *world, const struct side *side, uint64_t level,
                           uint64_t within)
{
    const struct world_place *place = &side->places[level][within];
    const struct content *content = &world->contents[place->content];
    return (struct stored){.position = world_position(side, level, within),
                           .at = content->at,
                           .expires = place->expires,
                           .body_len = content->body_len,
                           .rest_len = content->rest_len,
                           .persistent = content->persistent};
}

void world_note(struct events *events, const struct event *event)
{
    if (events->count == events->cap) {
        events->cap = events->cap ? events->cap * 2 : 64;
        events->items = memory_grow(events->items, events->cap * sizeof *events->items);
    }
    events->items[events->count++] = *event;
}

void world_happen(struct world *world, enum event_kind kind, int side, struct stored stored)
{
    if (world->snapping) {
        world_note(&world->after, &(struct event){kind, side, stored});
    }
}

/* The next record's position. */
uint64_t world_append(struct world *world, uint64_t octets)
{
    uint64_t at = world->journal_end;
    if (at / SEGMENT != (at + octets) / SEGMENT) {
        at = world->journal_end = (at / SEGMENT + 1) * SEGMENT;
        ledger_open(&world->ledger, at);
    }
    world->journal_end += octets;
    return at;
}

struct world *world_new(uint64_t seed)
{
    struct world *world = calloc(1, sizeof *world);
    world->dice = seed;
    residency_init(&world->residency, &world->ledger);
    ledger_open(&world->ledger, SEGMENT);
    world->journal_end = SEGMENT + 64;
    for (int i = 0; i < SIDES; i++) {
        struct side *side = &world->sides[i];
        side->type = world_dice(world, 2) ? &queue_priority : &queue_classic;
        side->options = (struct queue_options){.priority_max = LEVELS - 1,
                                               .keeps = i == 0 ? QUEUE_KEEPS_PERSISTENT
                                                               : (uint8_t)world_dice(world, 3),
                                               .residency = &world->residency};
        side->queue = queue_new(side->type, &side->options);
        for (int level = 0; level < LEVELS; level++) {
            side->end[level] = side->low[level] = 1;
        }
    }
    return world;
}

static struct msg *make(struct world *world, struct content *content)
{
    uint8_t properties[300] = {0};
    struct msg_parts parts = {
        .routing_key = SLICE("key"),
        .properties = {properties, world_dice(world, 20) == 0 ? world_dice(world, 300) : 3},
        .body_len = (uint32_t)(8 + (world_dice(world, 30) == 0 ? world_dice(world, 9000) : 8)),
        .persistent = content->persistent,
        .priority = content->priority,
    };
    struct msg *msg = msg_new(&parts);
    uint64_t number = (uint64_t)(content - world->contents);
    memset(msg_body_room(msg), 0, parts.body_len);
    memcpy(msg_body_room(msg), &number, sizeof number);
    content->body_len = parts.body_len;
    content->rest_len = (uint32_t)(msg_route(msg).len + parts.properties.len);
    return msg;
}

/* A consumer waits: it gets the message at once. */
static void pass(struct world *world, struct side *side, uint64_t level, struct world_place *place)
{
    uint64_t within = (uint64_t)(place - side->places[level]);
    struct msg *msg = world->contents[place->content].msg;
    place->state = TAKEN;
    place->held = (struct delivery){
        .msg = msg_ref(msg), .expires = place->expires, .position = queue_pass(side->queue, msg)};
    cr_assert_eq(place->held.position, world_position(side, level, within));
    side->mark[level] = within > side->mark[level] ? within : side->mark[level];
    side->taken++;
}

static void push_to(struct world *world, struct side *side, uint32_t number)
{
    struct content *content = &world->contents[number];
    uint64_t level = side->type == &queue_priority ? content->priority : 0;
    level = level < LEVELS ? level : LEVELS - 1;
    uint64_t within = side->end[level];
    if (within == POSITIONS) {
        return;
    }
    bool mortal = within / 3000 % 2 && world_dice(world, 3) > 0;
    uint64_t expires = mortal ? world_dice(world, 1000) : QUEUE_NEVER;
    struct world_place *place = &side->places[level][within];
    *place = (struct world_place){.state = READY, .content = number, .expires = expires};
    side->end[level]++;
    if (side->ready == 0 && world_dice(world, 2)) {
        pass(world, side, level, place);
        return;
    }
    uint64_t position = queue_push_until(side->queue, content->msg, expires);
    cr_assert_eq(position, world_position(side, level, within));
    side->ready++;
}

static void push(struct world *world)
{
    if (world->content_count == CONTENTS) {
        return;
    }
    uint32_t number = world->content_count++;
    struct content *content = &world->contents[number];
    content->persistent = number / 2000 % 3 == 0   ? true
                          : number / 2000 % 3 == 1 ? false
                                                   : world_dice(world, 2);
    content->priority = (uint8_t)world_dice(world, LEVELS + 1);
    content->msg = make(world, content);
    uint64_t to = world_dice(world, 3);
    if (to != 1) {
        push_to(world, &world->sides[0], number);
    }
    if (to != 0) {
        push_to(world, &world->sides[1], number);
    }
}

/* The end of a tick: what is to be journaled is, and in the ledger, if it is not settled again. */
void world_store(struct world *world)
{
    for (int i = 0; i < SIDES; i++) {
        struct side *side = &world->sides[i];
        for (uint64_t level = 0; level < LEVELS; level++) {
            for (uint64_t within = side->end[level] - 1; within > 0; within--) {
                struct world_place *place = &side->places[level][within];
                struct content *content = &world->contents[place->content];
                if (place->content < world->unstored_from && place->state != NOWHERE) {
                    break;
                }
                if (place->state == NOWHERE || !world_journals(side, content) ||
                    place->content < world->unstored_from) {
                    continue;
                }
                if (content->at == 0) {
                    content->at = content->msg->stored_at =
                        world_append(world, world_octets(content));
                }
                ledger_add(&world->ledger, content->at, world_octets(content));
                world_happen(world, EVENT_PLACE, i, world_stored(world, side, level, within));
            }
        }
    }
    for (uint32_t i = world->unstored_from; i < world->content_count; i++) {
        msg_unref(world->contents[i].msg);
        world->contents[i].msg = NULL;
    }
    world->unstored_from = world->content_count;
}

static void check_message(const struct world *world, const struct content *content,
                          const struct msg *msg)
{
    cr_assert_eq(msg->body_len, content->body_len);
    cr_assert_eq(msg->persistent, content->persistent);
    cr_assert_eq(msg_stored_octets(msg), world_octets(content));
    if (msg->stub) {
        cr_assert_neq(msg->stored_at, 0);
        cr_assert_eq(msg->stored_at, content->at);
    } else {
        uint64_t number;
        memcpy(&number, msg_body(msg).ptr, sizeof number);
        cr_assert_eq(number, (uint64_t)(content - world->contents));
    }
}

/* The ready place that must come next. */
static bool find_next(struct side *side, uint64_t *level, uint64_t *within)
{
    for (*level = LEVELS; (*level)-- > 0;) {
        for (*within = side->low[*level]; *within < side->end[*level]; ++*within) {
            if (side->places[*level][*within].state == READY) {
                side->low[*level] = *within;
                return true;
            }
        }
        side->low[*level] = *within;
    }
    return false;
}

static struct queue_extent survey(const struct side *side)
{
    struct queue_extent extent = {.paged = 0};
    queue_survey(side->queue, &extent);
    cr_assert_leq(extent.paged, side->ready);
    return extent;
}

/* One that was taken is no longer among those that were counted before. */
static void check_survey(const struct side *side, const struct queue_extent *before,
                         const struct delivery *taken)
{
    struct queue_extent after = survey(side);
    bool stub = taken->msg->stub;
    cr_assert_eq(before->paged - after.paged, stub);
    cr_assert_eq(before->paged_bytes - after.paged_bytes, stub ? taken->msg->body_len : 0);
    cr_assert_eq(before->made, after.made);
}

static void take(struct world *world, struct side *side)
{
    uint64_t level, within;
    struct delivery got;
    if (!find_next(side, &level, &within)) {
        cr_assert_not(queue_take(side->queue, &got));
        cr_assert_eq(queue_expires_next(side->queue), QUEUE_NEVER);
        return;
    }
    struct world_place *place = &side->places[level][within];
    cr_assert_eq(queue_expires_next(side->queue), place->expires);
    struct queue_extent before = survey(side);
    cr_assert(queue_take(side->queue, &got));
    cr_assert_eq(before.head, got.msg->stub ? NULL : got.msg);
    check_survey(side, &before, &got);
    cr_assert_eq(got.position, world_position(side, level, within));
    cr_assert_eq(got.expires, place->expires);
    cr_assert_eq(got.redelivered, place->returned || within <= side->mark_then[level]);
    cr_assert_eq(got.marks, within > side->mark[level]);
    cr_assert_eq(queue_marked(side->queue, got.position), !got.marks);
    check_message(world, &world->contents[place->content], got.msg);
    if (got.marks && world_dice(world, 2)) {
        side->mark[level] = within + world_dice(world, 50);
        cr_assert(queue_mark(side->queue, world_position(side, level, side->mark[level])));
    }
    place->held = got;
    place->state = TAKEN;
    side->ready--;
    side->taken++;
}

static void settle(struct world *world, int index, struct world_place *place)
{
    struct side *side = &world->sides[index];
    struct content *content = &world->contents[place->content];
    if (queue_counts(side->queue, place->held.msg)) {
        ledger_drop(&world->ledger, place->held.msg->stored_at, world_octets(content));
    }
    world_happen(world, EVENT_SETTLE, index, (struct stored){.position = place->held.position});
    msg_unref(place->held.msg);
    place->state = NOWHERE;
    side->taken--;
}

static void requeue(struct side *side, struct world_place *place)
{
    queue_requeue(side->queue, &place->held);
    place->state = READY;
    place->returned = true;
    side->taken--;
    side->ready++;
    uint64_t level = level_of(side, place->held.position);
    uint64_t within = within_of(side, place->held.position);
    side->low[level] = within < side->low[level] ? within : side->low[level];
}

/* Settles, requeues or keeps each of those that are taken. */
static void give_back(struct world *world, int index, uint64_t keep)
{
    struct side *side = &world->sides[index];
    uint64_t mood = world_dice(world, 4);
    for (uint64_t level = 0; level < LEVELS && side->taken > 0; level++) {
        for (uint64_t within = 1; within < side->end[level]; within++) {
            struct world_place *place = &side->places[level][within];
            if (place->state != TAKEN || (keep && world_dice(world, keep))) {
                continue;
            }
            if (keep && mood == 0 && world_dice(world, 2)) {
                requeue(side, place);
            } else {
                settle(world, index, place);
            }
        }
    }
}

static bool in_runs(const struct purged *purged, const struct side *side, uint64_t position)
{
    uint64_t level = level_of(side, position);
    for (size_t i = 0; i < purged->run_count; i++) {
        uint64_t first = purged->runs[i].first, step = side->type == &queue_priority ? 256 : 1;
        if (level_of(side, first) == level && first <= position &&
            position < first + purged->runs[i].count * step) {
            return true;
        }
    }
    return false;
}

static bool in_unstored(const struct purged *purged, uint64_t position)
{
    for (size_t i = 0; i < purged->unstored_count; i++) {
        if (purged->unstored[i].position == position) {
            return true;
        }
    }
    return false;
}

static void purge(struct world *world, int index)
{
    struct side *side = &world->sides[index];
    struct purged purged = {0};
    size_t unstored = 0;
    cr_assert_eq(queue_purge(side->queue, &purged), side->ready);
    for (uint64_t level = 0; level < LEVELS; level++) {
        for (uint64_t within = 1; within < side->end[level]; within++) {
            struct world_place *place = &side->places[level][within];
            if (place->state == NOWHERE) {
                continue;
            }
            const struct content *content = &world->contents[place->content];
            uint64_t position = world_position(side, level, within);
            bool named = in_runs(&purged, side, position);
            bool will = world_journals(side, content) && place->state == READY;
            cr_assert(!named || place->state == READY);
            cr_assert(named || !will || content->at == 0);
            cr_assert_eq(in_unstored(&purged, position), will && content->at == 0);
            unstored += will && content->at == 0;
            if (place->state == READY) {
                place->state = NOWHERE;
                world_happen(world, EVENT_SETTLE, index, (struct stored){.position = position});
            }
        }
    }
    cr_assert_eq(purged.unstored_count, unstored);
    purged_finish(&purged);
    side->ready = 0;
}

static void spill(struct world *world)
{
    struct msg *found[40];
    size_t count = residency_unstored(&world->residency, found, 1 + world_dice(world, 40));
    for (size_t i = 0; i < count; i++) {
        uint64_t number;
        memcpy(&number, msg_body(found[i]).ptr, sizeof number);
        struct content *content = &world->contents[number];
        check_message(world, content, found[i]);
        if (found[i]->stored_at == 0) {
            content->at = found[i]->stored_at = world_append(world, world_octets(content));
        }
    }
}

static void evict(struct world *world)
{
    uint64_t target = world->residency.bytes * world_dice(world, 4) / 4;
    uint64_t written = world_dice(world, 3) ? world->journal_end : world->journal_end / 2;
    residency_evict(&world->residency, target, written);
}

/* Every journaled place is in the ledger; so is what of the others is in the journal only. */
static void check_ledger(const struct world *world)
{
    uint64_t least = 0, most = 0;
    for (int i = 0; i < SIDES; i++) {
        const struct side *side = &world->sides[i];
        for (uint64_t level = 0; level < LEVELS; level++) {
            for (uint64_t within = 1; within < side->end[level]; within++) {
                const struct world_place *place = &side->places[level][within];
                const struct content *content = &world->contents[place->content];
                bool there = place->state != NOWHERE && content->at != 0;
                bool counted = there && world_journals(side, content);
                counted &= place->content < world->unstored_from;
                least += counted;
                most += there;
            }
        }
    }
    cr_assert_geq(world->ledger.live, least);
    cr_assert_leq(world->ledger.live, most);
    cr_assert_eq(world->ledger.elsewhere, 0);
}

void world_step(struct world *world)
{
    uint64_t what = world_dice(world, 100);
    int index = (int)world_dice(world, SIDES);
    struct side *side = &world->sides[index];
    uint64_t burst = world_dice(world, 10) == 0 ? world_dice(world, 2500) : world_dice(world, 40);
    if (what < 30) {
        for (; burst > 0; burst--) {
            push(world);
        }
    } else if (what < 52) {
        for (; burst > 0; burst--) {
            take(world, side);
        }
    } else if (what < 65) {
        world_store(world); // before anything is settled that is on its way
        give_back(world, index, 1 + world_dice(world, 4));
    } else if (what < 72) {
        world_store(world);
    } else if (what < 82) {
        evict(world);
    } else if (what < 86) {
        world_store(world);
        spill(world);
    } else if (what < 90) {
        world_store(world);
        world_compact(world);
    } else if (what < 98) {
        world_snapshot_begin(world);
        world_snapshot_slice(world, 1 + world_dice(world, 500));
    } else if (what == 98 && world_dice(world, 3) == 0) {
        purge(world, index);
    } else if (what == 99 && world_dice(world, 3) == 0) {
        check_ledger(world);
        world_restart(world);
    }
    cr_assert_eq(queue_ready_count(side->queue), side->ready);
}

void world_free(struct world *world)
{
    world_store(world);
    check_ledger(world);
    for (int i = 0; i < SIDES; i++) {
        purge(world, i);
        give_back(world, i, 0);
        struct queue_extent empty = survey(&world->sides[i]);
        cr_assert_eq(empty.paged + empty.paged_bytes + empty.returned, 0);
        cr_assert_null(empty.head);
    }
    cr_assert_eq(world->residency.bytes, 0);
    cr_assert_eq(world->ledger.live, 0);
    cr_assert_eq(world->ledger.octets, 0);
    for (int i = 0; i < SIDES; i++) {
        queue_free(world->sides[i].queue);
    }
    ledger_finish(&world->ledger);
    free(world->snapshot.items);
    free(world->after.items);
    free(world);
}
