#include "persist/journal.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/persist/world.h"

enum { SEEDS = 300, ROUNDS = 6, STEPS = 40 };

/* Random work until something fails or it is enough. */
static int work(struct owner *owner, size_t steps, uint64_t *seed)
{
    int rc = 0;
    for (size_t i = 0; i < steps && rc == 0; i++) {
        switch (fake_random(seed) % 10) {
        case 0:
            rc = owner_checkpoint(owner);
            break;
        case 1:
            owner_drop(owner, fake_random(seed) % 60);
            break;
        case 2:
            rc = owner_checkpoint_step(owner, fake_random(seed) % 40);
            break;
        case 3:
        case 4:
            rc = owner_flush(owner);
            break;
        default:
            owner_append(owner, 1 + fake_random(seed) % 12, seed);
        }
    }
    return rc;
}

/* Starts, with crashes during the recovery as well, until one of the starts comes through. */
static void start_somehow(struct world *world, uint64_t *seed)
{
    struct owner *owner = &world->owner;
    for (int attempt = 0;; attempt++) {
        bool crash = attempt < 4 && fake_random(seed) % 2;
        world->fake.off_at = crash ? world->fake.calls + 1 + fake_random(seed) % 60 : 0;
        int rc = owner_start(owner);
        bool off = world->fake.off;
        if (rc == 0 && !off) {
            world->fake.off_at = 0;
            return;
        }
        struct text text;
        fault_text(&owner->fault, &text);
        cr_assert(off, "a start failed: %s", text.ptr);
        if (fake_random(seed) % 3 == 0) {
            world_kill(world);
        } else {
            world_power_cut(world, fake_random(seed));
        }
    }
}

/* A clean end, a process that is killed at some call, or a power cut there. */
static void end_somehow(struct world *world, uint64_t *seed)
{
    struct owner *owner = &world->owner;
    uint64_t random = fake_random(seed) % 8;
    if (random == 0 && !world->fake.off) {
        cr_assert_eq(owner_stop(owner), 0);
        return;
    }
    if (random < 4) {
        world_kill(world);
    } else {
        world_power_cut(world, fake_random(seed));
    }
}

static void live_through(uint64_t number)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = number;
    owner->options.no_sync = number % 3 == 0;
    for (int round = 0; round < ROUNDS; round++) {
        owner->options.segment_size = 4096 + fake_random(&seed) % 3 * 1024;
        start_somehow(world, &seed);
        owner_read_all(owner);
        cr_assert_null(owner->problem, "seed %lu, round %d: %s", number, round, owner->problem);
        world->fake.off_at = world->fake.calls + 1 + fake_random(&seed) % 200;
        int rc = work(owner, STEPS, &seed);
        cr_assert(rc == 0 || world->fake.off, "seed %lu: error %d", number, rc);
        world->fake.off_at = 0;
        if (!world->fake.off) {
            owner_read_all(owner);
        }
        cr_assert_null(owner->problem, "seed %lu, round %d: %s", number, round, owner->problem);
        end_somehow(world, &seed);
    }
    world_free(world);
}

Test(journal_crash, keeps_what_was_durable_and_nothing_else, .timeout = 300)
{
    const char *seeds = getenv("SEEDS");
    uint64_t count = seeds ? strtoull(seeds, NULL, 10) : SEEDS;
    for (uint64_t number = 1; number <= count; number++) {
        live_through(number);
    }
}
