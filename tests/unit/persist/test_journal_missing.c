#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tests/unit/persist/world.h"

/* A stopped store of several segments. */
static struct world *world_of_segments(size_t wanted)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = 1;
    size_t count = 0;
    owner->options.first_position = 0x70000;
    cr_assert_eq(owner_start(owner), 0);
    while (count < wanted) {
        owner_append(owner, 3, &seed);
        cr_assert_eq(owner_flush(owner), 0);
        journal_segments(owner->journal, &count);
    }
    return world;
}

static void path_of(char path[64], uint64_t first)
{
    char name[SEGMENT_NAME_MAX];
    segment_name(name, first, ".seg");
    snprintf(path, 64, "/data/journal/%s", name);
}

struct recovered {
    uint64_t records, first, last;
    size_t holes;
    char hole[64];
};

static int on_record(void *arg, const struct record *record)
{
    struct recovered *recovered = arg;
    recovered->first = recovered->records == 0 ? record->position : recovered->first;
    recovered->last = record->position;
    recovered->records++;
    return 0;
}

static void on_hole(void *arg, const struct journal_hole *hole)
{
    struct recovered *recovered = arg;
    recovered->holes++;
    snprintf(recovered->hole, sizeof recovered->hole, "%s", hole->file);
    cr_assert_eq(hole->size, 0);
}

/* Starts with what follows `after`. */
static int start(struct world *world, uint64_t after, struct recovered *recovered)
{
    struct owner *owner = &world->owner;
    struct journal_recovery recovery = {
        .after = after, .apply = on_record, .on_hole = on_hole, .arg = recovered};
    *recovered = (struct recovered){0};
    int rc = journal_open(&owner->journal, &owner->options, &owner->fault);
    if (rc == 0) {
        rc = journal_recover(owner->journal, &recovery, &owner->report, &owner->fault);
    }
    if (rc < 0) {
        world_kill(world);
    }
    return rc;
}

static void remove_segment(struct world *world, const char *path)
{
    cr_assert_eq(world->fake.disk.unlink(&world->fake.disk, path), 0);
    cr_assert_eq(world->fake.disk.sync_directory(&world->fake.disk, "/data/journal"), 0);
}

Test(journal_missing, a_segment_that_is_missing_is_named_and_salvage_goes_on)
{
    struct world *world = world_of_segments(6);
    size_t count, len;
    const struct journal_segment *segments = journal_segments(world->owner.journal, &count);
    for (size_t i = 0; i + 1 < count; i++) {
        struct world *copy = world_copy(world);
        struct recovered recovered, again;
        char path[64];
        path_of(path, segments[i].first);
        remove_segment(copy, path);
        cr_assert_eq(start(copy, 0, &recovered), -EUCLEAN, "segment %zu", i);
        cr_assert_str_eq(copy->owner.fault.file, path);
        cr_assert_str_eq(copy->owner.fault.detail, "this segment is missing");
        copy->owner.options.salvage = true;
        cr_assert_eq(start(copy, 0, &recovered), 0);
        cr_assert_eq(copy->owner.report.missing_count, 1);
        cr_assert(recovered.holes == 1 && strcmp(recovered.hole, path) == 0);
        cr_assert_eq(recovered.last, world->owner.positions[world->owner.high - 1]);
        cr_assert_not_null(fake_disk_content(&copy->fake, "/data/salvage/report.txt", &len));
        world_kill(copy);
        copy->owner.options.salvage = false;
        cr_assert_eq(start(copy, recovered.last, &again), 0, "after a checkpoint all is well");
        cr_assert_eq(again.records, 0);
        world_free(copy);
    }
    world_free(world);
}

Test(journal_missing, what_was_retired_before_the_checkpoint_is_not_missing)
{
    struct world *world = world_of_segments(6);
    struct owner *owner = &world->owner;
    struct recovered recovered;
    size_t count;
    const struct journal_segment *segments = journal_segments(owner->journal, &count);
    uint64_t first = segments[2].first, checkpoint = segments[4].first + SEGMENT_HEADER;
    cr_assert(journal_retire(owner->journal, first, checkpoint));
    cr_assert_eq(journal_flush(owner->journal), 0);
    world_kill(world);
    cr_assert_eq(start(world, checkpoint, &recovered), 0);
    cr_assert_gt(recovered.first, checkpoint);
    world_kill(world);
    cr_assert_eq(start(world, 0, &recovered), -EUCLEAN, "without the checkpoint it would be");
    world_free(world);
}

Test(journal_missing, the_checkpoint_itself_is_missed)
{
    struct world *world = world_of_segments(4);
    struct owner *owner = &world->owner;
    size_t len, count;
    char path[64];
    owner_drop(owner, owner->high - owner->low);
    cr_assert_eq(owner_checkpoint(owner), 0);
    cr_assert_eq(owner_stop(owner), 0);
    cr_assert_eq(owner_start(owner), 0);
    cr_assert_null(owner->problem, "%s", owner->problem);
    journal_segments(owner->journal, &count);
    cr_assert_eq(count, 1, "the others are retired");
    cr_assert_eq(owner_stop(owner), 0);
    snprintf(path, sizeof path, "/data/checkpoint/%016lx.ckpt", owner->checkpoint_position);
    cr_assert_not_null(fake_disk_content(&world->fake, path, &len));
    cr_assert_eq(world->fake.disk.unlink(&world->fake.disk, path), 0);
    cr_assert_eq(owner_start(owner), -EUCLEAN);
    cr_assert_str_eq(owner->fault.file, "/data/journal/0000000000070000.seg");
    world_free(world);
}

Test(journal_missing, the_segment_that_the_checkpoint_is_in_is_missed)
{
    struct world *world = world_of_segments(5);
    struct recovered recovered;
    size_t count;
    const struct journal_segment *segments = journal_segments(world->owner.journal, &count);
    uint64_t checkpoint = segments[1].first + SEGMENT_HEADER;
    char path[64];
    for (size_t i = 0; i < 2; i++) { // with and without one before it
        struct world *copy = world_copy(world);
        path_of(path, segments[1].first);
        remove_segment(copy, path);
        if (i == 1) {
            path_of(path, segments[0].first);
            remove_segment(copy, path);
        }
        cr_assert_eq(start(copy, checkpoint, &recovered), -EUCLEAN);
        cr_assert_str_eq(copy->owner.fault.detail, "this segment is missing");
        world_free(copy);
    }
    world_free(world);
}

Test(journal_missing, salvage_goes_on_behind_a_checkpoint_that_knows_more_than_there_is)
{
    struct world *world = world_of_segments(2);
    struct owner *owner = &world->owner;
    struct recovered recovered;
    uint64_t far = 0x200000, seed = 1;
    world_kill(world);
    cr_assert_eq(start(world, far, &recovered), -EUCLEAN);
    owner->options.salvage = true;
    cr_assert_eq(start(world, far, &recovered), 0);
    cr_assert_eq(owner->report.missing_count, 1);
    cr_assert_eq(journal_progress(owner->journal).synced, far);
    owner_append(owner, 1, &seed);
    cr_assert_gt(owner->positions[owner->high - 1], far);
    cr_assert_eq(journal_flush(owner->journal), 0);
    world_kill(world);
    owner->options.salvage = false;
    cr_assert_eq(start(world, far, &recovered), 0);
    cr_assert_eq(recovered.records, 1);
    world_free(world);
}
