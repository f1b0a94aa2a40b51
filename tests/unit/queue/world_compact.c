#include "base/memory.h"
#include "tests/unit/queue/world_internal.h"

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Places that the journal has, with their records in the segment, must be among those found. */
static size_t count_journaled(const struct world *world, const struct side *side, uint64_t from)
{
    size_t count = 0;
    for (uint64_t level = 0; level < LEVELS; level++) {
        for (uint64_t within = 1; within < side->end[level]; within++) {
            const struct world_place *place = &side->places[level][within];
            const struct content *content = &world->contents[place->content];
            count += place->state == READY && world_journals(side, content) &&
                     content->at >= from && content->at < from + SEGMENT;
        }
    }
    return count;
}

static void collect(struct world *world, uint64_t from, struct places *places)
{
    for (int i = 0; i < SIDES; i++) {
        struct side *side = &world->sides[i];
        size_t before = places->count, found = 0;
        queue_collect(side->queue, from, from + SEGMENT, places);
        for (size_t n = before; n < places->count; n++) {
            struct world_place *place = world_place_at(side, places->items[n].position);
            const struct content *content = &world->contents[place->content];
            cr_assert_eq(place->state, READY);
            cr_assert_eq(content->at, places->items[n].at);
            cr_assert_eq(world_journals(side, content), places->items[n].journaled);
            found += places->items[n].journaled;
        }
        cr_assert_eq(found, count_journaled(world, side, from));
    }
}

/* Calls for each place that is taken: collects it, or moves it. */
static void visit_taken(struct world *world, uint64_t from, struct places *places,
                        const struct moves *moves)
{
    for (int i = 0; i < SIDES; i++) {
        struct side *side = &world->sides[i];
        for (uint64_t level = 0; level < LEVELS && side->taken > 0; level++) {
            for (uint64_t within = 1; within < side->end[level]; within++) {
                struct world_place *place = &side->places[level][within];
                struct msg *msg = place->held.msg;
                if (place->state != TAKEN) {
                    continue;
                }
                bool counted = queue_counts(side->queue, msg);
                if (moves) {
                    moves_apply(moves, msg, counted);
                } else if (counted && from <= msg->stored_at && msg->stored_at < from + SEGMENT) {
                    places_add(places, &(struct place){.at = msg->stored_at});
                }
            }
        }
    }
}

/* Tells the journal of the copies. */
static void note_copies(struct world *world, uint64_t first)
{
    for (int i = 0; i < SIDES; i++) {
        struct side *side = &world->sides[i];
        for (uint64_t level = 0; level < LEVELS; level++) {
            for (uint64_t within = 1; within < side->end[level]; within++) {
                struct world_place *place = &side->places[level][within];
                const struct content *content = &world->contents[place->content];
                if (place->state != NOWHERE && world_journals(side, content) &&
                    content->at >= first) {
                    world_happen(world, EVENT_PLACE, i, world_stored(world, side, level, within));
                }
            }
        }
    }
}

/* Copies what is live of one segment to the end, after which nothing is. */
void world_compact(struct world *world)
{
    struct ledger *ledger = &world->ledger;
    if (ledger->count < 3) {
        return;
    }
    uint64_t from = ledger->segments[world_dice(world, ledger->count - 1)].first;
    struct places places = {0};
    collect(world, from, &places);
    visit_taken(world, from, &places, NULL);
    cr_assert_eq(ledger_find(ledger, from)->live, places.count);
    struct move *items = memory_array(places.count, sizeof *items);
    struct moves moves = {.items = items, .ledger = ledger};
    if (places.count > 0) {
        qsort(places.items, places.count, sizeof *places.items, compare_places);
    }
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < places.count; i++) {
        if (moves.count > 0 && items[moves.count - 1].from == places.items[i].at) {
            continue;
        }
        uint64_t to = world_append(world, 200);
        first = first == UINT64_MAX ? to : first;
        items[moves.count++] = (struct move){places.items[i].at, to};
    }
    for (int i = 0; i < SIDES; i++) {
        queue_relocate(world->sides[i].queue, &moves);
    }
    visit_taken(world, from, NULL, &moves);
    for (uint32_t i = 0; i < world->content_count; i++) {
        const struct move *move = moves_find(&moves, world->contents[i].at);
        world->contents[i].at = move ? move->to : world->contents[i].at;
    }
    note_copies(world, first);
    cr_assert_eq(ledger_find(ledger, from)->live, 0);
    if (world_dice(world, 2)) {
        ledger_close(ledger, from);
    }
    places_finish(&places);
    free(items);
}
