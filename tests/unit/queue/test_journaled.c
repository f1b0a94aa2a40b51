#include "tests/unit/queue/world.h"

/* Whatever happens in whatever order, queues do as the naive model does, nothing is lost in a
 * restart that begins from a snapshot taken in slices, and the ledger comes out even. */
Test(journaled, queues_agree_with_a_naive_model_through_anything, .timeout = 120)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct world *world = world_new(seed);
        for (int step = 0; step < 600; step++) {
            world_step(world);
        }
        world_restart(world);
        for (int step = 0; step < 100; step++) {
            world_step(world);
        }
        world_free(world);
    }
}
