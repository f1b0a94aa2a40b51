#include <string.h>

#include "tests/unit/queue/world_internal.h"

/* What follows is the snapshot: begun, advanced by a slice, finished. */
static void add_found(struct world *world, int side, const struct stored *found, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        world_note(&world->snapshot, &(struct event){EVENT_PLACE, side, found[i]});
    }
}

bool world_snapshot_slice(struct world *world, size_t count)
{
    struct stored found[500];
    for (int i = 0; i < SIDES; i++) {
        struct queue_cursor *cursor = &world->cursors[i];
        if (!cursor->done) {
            add_found(world, i, found, queue_walk(world->sides[i].queue, cursor, found, count));
            return true;
        }
    }
    return false;
}

void world_snapshot_begin(struct world *world)
{
    if (!world->snapping) {
        world_store(world); // what is not in the journal by now comes after
        world->snapping = true;
        memset(world->cursors, 0, sizeof world->cursors);
        world->snapshot.count = world->after.count = 0;
    }
}

/* What came back, and what is taken. */
static void snapshot_end(struct world *world)
{
    struct stored found[50];
    for (int i = 0; i < SIDES; i++) {
        struct side *side = &world->sides[i];
        struct queue_cursor cursor = {0};
        while (!cursor.done) {
            add_found(world, i, found, queue_walk_returned(side->queue, &cursor, found, 50));
        }
        for (uint64_t level = 0; level < LEVELS; level++) {
            for (uint64_t within = 1; within < side->end[level]; within++) {
                const struct world_place *place = &side->places[level][within];
                const struct content *content = &world->contents[place->content];
                if (place->state == TAKEN && world_journals(side, content) && content->at != 0) {
                    struct stored stored = world_stored(world, side, level, within);
                    add_found(world, i, &stored, 1);
                }
            }
        }
    }
}

static void replay(struct world *world, struct queue *const *queues, const struct events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct event *event = &events->items[i];
        struct queue *queue = queues[event->side];
        if (event->kind == EVENT_PLACE) {
            cr_assert_neq(queue_restore(queue, &event->stored), QUEUE_RESTORE_REFUSED);
            cr_assert(world_dice(world, 50) ||
                      queue_restore(queue, &event->stored) == QUEUE_RESTORE_REPLACED);
        } else {
            uint64_t bytes = 0, before = queue_ready_count(queue);
            struct run run = {event->stored.position, 1};
            uint64_t count = queue_forget(queue, &run, &bytes);
            cr_assert_eq(queue_ready_count(queue), before - count);
            cr_assert(world_dice(world, 50) || queue_forget(queue, &run, &bytes) == 0);
        }
    }
}

/* The old queue and what is taken of it are gone. */
static void stop(struct side *side)
{
    for (uint64_t level = 0; level < LEVELS; level++) {
        for (uint64_t within = 1; within < side->end[level]; within++) {
            if (side->places[level][within].state == TAKEN) {
                msg_unref(side->places[level][within].held.msg);
            }
        }
    }
    queue_free(side->queue);
}

/* The model does what a restart does: what was taken is ready, what the journal has not is gone. */
static void recover_model(struct world *world, struct side *side)
{
    side->ready = side->taken = 0;
    for (uint64_t level = 0; level < LEVELS; level++) {
        for (uint64_t within = 1; within < side->end[level]; within++) {
            struct world_place *place = &side->places[level][within];
            bool kept =
                place->state != NOWHERE && world_journals(side, &world->contents[place->content]);
            place->state = kept ? READY : NOWHERE;
            place->returned = false;
            side->ready += kept;
        }
        side->low[level] = 1;
        side->mark_then[level] = side->mark[level];
        if (side->end[level] <= side->mark[level]) {
            side->end[level] = side->mark[level] + 1;
        }
    }
}

static void swap_queues(struct world *world, struct queue *const *queues)
{
    for (int i = 0; i < SIDES; i++) {
        struct side *side = &world->sides[i];
        struct queue_level level;
        for (uint16_t from = 0; queue_next_level(side->queue, from, &level);
             from = (uint16_t)(level.level + 1)) {
            cr_assert_eq(level.position_next, side->end[level.level]);
            cr_assert_eq(level.mark, side->mark[level.level]);
            cr_assert(queue_restore_level(queues[i], &level));
        }
        stop(side);
        side->queue = queues[i];
        queue_restored(side->queue);
        recover_model(world, side);
        cr_assert_eq(queue_ready_count(side->queue), side->ready);
    }
}

void world_restart(struct world *world)
{
    world_snapshot_begin(world);
    while (world_snapshot_slice(world, 1 + world_dice(world, 500))) {
    }
    snapshot_end(world);
    world_store(world);
    struct ledger old = world->ledger;
    struct residency before = world->residency;
    world->ledger = (struct ledger){0};
    for (size_t i = 0; i < old.count; i++) {
        ledger_open(&world->ledger, old.segments[i].first);
    }
    struct queue *queues[SIDES];
    for (int i = 0; i < SIDES; i++) { // nothing of theirs is in memory
        queues[i] = queue_new(world->sides[i].type, &world->sides[i].options);
    }
    replay(world, queues, &world->snapshot);
    replay(world, queues, &world->after);
    cr_assert_eq(before.bytes, world->residency.bytes);
    struct ledger recovered = world->ledger;
    world->ledger = old; // for the old queues to be stopped
    swap_queues(world, queues);
    cr_assert_eq(world->residency.bytes, 0);
    ledger_finish(&world->ledger);
    world->ledger = recovered;
    cr_assert_eq(recovered.live, world->sides[0].ready + world->sides[1].ready);
    cr_assert_eq(recovered.elsewhere, 0);
    for (uint32_t i = 0; i < world->content_count; i++) {
        bool lost =
            world->contents[i].at != 0 && !ledger_find(&world->ledger, world->contents[i].at);
        world->contents[i].at = lost ? 0 : world->contents[i].at;
    }
    world->snapping = false;
}
