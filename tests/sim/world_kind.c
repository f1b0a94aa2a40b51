#include "tests/sim/world_internal.h"

/* The kinds of histories. Each looks closely at something that would hide the rest. */
static const struct {
    struct manners manners;
    uint32_t message_max, clients_max, steps, slow;
    uint32_t flush_chance, segment_size, resident_max; // durable worlds only
    bool in_bulk;
} kinds[] = {
    {
        // everything in large chunks
        .manners = {.careless = 2, .hostile = 5, .alone = true, .body_max = 2000},
        .clients_max = 6,
        .steps = 1600,
        .slow = 10,
        .in_bulk = true,
    },
    {
        // clients that make mistakes
        .manners = {.careless = 3, .hostile = 5, .body_max = 2000},
        .clients_max = 7,
        .steps = 2500,
        .slow = 10,
    },
    {
        // clients that make every mistake there is
        .manners = {.careless = 6, .hostile = 70, .body_max = 500},
        .clients_max = 6,
        .steps = 2500,
        .slow = 20,
    },
    {
        // large messages, and clients that do not read
        .manners = {.careless = 1, .hostile = 5, .gets = 25, .large = 60, .body_max = 160000},
        .message_max = 150000,
        .clients_max = 4,
        .steps = 1200,
        .slow = 70,
    },
    {
        // no mistakes, so that much is delivered
        .manners = {.body_max = 50},
        .clients_max = 6,
        .steps = 2500,
    },
    {
        // a disk that is slow, and fails
        .manners = {.durable = true, .persistent = true, .alone = true, .body_max = 300},
        .clients_max = 5,
        .steps = 1400,
        .in_bulk = true,
        .flush_chance = 30,
        .segment_size = 1 << 12,
        .resident_max = 1 << 16,
    },
    {
        // clients that make mistakes, and little memory
        .manners = {.careless = 2,
                    .hostile = 3,
                    .durable = true,
                    .persistent = true,
                    .alone = true,
                    .body_max = 1000},
        .clients_max = 6,
        .steps = 1700,
        .slow = 10,
        .flush_chance = 70,
        .segment_size = 1 << 13,
        .resident_max = 1 << 12,
    },
    {
        // transactions
        .manners = {.durable = true,
                    .persistent = true,
                    .alone = true,
                    .transacts = 20,
                    .large = 50,
                    .body_max = 2000},
        .clients_max = 5,
        .steps = 1400,
        .in_bulk = true,
        .flush_chance = 30,
        .segment_size = 1 << 14,
        .resident_max = 1 << 14,
    },
    {
        // large messages, in queues that grow
        .manners = {.durable = true,
                    .persistent = true,
                    .alone = true,
                    .hoards = true,
                    .gets = 10,
                    .large = 40,
                    .body_max = 20000},
        .clients_max = 4,
        .steps = 1400,
        .in_bulk = true,
        .flush_chance = 50,
        .segment_size = 1 << 15,
        .resident_max = 1 << 16,
    },
};

enum { IN_MEMORY = 5, LARGE = 8, ALL = sizeof kinds / sizeof kinds[0] };

/* All of it, or some. */
static uint32_t draw_parts(struct prng *prng)
{
    return prng_chance(prng, 50) ? SCHEME_ALL : prng_below(prng, SCHEME_ALL) + 1;
}

/* Segments that are soon full, and soon nearly empty. */
static void churn(struct world *world)
{
    trace_line(world->trace, "and much to be copied");
    world->segment_size = 1 << 11;
    world->resident_max = 1 << 12;
    world->manners.large = 60;
    world->manners.body_max = 600;
    world->manners.gets = 12;
    world->manners.publishes = 40;
    world->steps = 3000;
    world->manners.clings = world->manners.fans_out = true;
}

/* Drawn apart, so that histories without are what they were. */
static void choose_scheme(struct world *world, uint32_t kind)
{
    enum { APART = 31 };
    struct prng prng = {world->prng.state + APART};
    if (prng_chance(&prng, 50)) {
        return;
    }
    uint32_t parts = draw_parts(&prng);
    scheme_draw(&world->manners.scheme, &world->arena, &prng, parts);
    world->punctual = prng_chance(&prng, 60);
    trace_line(world->trace, "with a scheme of parts %u", parts);
    if (world->durable && kind != LARGE && prng_chance(&prng, 25)) {
        churn(world);
    }
}

/* Likewise. */
static void choose_quorum(struct world *world)
{
    enum { APART = 57 };
    struct prng prng = {world->prng.state + APART};
    if (!prng_chance(&prng, 20)) {
        return;
    }
    if (!world->manners.scheme.parts) {
        world->punctual = prng_chance(&prng, 60);
    }
    scheme_draw_quorum(&world->manners.scheme, &world->arena, &prng);
    trace_line(world->trace, "with quorum queues");
}

static void fit_to_scheme(struct world *world)
{
    if (world->manners.scheme.parts) {
        world->in_bulk = world->in_bulk && !world->durable;
        world->slow = world->in_bulk || world->durable ? 0 : world->slow;
    }
}

void world_choose_kind(struct world *world)
{
    uint32_t kind = prng_chance(&world->prng, 50) ? prng_below(&world->prng, IN_MEMORY)
                                                  : prng_between(&world->prng, IN_MEMORY, ALL - 1);
    trace_line(world->trace, "a history of kind %u", kind);
    world->manners = kinds[kind].manners;
    world->message_max = kinds[kind].message_max ? kinds[kind].message_max : MESSAGE_MAX;
    world->manners.message_max = world->message_max;
    world->clients_max = kinds[kind].clients_max;
    world->steps = kinds[kind].steps;
    world->slow = kinds[kind].slow;
    world->in_bulk = kinds[kind].in_bulk;
    world->durable = kinds[kind].flush_chance > 0;
    world->flush_chance = kinds[kind].flush_chance;
    world->segment_size = kinds[kind].segment_size;
    world->resident_max = kinds[kind].resident_max;
    choose_scheme(world, kind);
    choose_quorum(world);
    fit_to_scheme(world);
}
