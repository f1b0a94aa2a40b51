#include "persist/journal.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "tests/unit/persist/world.h"

static int work(struct owner *owner)
{
    uint64_t seed = 1;
    int rc = owner_start(owner);
    for (int i = 0; i < 12 && rc == 0; i++) {
        owner_append(owner, 10, &seed);
        rc = owner_flush(owner);
        if (rc == 0 && i % 5 == 4) {
            owner_drop(owner, 45);
            rc = owner_checkpoint(owner);
        }
    }
    return rc;
}

/* After an error, whichever it is: what was called durable is there at the next start. */
static void check_restart(struct world *world, uint64_t call)
{
    struct owner *owner = &world->owner;
    world_power_cut(world, call);
    cr_assert_eq(owner_start(owner), 0, "call %lu", call);
    owner_read_all(owner);
    cr_assert_null(owner->problem, "call %lu: %s", call, owner->problem);
}

static void fail_every_call(int error)
{
    bool through = false;
    for (uint64_t call = 1; !through; call++) {
        struct world *world = world_new();
        world->fake.fail_at = call + 2;
        world->fake.fail_error = error;
        work(&world->owner);
        through = world->fake.calls < call + 2;
        check_restart(world, call);
        world_free(world);
    }
}

Test(journal_faults, any_call_may_fail)
{
    fail_every_call(-EIO);
}

Test(journal_faults, the_disk_may_be_full_at_any_call)
{
    fail_every_call(-ENOSPC);
}

Test(journal_faults, any_write_may_be_short)
{
    bool through = false;
    for (uint64_t call = 1; !through; call++) {
        struct world *world = world_new();
        world->fake.short_at = call + 2;
        work(&world->owner);
        through = world->fake.calls < call + 2;
        check_restart(world, call);
        world_free(world);
    }
}

Test(journal_faults, a_failed_sync_is_the_end_and_says_where)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = 1;
    cr_assert_eq(owner_start(owner), 0);
    owner_append(owner, 3, &seed);
    cr_assert_eq(owner_flush(owner), 0);
    owner_append(owner, 3, &seed);
    world->fake.fail_at = world->fake.calls + 2; // after the write
    world->fake.fail_error = -EIO;
    uint64_t durable = journal_progress(owner->journal).durable;
    cr_assert_eq(owner_flush(owner), -EIO);
    struct journal_progress progress = journal_progress(owner->journal);
    cr_assert_eq(progress.durable, durable);
    cr_assert_eq(progress.fault.error, -EIO);
    cr_assert_str_eq(progress.fault.doing, "sync");
    cr_assert_str_eq(progress.fault.file, "/data/journal/0000000000000000.seg");
    cr_assert_gt(progress.fault.offset, durable);
    uint64_t calls = world->fake.calls;
    cr_assert_eq(owner_flush(owner), -EIO);
    cr_assert_eq(world->fake.calls, calls, "it was tried again");
    uint64_t high = owner->high;
    owner_append(owner, 1, &seed);
    cr_assert_eq(owner->high, high, "a failed journal takes no records");
    world_free(world);
}

/* Nothing is lost by that, but the disk is not to be trusted any more. */
Test(journal_faults, a_failed_sync_of_a_spare_is_the_end_as_well)
{
    unsigned of_spares = 0;
    for (uint64_t call = 1; call < 60; call++) {
        struct world *world = world_new();
        struct owner *owner = &world->owner;
        uint64_t seed = 1;
        world->fake.fail_at = call + 2;
        world->fake.fail_error = -EIO;
        int rc = owner_start(owner);
        for (int i = 0; i < 12 && rc == 0; i++) {
            owner_append(owner, 10, &seed);
            rc = owner_flush(owner);
        }
        if (rc == 0) {
            cr_assert_lt(world->fake.calls, call + 2, "call %lu failed, and nobody said so", call);
        } else if (owner->journal) {
            const struct fault fault = journal_progress(owner->journal).fault;
            of_spares += strstr(fault.file, ".tmp") != NULL;
        }
        cr_assert_eq(owner->journal ? journal_progress(owner->journal).alarm : 0, 0);
        world_free(world);
    }
    cr_assert_gt(of_spares, 2);
}

/* --- A full disk. --- */

static void fill_disk(struct world *world, uint64_t *seed)
{
    struct owner *owner = &world->owner;
    world->fake.space = 10 * 4096;
    int rc = 0;
    while (rc == 0 && journal_progress(owner->journal).alarm == 0) {
        owner_append(owner, 1, seed);
        rc = owner_flush(owner);
        cr_assert_lt(owner->high, OWNER_MAX);
    }
    cr_assert_eq(rc, 0, "the alarm comes before the disk is full");
    cr_assert_eq(journal_progress(owner->journal).alarm, -ENOSPC);
}

Test(journal_faults, a_full_disk_is_an_alarm_first_and_the_reserve_goes_on)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = 1;
    cr_assert_eq(owner_start(owner), 0);
    fill_disk(world, &seed);
    uint64_t high = owner->high;
    int rc = 0;
    while (rc == 0) {
        owner_append(owner, 1, &seed);
        rc = owner_flush(owner);
    }
    cr_assert_eq(rc, -ENOSPC);
    cr_assert_gt(owner->high, high + 5, "there was no reserve");
    cr_assert_eq(journal_progress(owner->journal).fault.error, 0);
    cr_assert_eq(owner_flush(owner), -ENOSPC);
    world->fake.space = 0;
    cr_assert_eq(owner_flush(owner), 0);
    cr_assert_eq(journal_progress(owner->journal).alarm, 0);
    owner_read_all(owner);
    cr_assert_null(owner->problem, "%s", owner->problem);
    check_restart(world, 1);
    world_free(world);
}

Test(journal_faults, dropping_records_ends_the_alarm)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = 1;
    cr_assert_eq(owner_start(owner), 0);
    fill_disk(world, &seed);
    owner_drop(owner, owner->high - owner->low);
    cr_assert_eq(owner_checkpoint(owner), 0);
    cr_assert_eq(owner_flush(owner), 0);
    cr_assert_eq(journal_progress(owner->journal).alarm, 0);
    check_restart(world, 1);
    world_free(world);
}

Test(journal_faults, a_start_on_a_full_disk_works)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = 1;
    cr_assert_eq(owner_start(owner), 0);
    fill_disk(world, &seed);
    check_restart(world, 3);
    owner_append(owner, 1, &seed);
    cr_assert_eq(owner_flush(owner), 0);
    world_free(world);
}

/* Without syncs a power cut may take what counted as durable, but never makes damage of it. */
Test(journal_faults, without_syncs_a_power_cut_is_no_damage)
{
    for (uint64_t seed = 1; seed < 60; seed++) {
        struct world *world = world_new();
        struct owner *owner = &world->owner;
        uint64_t random = seed;
        owner->options.no_sync = true;
        cr_assert_eq(owner_start(owner), 0);
        for (int i = 0; i < 10; i++) {
            owner_append(owner, 5, &random);
            cr_assert_eq(owner_flush(owner), 0);
        }
        owner->high_durable = 0;
        world->fake.off = true;
        check_restart(world, seed);
        world_free(world);
    }
}
