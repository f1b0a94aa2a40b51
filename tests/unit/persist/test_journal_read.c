#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/wire.h"
#include "tests/unit/persist/world.h"

enum { RECORDS = 6000, SIZE = 200, ALL = RECORDS * (RECORD_HEADER + SIZE) };

/* A journal of records of SIZE octets, each of which starts with its number. */
struct reading {
    struct world *world;
    struct journal *journal;
    uint64_t positions[2 * RECORDS];
    size_t count;
};

static void append(struct reading *reading, size_t count)
{
    uint8_t payload[SIZE];
    struct slice piece = {payload, sizeof payload};
    for (; count > 0; count--) {
        memset(payload, (int)reading->count, sizeof payload);
        wire_store_u64(payload, reading->count);
        struct journal_entry entry = {.type = 1, .pieces = &piece, .piece_count = 1};
        uint64_t position = journal_append(reading->journal, &entry);
        cr_assert_gt(position, 0);
        reading->positions[reading->count++] = position;
    }
}

static struct reading *reading_new(size_t count, size_t segment_size)
{
    struct reading *reading = memory_new(sizeof *reading);
    reading->world = world_new();
    reading->world->owner.options.segment_size = segment_size;
    cr_assert_eq(owner_start(&reading->world->owner), 0);
    reading->journal = reading->world->owner.journal;
    append(reading, count);
    cr_assert_eq(journal_flush(reading->journal), 0);
    return reading;
}

static void reading_free(struct reading *reading)
{
    world_free(reading->world);
    free(reading);
}

static void check(struct reading *reading, size_t number)
{
    struct record record;
    cr_assert_eq(journal_read(reading->journal, reading->positions[number], &record), 0);
    cr_assert_eq(record.position, reading->positions[number]);
    cr_assert_eq(record.payload.len, SIZE);
    cr_assert_eq(wire_load_u64(record.payload.ptr), number);
    cr_assert_eq(record.payload.ptr[SIZE - 1], (uint8_t)number);
}

Test(journal_read, records_in_order_come_out_of_few_reads)
{
    struct reading *reading = reading_new(RECORDS, 1 << 20);
    uint64_t reads = reading->world->fake.reads;
    for (size_t i = 0; i < RECORDS; i++) {
        check(reading, i);
    }
    reads = reading->world->fake.reads - reads;
    cr_assert_leq(reads, 5 + ALL / (256 << 10) + 4, "%lu reads", reads);
    reading_free(reading);
}

Test(journal_read, readers_at_eight_places_take_turns)
{
    enum { READERS = 8, EACH = RECORDS / READERS };
    struct reading *reading = reading_new(RECORDS, 1 << 20);
    uint64_t reads = reading->world->fake.reads;
    for (size_t i = 0; i < EACH; i++) {
        for (size_t reader = 0; reader < READERS; reader++) {
            check(reading, reader * EACH + i);
        }
    }
    reads = reading->world->fake.reads - reads;
    cr_assert_leq(reads, READERS * 6, "%lu reads", reads);
    reading_free(reading);
}

Test(journal_read, who_jumps_about_reads_little)
{
    struct reading *reading = reading_new(RECORDS, 1 << 20);
    uint64_t seed = 1, reads = reading->world->fake.reads;
    for (size_t i = 0; i < 1000; i++) {
        check(reading, fake_random(&seed) % RECORDS);
    }
    cr_assert_leq(reading->world->fake.reads - reads, 1000);
    reading_free(reading);
}

Test(journal_read, what_is_written_later_is_not_taken_from_what_was_read_before)
{
    struct reading *reading = reading_new(1, 1 << 20);
    struct record record;
    for (size_t round = 0; round < 200; round++) {
        append(reading, 1 + round % 3);
        size_t last = reading->count - 1;
        check(reading, last - 1 - round % 3); // reads as far as there is anything
        cr_assert_eq(journal_read(reading->journal, reading->positions[last], &record), -EAGAIN);
        cr_assert_eq(journal_flush(reading->journal), 0);
        check(reading, last);
    }
    reading_free(reading);
}

Test(journal_read, any_order_while_records_come_and_go)
{
    for (uint64_t seed = 1; seed < 40; seed++) {
        struct reading *reading = reading_new(10, 64 << 10);
        uint64_t random = seed, cursors[4] = {0}, low = 0;
        while (reading->count < RECORDS) {
            append(reading, fake_random(&random) % 400);
            cr_assert_eq(journal_flush(reading->journal), 0);
            for (size_t i = fake_random(&random) % 300; i > 0; i--) {
                uint64_t *cursor = &cursors[fake_random(&random) % 4];
                *cursor = fake_random(&random) % 50 ? *cursor + 1 : fake_random(&random);
                *cursor = low + *cursor % (reading->count - low);
                check(reading, *cursor);
            }
            size_t count;
            const struct journal_segment *first = journal_segments(reading->journal, &count);
            uint64_t gone = reading->positions[low], end = first->first + first->size;
            if (fake_random(&random) % 4 == 0 &&
                journal_retire(reading->journal, first->first,
                               journal_progress(reading->journal).synced)) {
                struct record record;
                cr_assert_eq(journal_read(reading->journal, gone, &record), -ENOENT);
                for (; reading->positions[low] < end; low++) {
                }
            }
        }
        cr_assert_gt(low, 0);
        reading_free(reading);
    }
}

Test(journal_read, a_record_larger_than_a_window_or_a_segment_is_read_whole)
{
    struct reading *reading = reading_new(10, 1 << 20);
    size_t sizes[] = {100, (256 << 10) - 8, 300 << 10, (3 << 20) + 5, 20 << 10, 0};
    uint8_t *payload = memory_raw(4 << 20);
    uint64_t positions[6];
    struct record record;
    for (size_t i = 0; i < 6; i++) {
        memset(payload, (int)i + 1, sizes[i]);
        struct slice piece = {payload, sizes[i]};
        struct journal_entry entry = {.type = 1, .pieces = &piece, .piece_count = 1};
        positions[i] = journal_append(reading->journal, &entry);
    }
    cr_assert_eq(journal_flush(reading->journal), 0);
    for (size_t turn = 0; turn < 12; turn++) {
        size_t i = turn % 6;
        cr_assert_eq(journal_read(reading->journal, positions[i], &record), 0);
        memset(payload, (int)i + 1, sizes[i]);
        cr_assert(slice_eq(record.payload, (struct slice){payload, sizes[i]}));
    }
    free(payload);
    reading_free(reading);
}

Test(journal_read, damage_and_failed_reads_are_told_and_pass)
{
    struct reading *reading = reading_new(200, 1 << 20);
    struct fake_disk *fake = &reading->world->fake;
    struct record record;
    size_t len;
    uint8_t *file = fake_disk_content(fake, "/data/journal/0000000000000000.seg", &len);
    file[reading->positions[50] + 100] ^= 1;
    check(reading, 49);
    cr_assert_eq(journal_read(reading->journal, reading->positions[50], &record), -EUCLEAN);
    check(reading, 51);
    cr_assert_eq(journal_read(reading->journal, reading->positions[51] + 8, &record), -EUCLEAN);
    fake->fail_at = fake->calls + 1;
    fake->fail_error = -EIO;
    cr_assert_eq(journal_read(reading->journal, reading->positions[199], &record), -EIO);
    check(reading, 199);
    reading_free(reading);
}
