#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/wire.h"
#include "tests/unit/persist/world.h"

enum { SEEDS = 400, PATHS = 16, RECORDS_MAX = 512 };

/* What a start handed out, compared with what the undamaged journal holds. */
struct found {
    struct world *sound;
    uint64_t count;
    uint64_t last;
    uint64_t sum; // of the positions, each times how many there were before it
    uint64_t positions[RECORDS_MAX];
};

static int on_record(void *arg, const struct record *record)
{
    struct found *found = arg;
    struct record original;
    cr_assert_gt(record->position, found->last, "records are out of order");
    cr_assert_eq(journal_read(found->sound->owner.journal, record->position, &original), 0);
    cr_assert(slice_eq(original.payload, record->payload), "a record is not as it was appended");
    cr_assert(original.type == record->type && original.flags == record->flags);
    cr_assert_lt(found->count, RECORDS_MAX);
    found->last = record->position;
    found->positions[found->count++] = record->position;
    found->sum += found->count * record->position;
    return 0;
}

static int start(struct world *world, struct world *sound, struct found *found)
{
    struct owner *owner = &world->owner;
    struct journal_recovery recovery = {.apply = on_record, .arg = found};
    *found = (struct found){.sound = sound};
    int rc = journal_open(&owner->journal, &owner->options, &owner->fault);
    if (rc == 0) {
        rc = journal_recover(owner->journal, &recovery, &owner->report, &owner->fault);
        if (rc < 0) {
            journal_close(owner->journal);
        }
    }
    if (rc < 0) {
        owner->journal = NULL;
        return rc;
    }
    bool disturbed = world->fake.off_at > 0 || world->fake.fail_at > 0;
    for (uint64_t i = 0; i < found->count && !disturbed; i++) {
        struct record record;
        cr_assert_eq(journal_read(owner->journal, found->positions[i], &record), 0);
    }
    return 0;
}

static size_t list_segments(struct world *world, char paths[PATHS][64])
{
    size_t count;
    const struct journal_segment *segments = journal_segments(world->owner.journal, &count);
    cr_assert_leq(count, PATHS);
    for (size_t i = 0; i < count; i++) {
        char name[SEGMENT_NAME_MAX];
        segment_name(name, segments[i].first, ".seg");
        snprintf(paths[i], 64, "/data/journal/%s", name);
    }
    return count;
}

static void damage(struct world *world, const char *path, uint64_t *seed)
{
    struct disk *disk = &world->fake.disk;
    size_t len;
    uint8_t *file = fake_disk_content(&world->fake, path, &len);
    if (!file || len == 0) {
        return;
    }
    size_t at = fake_random(seed) % len, size = 1 + fake_random(seed) % 600;
    size = size < len - at ? size : len - at;
    switch (fake_random(seed) % 8) {
    case 0:
        memset(file + at, 0, size);
        break;
    case 1:
        memmove(file + at, file, size);
        break;
    case 2: {
        int fd = disk->open(disk, path, 0);
        disk->ftruncate(disk, fd, at);
        disk->close(disk, fd);
        break;
    }
    case 3:
        disk->unlink(disk, path);
        break;
    default:
        file[at] ^= (uint8_t)(1 << fake_random(seed) % 8);
    }
}

/* Three segments or more, and what is in them. */
static struct world *sound_world(void)
{
    struct world *world = world_with_records();
    uint64_t seed = 9;
    size_t count = 0;
    while (count < 4) {
        owner_append(&world->owner, 3, &seed);
        cr_assert_eq(owner_flush(&world->owner), 0);
        journal_segments(world->owner.journal, &count);
    }
    return world;
}

/* Without salvage, and after a power cut: what is there now is just what was handed out. */
static void check_what_is_left(struct world *world, const struct found *salvaged, uint64_t seed)
{
    struct found again;
    bool missing = world->owner.report.missing_count > 0;
    world_power_cut(world, seed);
    world->owner.options.salvage = false;
    int rc = start(world, salvaged->sound, &again);
    cr_assert_eq(rc, missing ? -EUCLEAN : 0);
    cr_assert(missing || (again.count == salvaged->count && again.sum == salvaged->sum));
    cr_assert_eq(world->owner.report.hole_count, 0);
}

Test(journal_salvage, comes_through_any_damage_and_hands_out_nothing_but_what_was_appended,
     .timeout = 120)
{
    struct world *sound = sound_world();
    char paths[PATHS][64];
    size_t count = list_segments(sound, paths);
    for (uint64_t number = 1; number <= SEEDS; number++) {
        struct world *world = world_copy(sound);
        struct found looked, salvaged;
        uint64_t seed = number;
        for (uint64_t i = fake_random(&seed) % 3 + 1; i > 0; i--) {
            damage(world, paths[fake_random(&seed) % count], &seed);
        }
        world->owner.options.segment_size = 3072 + number % 4 * 1024; // the setting has changed
        world->owner.options.read_only = true;
        cr_assert_eq(start(world, sound, &looked), 0, "seed %lu", number);
        world_kill(world);
        world->owner.options.read_only = false;
        world->owner.options.salvage = true;
        cr_assert_eq(start(world, sound, &salvaged), 0, "seed %lu", number);
        cr_assert(looked.count == salvaged.count && looked.sum == salvaged.sum, "seed %lu", number);
        check_what_is_left(world, &salvaged, number);
        world_free(world);
    }
    world_free(sound);
}

Test(journal_salvage, may_be_interrupted_at_any_call, .timeout = 120)
{
    struct world *sound = sound_world();
    char paths[PATHS][64];
    struct found whole, salvaged;
    size_t len;
    list_segments(sound, paths);
    bool through = false;
    for (uint64_t at = 1; !through; at++) {
        for (uint64_t how = 0; how < 4; how++) {
            struct world *world = world_copy(sound);
            fake_disk_content(&world->fake, paths[0], &len)[1000] ^= 1;
            fake_disk_content(&world->fake, paths[1], &len)[20] ^= 1;
            world->owner.options.salvage = true;
            fake_disk_restart(&world->fake, 1); // so that nothing was left unsynced before
            struct world *undisturbed = world_copy(world);
            cr_assert_eq(start(undisturbed, sound, &whole), 0);
            world_free(undisturbed);
            world->fake.off_at = how > 0 ? world->fake.calls + at : 0;
            world->fake.fail_at = how == 0 ? world->fake.calls + at : 0;
            world->fake.fail_error = -EIO;
            uint64_t calls = world->fake.calls;
            start(world, sound, &salvaged);
            through = world->fake.calls < calls + at;
            if (how < 2) {
                world_kill(world);
            } else {
                world_power_cut(world, at * how);
            }
            cr_assert_eq(start(world, sound, &salvaged), 0, "call %lu", at);
            cr_assert(salvaged.count == whole.count && salvaged.sum == whole.sum, "call %lu", at);
            check_what_is_left(world, &salvaged, at);
            world_free(world);
        }
    }
    world_free(sound);
}
