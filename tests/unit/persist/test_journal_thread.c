#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/list.h"
#include "base/memory.h"
#include "base/wire.h"
#include "tests/unit/persist/place.h"

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
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(place->report.records, 0);
    for (int tick = 0; tick < 200; tick++) {
        for (int i = 0; i < 100; i++) {
            position = place_append(place, number++, true);
            cr_assert_gt(position, last);
            last = position;
        }
        journal_submit(place->journal);
    }
    cr_assert(place_wait_durable(place, position));
    cr_assert_eq(journal_close(place->journal), 0);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(place_start(place), 0);
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
    cr_assert_eq(place_start(place), 0);
    double before = seconds_now();
    uint64_t position = place_append(place, 0, false);
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, position));
    cr_assert_geq(seconds_now() - before, 0.19);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, a_record_that_wants_no_sync_rides_along_with_one_that_does)
{
    struct place *place = place_new();
    place->options.sync_delay_ms = 600000;
    cr_assert_eq(place_start(place), 0);
    uint64_t position = place_append(place, 0, false);
    journal_submit(place->journal);
    place_append(place, 1, true);
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, position));
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, a_failed_sync_is_posted_and_ends_it)
{
    struct place *place = place_new();
    cr_assert_eq(place_start(place), 0);
    uint64_t durable = place_append(place, 0, true);
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, durable));
    durable = journal_progress(place->journal).durable;
    atomic_store(&place->sync_fails, 1);
    place_append(place, 1, true);
    journal_submit(place->journal);
    struct pollfd poll_for = {.fd = journal_event_fd(place->journal), .events = POLLIN};
    while (journal_progress(place->journal).fault.error == 0) {
        cr_assert_eq(poll(&poll_for, 1, 60000), 1);
    }
    struct journal_progress progress = journal_progress(place->journal);
    cr_assert_eq(progress.fault.error, -EIO);
    cr_assert_str_eq(progress.fault.doing, "sync");
    cr_assert_eq(progress.durable, durable);
    int syncs = atomic_load(&place->syncs);
    cr_assert_eq(place_append(place, 2, true), 0);
    cr_assert_eq(journal_close(place->journal), -EIO);
    cr_assert_eq(atomic_load(&place->syncs), syncs);
    place_free(place);
}

Test(journal_thread, a_full_disk_is_an_alarm_that_ends)
{
    struct place *place = place_new();
    uint64_t number = 0, position = 0;
    cr_assert_eq(place_start(place), 0);
    atomic_store(&place->full, true);
    for (; number < 10000; number++) { // more than the spares hold
        position = place_append(place, number, true);
    }
    journal_submit(place->journal);
    struct pollfd poll_for = {.fd = journal_event_fd(place->journal), .events = POLLIN};
    while (journal_progress(place->journal).alarm == 0) {
        cr_assert_eq(poll(&poll_for, 1, 60000), 1);
    }
    struct journal_progress progress = journal_progress(place->journal);
    cr_assert(progress.durable < position && progress.fault.error == 0);
    cr_assert_eq(progress.alarm, -ENOSPC);
    atomic_store(&place->full, false);
    cr_assert(place_wait_durable(place, position));
    while (journal_progress(place->journal).alarm != 0) {
        cr_assert_eq(poll(&poll_for, 1, 60000), 1);
    }
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(place->expected, number);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

/* Whoever heeds the alarm appends nothing that could remind the writer of it. */
Test(journal_thread, an_alarm_ends_although_nobody_appends)
{
    struct place *place = place_new();
    struct pollfd poll_for = {.events = POLLIN};
    cr_assert_eq(place_start(place), 0);
    atomic_store(&place->full, true);
    poll_for.fd = journal_event_fd(place->journal);
    for (uint64_t number = 0; journal_progress(place->journal).alarm == 0; number++) {
        uint64_t position = place_append(place, number, true);
        journal_submit(place->journal);
        cr_assert(place_wait_durable(place, position)); // there are spares left
    }
    atomic_store(&place->full, false);
    while (journal_progress(place->journal).alarm != 0) {
        cr_assert_eq(poll(&poll_for, 1, 60000), 1);
    }
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, an_alarm_of_the_start_ends_as_well)
{
    struct place *place = place_new();
    atomic_store(&place->full, true);
    cr_assert_eq(place_start(place), 0);
    struct pollfd poll_for = {.fd = journal_event_fd(place->journal), .events = POLLIN};
    cr_assert_eq(journal_progress(place->journal).alarm, -ENOSPC);
    atomic_store(&place->full, false);
    while (journal_progress(place->journal).alarm != 0) {
        cr_assert_eq(poll(&poll_for, 1, 60000), 1);
    }
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, without_syncs_a_record_is_durable_when_it_is_written)
{
    struct place *place = place_new();
    place->options.no_sync = true;
    cr_assert_eq(place_start(place), 0);
    uint64_t position = place_append(place, 0, true); // makes the segment
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, position));
    journal_close(place->journal);
    cr_assert_eq(place_start(place), 0);
    position = place_append(place, 1, true);
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, position));
    int made = atomic_load(&place->syncs);
    for (uint64_t i = 2; i < 20; i++) {
        position = place_append(place, i, true);
        journal_submit(place->journal);
        cr_assert(place_wait_durable(place, position));
    }
    cr_assert_leq(atomic_load(&place->syncs), made + 2); // of a spare, perhaps
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(place->expected, 20);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, positions_start_where_a_new_store_is_told_to)
{
    struct place *place = place_new();
    place->options.first_position = (uint64_t)1 << 61;
    cr_assert_eq(place_start(place), 0);
    uint64_t first = place_append(place, 0, true);
    cr_assert_eq(first, ((uint64_t)1 << 61) + SEGMENT_HEADER);
    cr_assert_eq(journal_close(place->journal), 0);
    place->options.first_position = 0;
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(place->report.records, 1);
    cr_assert_gt(place_append(place, 1, true), first);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

static int on_reserve_nothing(struct disk *disk, int fd, uint64_t size)
{
    struct place *place = container_of(disk, struct place, disk);
    return place->real.ftruncate(disk, fd, size);
}

Test(journal_thread, segments_have_the_size_that_is_set_from_start_to_start)
{
    static const size_t sizes[] = {JOURNAL_SEGMENT_MIN, JOURNAL_SEGMENT_MAX, 0,
                                   JOURNAL_SEGMENT_MIN};
    struct place *place = place_new();
    uint64_t number = 0;
    size_t count;
    place->disk.fallocate = on_reserve_nothing;
    for (size_t i = 0; i < 4; i++) {
        place->options.segment_size = sizes[i];
        cr_assert_eq(place_start(place), 0);
        cr_assert_eq(place->expected, number);
        for (int k = 0; k < 100; k++) {
            place_append(place, number++, true);
        }
        const struct journal_segment *segments = journal_segments(place->journal, &count);
        cr_assert_eq(count, i + 1);
        cr_assert_eq(segments[i].size, sizes[i] ? sizes[i] : 32 << 20);
        cr_assert_eq(journal_close(place->journal), 0);
    }
    place_free(place);
}

Test(journal_thread, what_was_written_without_syncs_is_synced_when_that_is_asked_for)
{
    struct place *place = place_new();
    place->options.no_sync = true;
    cr_assert_eq(place_start(place), 0);
    uint64_t position = place_append(place, 0, true);
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, position));
    for (uint64_t i = 1; i < 20; i++) {
        int syncs = atomic_load(&place->syncs); // a sync that began before does not count
        if (i % 2) {                            // there is something to write; or there is not
            position = place_append(place, i, false);
        }
        bool behind = journal_progress(place->journal).synced < position;
        journal_sync(place->journal);
        struct pollfd poll_for = {.fd = journal_event_fd(place->journal), .events = POLLIN};
        while (journal_progress(place->journal).synced < position) {
            cr_assert_eq(poll(&poll_for, 1, 60000), 1);
        }
        cr_assert(!behind || atomic_load(&place->syncs) > syncs);
    }
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, a_record_that_wants_no_sync_is_synced_at_once_when_that_is_asked_for)
{
    struct place *place = place_new();
    place->options.sync_delay_ms = 600000;
    cr_assert_eq(place_start(place), 0);
    uint64_t position = place_append(place, 0, false);
    journal_submit(place->journal);
    journal_sync(place->journal);
    cr_assert(place_wait_durable(place, position));
    cr_assert_geq(journal_progress(place->journal).synced, position);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, closing_writes_what_was_not_submitted)
{
    struct place *place = place_new();
    place->options.sync_delay_ms = 600000;
    cr_assert_eq(place_start(place), 0);
    place_append(place, 0, false);
    place_append(place, 1, true);
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(place_start(place), 0);
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
    cr_assert_eq(place_start(place), 0);
    while (!journal_full(place->journal)) {
        place_append(place, number++, true);
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
    struct record record;
    place->options.threadless = true;
    cr_assert_eq(place_start(place), 0);
    uint64_t position = place_append(place, 4711, true);
    cr_assert_eq(journal_read(place->journal, position, &record), -EAGAIN);
    cr_assert_eq(journal_flush(place->journal), 0);
    cr_assert_eq(journal_read(place->journal, position, &record), 0);
    cr_assert_eq(wire_load_u64(record.payload.ptr), 4711);
    cr_assert_eq(journal_read(place->journal, position + 16, &record), -EUCLEAN);
    cr_assert_eq(journal_read(place->journal, 1 << 30, &record), -ENOENT);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_thread, a_second_one_on_the_same_directory_is_told_who_has_it)
{
    struct place *place = place_new();
    struct journal *second;
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(journal_open(&second, &place->options, &place->fault), -EWOULDBLOCK);
    cr_assert_str_eq(place->fault.detail, "held by the test");
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

/* Retires the segments that start before this position, as far as they may be. */
static size_t retire_before(struct journal *journal, uint64_t position, uint64_t checkpoint)
{
    size_t count, gone = 0;
    const struct journal_segment *segments = journal_segments(journal, &count);
    for (size_t i = 0; i < count && segments[i].first + segments[i].size <= position;) {
        if (journal_retire(journal, segments[i].first, checkpoint)) {
            segments = journal_segments(journal, &count);
            gone++;
        } else {
            i++;
        }
    }
    return gone;
}

Test(journal_thread, segments_without_live_records_go_and_are_recycled)
{
    struct place *place = place_new();
    place->options.threadless = true;
    place->options.segment_size = 8192;
    cr_assert_eq(place_start(place), 0);
    uint64_t positions[4000];
    size_t count;
    for (uint64_t i = 0; i < 4000; i++) {
        positions[i] = place_append(place, i, true);
        if (i % 50 == 0) {
            cr_assert_eq(journal_flush(place->journal), 0);
        }
    }
    cr_assert_eq(journal_flush(place->journal), 0);
    uint64_t durable = journal_progress(place->journal).durable;
    journal_segments(place->journal, &count);
    cr_assert_gt(count, 10);
    cr_assert_not(journal_retire(place->journal, 0, positions[0]), "the checkpoint needs it");
    cr_assert_not(journal_retire(place->journal, 8, durable), "there is no such segment");
    size_t gone = retire_before(place->journal, positions[3990], durable);
    cr_assert_eq(journal_flush(place->journal), 0);
    cr_assert_geq(gone, count - 2);
    cr_assert_eq(retire_before(place->journal, UINT64_MAX, durable), count - gone - 1,
                 "the newest stays");
    gone = count - 1;
    cr_assert_eq(journal_flush(place->journal), 0);
    struct record record;
    cr_assert_eq(journal_read(place->journal, positions[0], &record), -ENOENT);
    cr_assert_eq(journal_read(place->journal, positions[3999], &record), 0);
    char command[160];
    snprintf(
        command, sizeof command,
        "cd %s/journal && test $(ls | grep -c spare) -eq 4 && test $(ls | grep -c seg) -eq %zu",
        place->dir, count - gone);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}
