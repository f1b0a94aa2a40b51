#define _GNU_SOURCE
#include "persist/journal.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/wire.h"

/* A journal with its thread, in a directory of its own on the real disk. */
struct place {
    char dir[64];
    struct disk disk;
    struct journal_options options;
    struct journal *journal;
    struct fault fault;
    struct journal_report report;
    uint64_t expected; // number of the record that recovery gives next
};

static struct place *place_new(void)
{
    struct place *place = memory_new(sizeof *place);
    snprintf(place->dir, sizeof place->dir, "/tmp/leveret-journal-XXXXXX");
    cr_assert_not_null(mkdtemp(place->dir));
    disk_init(&place->disk);
    place->options = (struct journal_options){
        .disk = &place->disk,
        .dir = place->dir,
        .holder = "the test",
        .segment_size = 64 << 10,
    };
    return place;
}

static void place_free(struct place *place)
{
    char command[96];
    snprintf(command, sizeof command, "rm -r '%s'", place->dir);
    cr_assert_eq(system(command), 0);
    free(place);
}

static int on_record(void *arg, const struct record *record)
{
    struct place *place = arg;
    cr_assert_eq(record->payload.len, 8);
    cr_assert_eq(wire_load_u64(record->payload.ptr), place->expected);
    place->expected++;
    return 0;
}

static int start(struct place *place)
{
    struct journal_recovery recovery = {.apply = on_record, .arg = place};
    place->expected = 0;
    int rc = journal_open(&place->journal, &place->options, &place->fault);
    return rc < 0 ? rc : journal_recover(place->journal, &recovery, &place->report, &place->fault);
}

static uint64_t append(struct place *place, uint64_t number, bool wants_sync)
{
    uint8_t payload[8];
    wire_store_u64(payload, number);
    struct slice piece = {payload, sizeof payload};
    return journal_append(place->journal, &(struct journal_entry){
                                              .pieces = &piece,
                                              .piece_count = 1,
                                              .type = 1,
                                              .wants_sync = wants_sync,
                                          });
}

/* Waits for the eventfd as the loop does; false if the record is not durable after a long time. */
static bool wait_durable(struct place *place, uint64_t position)
{
    struct pollfd poll_for = {.fd = journal_event_fd(place->journal), .events = POLLIN};
    while (journal_progress(place->journal).durable < position) {
        if (poll(&poll_for, 1, 10000) != 1) {
            return false;
        }
    }
    return true;
}

static double seconds_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

Test(journal_thread, posts_what_is_durable_and_gives_it_back)
{
    struct place *place = place_new();
    uint64_t number = 0, position = 0, last = 0;
    cr_assert_eq(start(place), 0);
    cr_assert_eq(place->report.records, 0);
    for (int tick = 0; tick < 200; tick++) {
        for (int i = 0; i < 100; i++) {
            position = append(place, number++, true);
            cr_assert_gt(position, last);
            last = position;
        }
        journal_submit(place->journal);
    }
    cr_assert(wait_durable(place, position));
    cr_assert_eq(journal_close(place->journal), 0);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(start(place), 0);
        cr_assert_eq(place->report.records, number);
        cr_assert_eq(place->expected, number);
        cr_assert_not(place->report.torn);
        cr_assert_eq(journal_close(place->journal), 0);
    }
    place_free(place);
}

Test(journal_thread, a_record_that_wants_no_sync_is_durable_after_the_delay)
{
    struct place *place = place_new();
    place->options.sync_delay_ms = 200;
    cr_assert_eq(start(place), 0);
    double before = seconds_now();
    uint64_t position = append(place, 0, false);
    journal_submit(place->journal);
    cr_assert(wait_durable(place, position));
    cr_assert_geq(seconds_now() - before, 0.19);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, a_record_that_wants_no_sync_rides_along_with_one_that_does)
{
    struct place *place = place_new();
    place->options.sync_delay_ms = 600000;
    cr_assert_eq(start(place), 0);
    uint64_t position = append(place, 0, false);
    journal_submit(place->journal);
    append(place, 1, true);
    journal_submit(place->journal);
    cr_assert(wait_durable(place, position));
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, closing_writes_what_was_not_submitted)
{
    struct place *place = place_new();
    place->options.sync_delay_ms = 600000;
    cr_assert_eq(start(place), 0);
    append(place, 0, false);
    append(place, 1, true);
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(start(place), 0);
    cr_assert_eq(place->report.records, 2);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, is_full_while_the_disk_is_behind)
{
    struct place *place = place_new();
    place->options.staging_limit = 1 << 20;
    place->options.threadless = true;
    uint64_t number = 0;
    cr_assert_eq(start(place), 0);
    while (!journal_full(place->journal)) {
        append(place, number++, true);
    }
    cr_assert(number > (1 << 20) / 32 - 32 && number <= (1 << 20) / 32);
    cr_assert_eq(journal_flush(place->journal), 0);
    cr_assert_not(journal_full(place->journal));
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, reads_what_is_written_and_says_what_is_not)
{
    struct place *place = place_new();
    struct bytes bytes = {0};
    struct record record;
    place->options.threadless = true;
    cr_assert_eq(start(place), 0);
    uint64_t position = append(place, 4711, true);
    cr_assert_eq(journal_read(place->journal, position, &bytes, &record), -EAGAIN);
    cr_assert_eq(journal_flush(place->journal), 0);
    cr_assert_eq(journal_read(place->journal, position, &bytes, &record), 0);
    cr_assert_eq(wire_load_u64(record.payload.ptr), 4711);
    cr_assert_eq(journal_read(place->journal, position + 16, &bytes, &record), -EUCLEAN);
    cr_assert_eq(journal_read(place->journal, 1 << 30, &bytes, &record), -ENOENT);
    cr_assert_eq(journal_close(place->journal), 0);
    bytes_finish(&bytes);
    place_free(place);
}

Test(journal_thread, a_second_one_on_the_same_directory_is_told_who_has_it)
{
    struct place *place = place_new();
    struct journal *second;
    cr_assert_eq(start(place), 0);
    cr_assert_eq(journal_open(&second, &place->options, &place->fault), -EWOULDBLOCK);
    cr_assert_str_eq(place->fault.detail, "held by the test");
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(start(place), 0);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, segments_without_live_records_go_and_are_recycled)
{
    struct place *place = place_new();
    place->options.threadless = true;
    place->options.segment_size = 8192;
    cr_assert_eq(start(place), 0);
    uint64_t positions[4000];
    size_t count;
    for (uint64_t i = 0; i < 4000; i++) {
        positions[i] = append(place, i, true);
        journal_live(place->journal, positions[i], 1, 8);
        if (i % 50 == 0) {
            cr_assert_eq(journal_flush(place->journal), 0);
        }
    }
    cr_assert_eq(journal_flush(place->journal), 0);
    uint64_t durable = journal_progress(place->journal).durable;
    journal_segments(place->journal, &count);
    cr_assert_gt(count, 10);
    cr_assert_eq(journal_retire(place->journal, durable), 0);
    for (uint64_t i = 0; i < 3990; i++) {
        journal_live(place->journal, positions[i], -1, -8);
    }
    cr_assert_eq(journal_retire(place->journal, positions[0]), 0);
    size_t gone = journal_retire(place->journal, durable);
    cr_assert_eq(journal_flush(place->journal), 0);
    cr_assert_geq(gone, count - 2);
    struct bytes bytes = {0};
    struct record record;
    cr_assert_eq(journal_read(place->journal, positions[0], &bytes, &record), -ENOENT);
    cr_assert_eq(journal_read(place->journal, positions[3995], &bytes, &record), 0);
    bytes_finish(&bytes);
    char command[160];
    snprintf(
        command, sizeof command,
        "cd %s/journal && test $(ls | grep -c spare) -eq 4 && test $(ls | grep -c seg) -eq %zu",
        place->dir, count - gone);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}
