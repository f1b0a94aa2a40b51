#ifndef TESTS_UNIT_PERSIST_WORLD_H
#define TESTS_UNIT_PERSIST_WORLD_H

#include "tests/unit/persist/owner.h"

/* A fake disk with a data directory, and an owner on it. */
struct world {
    struct fake_disk fake;
    struct owner owner;
};

struct world *world_new(void);
void world_free(struct world *world);

/* Two segments, of which the second is not ended: as after a kill. */
struct world *world_with_records(void);

/* A copy of the world that was killed, to be damaged and started. */
struct world *world_copy(const struct world *from);

/* The end of the process: what was written stays. And the end of the power. */
void world_kill(struct world *world);
void world_power_cut(struct world *world, uint64_t seed);

#endif
