#include "tests/unit/persist/world.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

struct world *world_new(void)
{
    struct world *world = memory_new(sizeof *world);
    fake_disk_init(&world->fake);
    CHECK(world->fake.disk.mkdir(&world->fake.disk, "/data") == 0);
    CHECK(world->fake.disk.sync_directory(&world->fake.disk, "/") == 0);
    owner_init(&world->owner, &world->fake);
    return world;
}

void world_free(struct world *world)
{
    owner_abandon(&world->owner);
    fake_disk_finish(&world->fake);
    free(world);
}

struct world *world_with_records(void)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = 1;
    size_t count;
    CHECK(owner_start(owner) == 0);
    do {
        owner_append(owner, 4, &seed);
        CHECK(owner_flush(owner) == 0);
        journal_segments(owner->journal, &count);
    } while (count < 2);
    owner_append(owner, 4, &seed);
    CHECK(owner_flush(owner) == 0);
    return world;
}

struct world *world_copy(const struct world *from)
{
    struct world *to = memory_new(sizeof *to);
    to->owner = from->owner;
    fake_disk_copy(&to->fake, &from->fake);
    to->owner.fake = &to->fake;
    to->owner.options.disk = &to->fake.disk;
    to->owner.journal = NULL;
    to->owner.checkpoint = NULL;
    fake_disk_kill(&to->fake);
    return to;
}

void world_kill(struct world *world)
{
    world->fake.off = true;
    owner_abandon(&world->owner);
    fake_disk_kill(&world->fake);
}

void world_power_cut(struct world *world, uint64_t seed)
{
    world->fake.off = true;
    owner_abandon(&world->owner);
    fake_disk_restart(&world->fake, seed);
    if (world->owner.options.no_sync) {
        world->owner.high_durable = world->owner.high_synced;
    }
}
