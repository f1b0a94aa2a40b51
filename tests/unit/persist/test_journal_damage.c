#include "persist/journal.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/wire.h"
#include "persist/crc32c.h"
#include "tests/unit/persist/world.h"

static void check_report(struct world *world, const char *what)
{
    size_t len;
    const uint8_t *report = fake_disk_content(&world->fake, "/data/salvage/report.txt", &len);
    cr_assert_not_null(report);
    char *text = memory_new(len + 1);
    memcpy(text, report, len);
    cr_assert_not_null(strstr(text, what), "%s", text);
    free(text);
}

static const char *const FIRST = "/data/journal/0000000000000000.seg";

/* The last segment's file, and where its first record that no mark calls durable starts. */
static size_t find_tail(struct world *world, char path[64])
{
    size_t count, len;
    const struct journal_segment *segments = journal_segments(world->owner.journal, &count);
    uint64_t first = segments[count - 1].first;
    char name[SEGMENT_NAME_MAX];
    segment_name(name, first, ".seg");
    snprintf(path, 64, "/data/journal/%s", name);
    const uint8_t *file = fake_disk_content(&world->fake, path, &len);
    uint64_t durable = 0;
    for (size_t at = SEGMENT_HEADER; at < len;) {
        struct record record;
        if (!record_decode((struct slice){file + at, len - at}, first + at, &record)) {
            break;
        }
        durable = record_durable(&record) > durable ? record_durable(&record) : durable;
        at += record_size(record.payload.len);
    }
    struct record last;
    cr_assert(durable > first, "the test needs a durable record there");
    cr_assert(record_decode((struct slice){file + durable - first, len}, durable, &last));
    return durable - first + record_size(last.payload.len);
}

/* Where the records of the segment that starts at position 0 end. */
static size_t end_of_first(struct world *world)
{
    size_t len, at = SEGMENT_HEADER;
    struct record record;
    const uint8_t *file = fake_disk_content(&world->fake, FIRST, &len);
    while (record_decode((struct slice){file + at, len - at}, at, &record)) {
        at += record_size(record.payload.len);
    }
    cr_assert_gt(at, 500);
    return at;
}

Test(journal_damage, any_flipped_bit_of_what_was_durable_is_found)
{
    struct world *world = world_with_records(), *copy;
    struct owner *owner = &world->owner;
    uint64_t seed = 7;
    owner_append(owner, 4, &seed);
    cr_assert_eq(owner_flush(owner), 0);
    owner_append(owner, 1, &seed);
    cr_assert_eq(owner_flush(owner), 0);
    char paths[2][64] = {"/data/journal/0000000000000000.seg"};
    size_t ends[2] = {end_of_first(world), find_tail(world, paths[1])};
    for (int file = 0; file < 2; file++) {
        for (size_t at = 0; at < ends[file]; at++) {
            size_t len;
            copy = world_copy(world);
            fake_disk_content(&copy->fake, paths[file], &len)[at] ^= (uint8_t)(1 << at % 8);
            cr_assert_eq(owner_start(&copy->owner), -EUCLEAN, "%s, offset %zu", paths[file], at);
            cr_assert_str_eq(copy->owner.fault.file, paths[file]);
            cr_assert_leq(copy->owner.fault.offset, at);
            copy->owner.journal = NULL;
            world_free(copy);
        }
    }
    world_free(world);
}

Test(journal_damage, a_record_torn_at_any_byte_is_cut_and_told)
{
    struct world *world = world_with_records(), *copy;
    struct owner *owner = &world->owner;
    uint64_t seed = 3;
    char path[64];
    size_t len, count;
    uint64_t high = owner->high;
    owner_append(owner, 2, &seed);
    const struct journal_segment *segments = journal_segments(owner->journal, &count);
    uint64_t first = segments[count - 1].first;
    uint64_t from = owner->positions[high] - first, to = owner->positions[high + 1] - first;
    cr_assert_eq(journal_flush(owner->journal), 0);
    find_tail(world, path);
    for (uint64_t at = from; at < to; at++) {
        copy = world_copy(world);
        uint8_t *file = fake_disk_content(&copy->fake, path, &len);
        memset(file + at, 0x5a, len - at);
        copy->owner.high_durable = high;
        cr_assert_eq(owner_start(&copy->owner), 0, "at %lu", at);
        cr_assert_null(copy->owner.problem, "at %lu: %s", at, copy->owner.problem);
        cr_assert_eq(copy->owner.high, high);
        cr_assert(at < from + 16 || copy->owner.report.torn);
        cr_assert(at < from + 16 || copy->owner.report.torn_position == first + from);
        world_free(copy);
    }
    world_free(world);
}

Test(journal_damage, salvage_keeps_what_is_sound_and_drops_the_rest_once)
{
    struct world *world = world_with_records(), *copy;
    struct owner *owner = &world->owner;
    size_t len;
    copy = world_copy(world);
    size_t hit = owner->positions[2] + 30;
    fake_disk_content(&copy->fake, FIRST, &len)[hit] ^= 1;
    cr_assert_eq(owner_start(&copy->owner), -EUCLEAN);
    fake_disk_kill(&copy->fake);
    copy->owner = *owner;
    copy->owner.options.disk = &copy->fake.disk;
    copy->owner.journal = NULL;
    copy->owner.options.salvage = true;
    for (uint64_t i = 2; i + 1 < owner->high; i++) { // what was 3 is 2 now
        copy->owner.identities[i] = owner->identities[i + 1];
        copy->owner.positions[i] = owner->positions[i + 1];
    }
    cr_assert_eq(owner_start(&copy->owner), 0);
    cr_assert_eq(copy->owner.report.records, owner->high - 1);
    cr_assert_eq(copy->owner.report.hole_count, 1);
    cr_assert_eq(copy->owner.report.hole_size, owner->positions[3] - owner->positions[2]);
    char kept[64], line[128];
    snprintf(line, sizeof line, "dropped %lu octets of %s at offset %lu, kept in segment-",
             copy->owner.report.hole_size, FIRST, owner->positions[2]);
    check_report(copy, line);
    snprintf(kept, sizeof kept, "/data/salvage/segment-%016lx.bin", owner->positions[2]);
    cr_assert_not_null(fake_disk_content(&copy->fake, kept, &len));
    cr_assert_eq(len, copy->owner.report.hole_size);
    cr_assert_eq(owner_stop(&copy->owner), 0);
    copy->owner.options.salvage = false;
    copy->owner.high_durable = 0;
    cr_assert_eq(owner_start(&copy->owner), 0);
    cr_assert_eq(copy->owner.report.records, owner->high - 1);
    world_free(copy);
    world_free(world);
}

Test(journal_damage, salvage_mends_a_header)
{
    struct world *world = world_with_records(), *copy;
    size_t len;
    copy = world_copy(world);
    fake_disk_content(&copy->fake, FIRST, &len)[9] ^= 4;
    cr_assert_eq(owner_start(&copy->owner), -EUCLEAN);
    copy->owner.options.salvage = true;
    cr_assert_eq(owner_start(&copy->owner), 0);
    cr_assert_null(copy->owner.problem, "%s", copy->owner.problem);
    world_free(copy);
    world_free(world);
}

/* The first segment's header says which store it is; without it, the next one does. */
Test(journal_damage, salvage_finds_the_store_in_whichever_header_is_sound)
{
    struct world *world = world_with_records(), *copy;
    size_t len;
    copy = world_copy(world);
    fake_disk_content(&copy->fake, FIRST, &len)[9] ^= 4;
    copy->owner.options.salvage = true;
    copy->owner.options.store_id[0] ^= 1; // of a new store, which this is not
    cr_assert_eq(owner_start(&copy->owner), 0);
    cr_assert_null(copy->owner.problem, "%s", copy->owner.problem);
    cr_assert_eq(copy->owner.report.hole_count, 1);
    cr_assert_eq(copy->owner.report.hole_size, SEGMENT_HEADER);
    check_report(copy, "dropped 64 octets of /data/journal/0000000000000000.seg at offset 0, "
                       "kept in segment-0000000000000000.bin");
    cr_assert_eq(owner_stop(&copy->owner), 0);
    copy->owner.options.salvage = false;
    cr_assert_eq(owner_start(&copy->owner), 0);
    cr_assert_null(copy->owner.problem, "%s", copy->owner.problem);
    world_free(copy);
    world_free(world);
}

static int on_any(void *arg, const struct record *record)
{
    size_t *records = arg;
    (void)record;
    *records += 1;
    return 0;
}

/* Holes have a size of their own; together they are just as large as what they replace. */
Test(journal_damage, salvage_drops_a_large_stretch)
{
    enum { SIZE = (1 << 20) - RECORD_HEADER };
    uint8_t *payload = memory_new(SIZE);
    struct slice piece = {payload, SIZE};
    for (size_t extra = 0; extra < 4; extra++) {
        struct world *world = world_new();
        struct owner *owner = &world->owner;
        owner->options.segment_size = 8 << 20;
        cr_assert_eq(owner_start(owner), 0);
        struct slice pieces[] = {piece, {payload, 8 * extra}}, small = {payload, 8};
        uint64_t positions[4];
        for (size_t i = 0; i < 4; i++) {
            struct journal_entry entry = {.type = 1, .pieces = &small, .piece_count = 1};
            if (i == 1 || i == 2) {
                entry.pieces = i == 1 ? pieces : &piece;
                entry.piece_count = i == 1 ? 2 : 1;
            }
            positions[i] = journal_append(owner->journal, &entry);
        }
        cr_assert_eq(journal_flush(owner->journal), 0);
        journal_append(owner->journal, &(struct journal_entry){.type = 1});
        cr_assert_eq(journal_flush(owner->journal), 0);
        world_kill(world);
        size_t len, records = 0;
        uint8_t *file = fake_disk_content(&world->fake, FIRST, &len);
        file[positions[1]] ^= 1;
        file[positions[2]] ^= 1;
        owner->options.salvage = true;
        struct journal_recovery recovery = {.apply = on_any, .arg = &records};
        cr_assert_eq(journal_open(&owner->journal, &owner->options, &owner->fault), 0);
        cr_assert_eq(journal_recover(owner->journal, &recovery, &owner->report, &owner->fault), 0);
        cr_assert_eq(records, 3);
        cr_assert_eq(owner->report.hole_size, positions[3] - positions[1]);
        world_kill(world);
        owner->options.salvage = false;
        records = 0;
        cr_assert_eq(journal_open(&owner->journal, &owner->options, &owner->fault), 0);
        cr_assert_eq(journal_recover(owner->journal, &recovery, &owner->report, &owner->fault), 0);
        cr_assert_eq(records, 3);
        world_free(world);
    }
    free(payload);
}

Test(journal_damage, a_file_whose_name_is_no_position_is_not_taken_for_a_segment)
{
    struct world *world = world_with_records();
    struct owner *owner = &world->owner;
    struct disk *disk = &world->fake.disk;
    uint64_t high = owner->high, seed = 1;
    world_kill(world);
    disk->open(disk, "/data/journal/ffffffffffffffff.seg", O_RDWR | O_CREAT);
    disk->open(disk, "/data/journal/0000000000000804.seg", O_RDWR | O_CREAT);
    for (int salvage = 0; salvage < 2; salvage++) {
        owner->options.salvage = salvage;
        cr_assert_eq(owner_start(owner), 0);
        owner_append(owner, 1, &seed);
        cr_assert_lt(owner->positions[owner->high - 1], 1 << 20);
        cr_assert_eq(owner_stop(owner), 0);
    }
    cr_assert(owner->high == high + 2 && !owner->problem);
    world_free(world);
}

Test(journal_damage, a_newer_format_and_another_store_are_refused)
{
    struct world *world = world_with_records(), *copy;
    size_t len;
    copy = world_copy(world);
    uint8_t *file = fake_disk_content(&copy->fake, FIRST, &len);
    copy->owner.options.salvage = true;
    wire_store_u32(file + 8, SEGMENT_VERSION + 1);
    wire_store_u32(file + 60, crc32c(0, (struct slice){file, 60}));
    cr_assert_eq(owner_start(&copy->owner), -ENOTSUP);
    cr_assert_str_eq(copy->owner.fault.file, FIRST);
    char text[96];
    snprintf(text, sizeof text,
             "it is in version %d of the format, and this broker knows version %d",
             SEGMENT_VERSION + 1, SEGMENT_VERSION);
    cr_assert_str_eq(copy->owner.fault.detail, text);
    wire_store_u32(file + 8, SEGMENT_VERSION);
    file[20] ^= 1;
    wire_store_u32(file + 60, crc32c(0, (struct slice){file, 60}));
    cr_assert_eq(owner_start(&copy->owner), -EUCLEAN);
    world_free(copy);
    world_free(world);
}

Test(journal_damage, a_journal_that_ends_before_the_checkpoint_is_refused)
{
    struct world *world = world_new();
    struct owner *owner = &world->owner;
    uint64_t seed = 1;
    cr_assert_eq(owner_start(owner), 0);
    owner_append(owner, 5, &seed);
    cr_assert_eq(owner_flush(owner), 0);
    cr_assert_eq(owner_checkpoint(owner), 0);
    cr_assert_eq(owner_stop(owner), 0);
    uint64_t last = owner->positions[4];
    struct journal_recovery recovery = {.after = last + 100000};
    cr_assert_eq(journal_open(&owner->journal, &owner->options, &owner->fault), 0);
    cr_assert_eq(journal_recover(owner->journal, &recovery, &owner->report, &owner->fault),
                 -EUCLEAN);
    world_free(world);
}
