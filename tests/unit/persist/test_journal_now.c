#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/persist/place.h"

enum { LONG_MS = 60000, ALWAYS_US = 1000000000 };

/* However slow it is. */
static struct place *place_quick(void)
{
    struct place *place = place_new();
    place->options.quick_us = ALWAYS_US;
    return place;
}

static bool is_durable(struct place *place, uint64_t position)
{
    return journal_progress(place->journal).durable >= position;
}

/* Writes on this thread. The other one may not have gone to sleep yet, and may be quicker. */
static bool write_now(struct place *place, uint64_t position)
{
    for (int ms = 0; ms < LONG_MS; ms++) {
        if (journal_write_now(place->journal) || is_durable(place, position) ||
            journal_progress(place->journal).fault.error != 0) {
            return true;
        }
        usleep(1000);
    }
    return false;
}

Test(journal_now, what_is_written_now_is_durable_at_once_and_comes_back)
{
    struct place *place = place_quick();
    uint64_t number = 0;
    cr_assert_eq(place_start(place), 0);
    for (; number < 2000; number++) { // several segments
        uint64_t position = place_append(place, number, true);
        cr_assert(write_now(place, position));
        cr_assert(is_durable(place, position));
    }
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(place->expected, number);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_now, both_threads_may_take_turns)
{
    struct place *place = place_quick();
    uint64_t number = 0, position = 0;
    cr_assert_eq(place_start(place), 0);
    srand(1);
    for (int tick = 0; tick < 3000; tick++) {
        for (int count = rand() % 20; count > 0; count--) {
            position = place_append(place, number++, rand() % 2 > 0);
        }
        if (rand() % 2 > 0 || !journal_write_now(place->journal)) {
            journal_submit(place->journal);
        }
        journal_progress(place->journal);
    }
    position = place_append(place, number++, true);
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, position));
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(place->expected, number);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_now, nothing_is_written_if_it_is_much_or_wants_no_sync)
{
    struct place *place = place_quick();
    place->options.segment_size = 8 << 20;
    place->options.sync_delay_ms = 600000;
    cr_assert_eq(place_start(place), 0);
    uint64_t position = place_append(place, 0, true);
    cr_assert(write_now(place, position)); // the other thread sleeps from now on
    cr_assert_not(journal_write_now(place->journal), "there is nothing");
    place_append(place, 1, false);
    cr_assert_not(journal_write_now(place->journal));
    for (uint64_t number = 2; number < 10000; number++) {
        position = place_append(place, number, true);
    }
    cr_assert_not(journal_write_now(place->journal));
    cr_assert_not(is_durable(place, position));
    journal_submit(place->journal);
    cr_assert(place_wait_durable(place, position));
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_now, a_slow_disk_is_left_to_the_other_thread)
{
    struct place *place = place_quick();
    uint64_t number = 0;
    place->options.quick_us = 1000;
    cr_assert_eq(place_start(place), 0);
    atomic_store(&place->sync_us, 5000);
    while (number < 100) {
        uint64_t position = place_append(place, number++, true);
        if (!journal_write_now(place->journal)) {
            journal_submit(place->journal);
            cr_assert(place_wait_durable(place, position));
        }
        usleep(1000); // it goes to sleep
    }
    place_append(place, number++, true);
    cr_assert_not(journal_write_now(place->journal));
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_now, without_syncs_there_is_nothing_to_wait_for)
{
    struct place *place = place_quick();
    place->options.no_sync = true;
    cr_assert_eq(place_start(place), 0);
    place_append(place, 0, true);
    usleep(10000); // the other thread sleeps
    cr_assert_not(journal_write_now(place->journal));
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

Test(journal_now, a_failed_sync_is_the_end_as_well)
{
    struct place *place = place_quick();
    cr_assert_eq(place_start(place), 0);
    uint64_t durable = place_append(place, 0, true);
    cr_assert(write_now(place, durable));
    durable = journal_progress(place->journal).durable;
    atomic_store(&place->sync_fails, 1);
    cr_assert(write_now(place, place_append(place, 1, true)));
    struct journal_progress progress = journal_progress(place->journal);
    cr_expect_eq(progress.fault.error, -EIO);
    cr_expect_eq(progress.durable, durable);
    int syncs = atomic_load(&place->syncs);
    usleep(20000); // the other thread has been woken
    cr_expect_eq(place_append(place, 2, true), 0);
    cr_assert_eq(journal_close(place->journal), -EIO);
    cr_expect_eq(atomic_load(&place->syncs), syncs, "nobody tries again");
    place_free(place);
}

Test(journal_now, a_full_disk_is_left_to_the_other_thread)
{
    struct place *place = place_quick();
    uint64_t number = 0, position = 0;
    cr_assert_eq(place_start(place), 0);
    atomic_store(&place->full, true);
    do { // until there is no segment left to write to
        position = place_append(place, number++, true);
    } while (write_now(place, position) && is_durable(place, position));
    cr_expect_eq(journal_progress(place->journal).fault.error, 0);
    cr_expect_not(journal_write_now(place->journal));
    atomic_store(&place->full, false);
    cr_assert(place_wait_durable(place, position));
    cr_assert_eq(journal_close(place->journal), 0);
    cr_assert_eq(place_start(place), 0);
    cr_assert_eq(place->expected, number);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}

/* The first octets of a file cost more than later ones, and they are paid for in advance. */
Test(journal_now, a_new_segment_is_filled_ahead_once)
{
    enum { RECORDS = 100, RECORD = 100 };
    struct place *place = place_quick();
    place->options.segment_size = 1 << 20;
    cr_assert_eq(place_start(place), 0);
    cr_assert(write_now(place, place_append(place, 0, true)));
    uint64_t written = atomic_load(&place->written);
    cr_expect_gt(written, 64 << 10);
    for (uint64_t number = 1; number < RECORDS; number++) {
        cr_assert(write_now(place, place_append(place, number, true)));
    }
    cr_expect_lt(atomic_load(&place->written) - written, RECORDS * RECORD);
    cr_assert_eq(journal_close(place->journal), 0);
    place_free(place);
}
