#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/persist/world.h"

static const char *const FIRST = "/data/journal/0000000000000000.seg";

/* What somebody sees who only looks. */
struct look {
    struct journal *journal;
    struct journal_report report;
    struct fault fault;
    uint64_t records, holes, hole_size, hole_offset;
};

static int on_record(void *arg, const struct record *record)
{
    struct look *look = arg;
    (void)record;
    look->records++;
    return 0;
}

static void on_hole(void *arg, const struct journal_hole *hole)
{
    struct look *look = arg;
    look->holes++;
    look->hole_size += hole->size;
    look->hole_offset = hole->offset;
}

/* Leaves the journal open. */
static int look_at(struct world *world, struct look *look, uint64_t after)
{
    struct journal_options options = world->owner.options;
    struct journal_recovery recovery = {
        .after = after, .all = true, .apply = on_record, .on_hole = on_hole, .arg = look};
    uint64_t changes = world->fake.changes;
    *look = (struct look){0};
    options.read_only = true;
    int rc = journal_open(&look->journal, &options, &look->fault);
    if (rc == 0) {
        rc = journal_recover(look->journal, &recovery, &look->report, &look->fault);
    }
    cr_assert_eq(world->fake.changes, changes, "something was changed");
    return rc;
}

static void end_look(struct world *world, struct look *look)
{
    uint64_t changes = world->fake.changes;
    cr_assert_eq(journal_close(look->journal), 0);
    cr_assert_eq(world->fake.changes, changes);
}

Test(journal_inspect, nothing_is_changed_not_even_beside_a_broker_that_runs)
{
    struct world *world = world_with_records();
    struct owner *owner = &world->owner;
    struct look look;
    uint64_t seed = 5;
    cr_assert_eq(look_at(world, &look, 0), 0);
    cr_assert_eq(look.records, owner->high);
    cr_assert_not(look.report.torn);
    for (uint64_t number = 0; number < owner->high; number++) {
        struct record record;
        cr_assert_eq(journal_read(look.journal, owner->positions[number], &record), 0);
    }
    end_look(world, &look);
    owner_append(owner, 20, &seed);
    cr_assert_eq(owner_flush(owner), 0);
    world_kill(world);
    cr_assert_eq(owner_start(owner), 0);
    cr_assert_null(owner->problem, "%s", owner->problem);
    world_free(world);
}

Test(journal_inspect, a_torn_tail_is_told_and_left_to_the_broker)
{
    struct world *world = world_with_records();
    struct owner *owner = &world->owner;
    struct look look;
    uint64_t seed = 3, high = owner->high;
    size_t len, count;
    owner_append(owner, 2, &seed);
    const struct journal_segment *segments = journal_segments(owner->journal, &count);
    uint64_t first = segments[count - 1].first;
    cr_assert_eq(journal_flush(owner->journal), 0);
    cr_assert_geq(owner->positions[high], first);
    char path[64], name[SEGMENT_NAME_MAX];
    segment_name(name, first, ".seg");
    snprintf(path, sizeof path, "/data/journal/%s", name);
    world_kill(world);
    fake_disk_content(&world->fake, path, &len)[owner->positions[high] - first + 30] ^= 1;
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(look_at(world, &look, 0), 0);
        cr_assert(look.report.torn);
        cr_assert_eq(look.report.torn_position, owner->positions[high]);
        cr_assert_eq(look.records, high);
        cr_assert_eq(look.holes, 0);
        end_look(world, &look);
    }
    owner->high_durable = high;
    cr_assert_eq(owner_start(owner), 0);
    cr_assert(owner->report.torn);
    world_free(world);
}

Test(journal_inspect, damage_is_counted_and_passed_over)
{
    struct world *world = world_with_records();
    struct owner *owner = &world->owner;
    struct look look;
    size_t len;
    for (uint64_t number = 0; owner->positions[number + 1] < 4096; number++) {
        struct world *copy = world_copy(world);
        uint8_t *file = fake_disk_content(&copy->fake, FIRST, &len);
        file[owner->positions[number] + 24] ^= 1;
        cr_assert_eq(look_at(copy, &look, 0), 0);
        cr_assert_eq(look.records, owner->high - 1);
        cr_assert(look.report.hole_count == 1 && look.holes == 1);
        cr_assert_eq(look.hole_offset, owner->positions[number]);
        cr_assert_eq(look.hole_size, look.report.hole_size);
        end_look(copy, &look);
        file[3] ^= 1;
        cr_assert_eq(look_at(copy, &look, 0), 0);
        cr_assert_eq(look.records, owner->high - 1);
        cr_assert_eq(look.report.hole_count, 2);
        cr_assert_eq(look.report.hole_size, look.hole_size);
        end_look(copy, &look);
        world_free(copy);
    }
    world_free(world);
}

Test(journal_inspect, a_missing_segment_and_a_missing_journal_are_told)
{
    struct world *world = world_with_records();
    struct look look;
    cr_assert_eq(world->fake.disk.unlink(&world->fake.disk, FIRST), 0);
    cr_assert_eq(look_at(world, &look, 0), 0);
    cr_assert_eq(look.report.missing_count, 1);
    end_look(world, &look);
    world->owner.options.dir = "/nowhere";
    cr_assert_eq(look_at(world, &look, 0), -ENOENT);
    world_free(world);
}

Test(journal_inspect, records_before_the_checkpoint_are_shown_too_where_they_are_there)
{
    struct world *world = world_with_records();
    struct owner *owner = &world->owner;
    struct look look;
    owner_drop(owner, 2);
    cr_assert_eq(owner_checkpoint(owner), 0);
    cr_assert_eq(look_at(world, &look, journal_progress(owner->journal).synced), 0);
    cr_assert_eq(look.records, owner->high);
    cr_assert_eq(look.report.missing_count, 0);
    end_look(world, &look);
    world_free(world);
}
