#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/list.h"
#include "base/memory.h"
#include "persist/checkpoint.h"
#include "persist/view.h"
#include "tests/unit/persist/fake_disk.h"

enum { BLOCKS = 300, BLOCK_MAX = 100000, RUN_MAX = 256 << 10 };

/* A disk that knows how much was read and written at once, and can be slow or broken. */
struct probe {
    struct disk disk, real;
    atomic_size_t read_max, write_max;
    atomic_int writes;
    atomic_int writes_fail; // this one and all after it fail; 0: none does
    atomic_bool blocked;    // writes wait
};

static int64_t on_pread(struct disk *disk, int fd, void *into, size_t len, uint64_t offset)
{
    struct probe *probe = container_of(disk, struct probe, disk);
    if (len > probe->read_max) {
        probe->read_max = len;
    }
    return probe->real.pread(&probe->real, fd, into, len, offset);
}

static int64_t on_pwrite(struct disk *disk, int fd, const void *from, size_t len, uint64_t offset)
{
    struct probe *probe = container_of(disk, struct probe, disk);
    int number = atomic_fetch_add(&probe->writes, 1) + 1, fails = probe->writes_fail;
    while (atomic_load(&probe->blocked)) {
        poll(NULL, 0, 1);
    }
    if (len > probe->write_max) {
        probe->write_max = len;
    }
    return fails && number >= fails ? -EIO
                                    : probe->real.pwrite(&probe->real, fd, from, len, offset);
}

/* A probe in a directory of its own on the real disk. */
struct place {
    struct probe probe;
    char dir[64];
    struct bell bell;
};

static struct place *place_new(void)
{
    struct place *place = memory_new(sizeof *place);
    snprintf(place->dir, sizeof place->dir, "/tmp/leveret-checkpoint-XXXXXX");
    cr_assert_not_null(mkdtemp(place->dir));
    disk_init(&place->probe.real);
    place->probe.disk = place->probe.real;
    place->probe.disk.pread = on_pread;
    place->probe.disk.pwrite = on_pwrite;
    cr_assert_eq(bell_open(&place->bell), 0);
    return place;
}

static void place_free(struct place *place)
{
    char command[96];
    snprintf(command, sizeof command, "rm -r '%s'", place->dir);
    cr_assert_eq(system(command), 0);
    bell_close(&place->bell);
    free(place);
}

static struct checkpoint *begin(struct place *place, uint64_t position)
{
    struct checkpoint_options options = {
        .disk = &place->probe.disk,
        .dir = place->dir,
        .position = position,
        .bell = &place->bell,
    };
    struct checkpoint *checkpoint;
    struct fault fault;
    cr_assert_eq(checkpoint_begin(&checkpoint, &options, &fault), 0);
    return checkpoint;
}

/* Waits as the loop does. */
static void wait_for_news(struct place *place)
{
    struct pollfd poll_for = {.fd = place->bell.fd, .events = POLLIN};
    cr_assert_eq(poll(&poll_for, 1, 60000), 1);
    bell_hear(&place->bell);
}

static size_t block_of(uint64_t number, uint8_t *payload)
{
    uint64_t seed = number;
    size_t len = fake_random(&seed) % BLOCK_MAX;
    len = number == BLOCKS / 2 ? (size_t)5 << 20 : len;
    memset(payload, (int)(number * 7), len);
    return len;
}

static void add_all(struct place *place, struct checkpoint *checkpoint)
{
    uint8_t *payload = memory_new(6 << 20);
    struct fault fault;
    for (uint64_t number = 0; number < BLOCKS; number++) {
        struct slice piece = {payload, block_of(number, payload)};
        checkpoint_add(checkpoint, (uint8_t)(number % 200), &piece, 1);
        while (checkpoint_full(checkpoint)) {
            wait_for_news(place);
        }
        cr_assert_geq(checkpoint_poll(checkpoint, &fault), 0);
    }
    free(payload);
}

static int wait_for_end(struct place *place, struct checkpoint *checkpoint, struct fault *fault)
{
    int state;
    while ((state = checkpoint_poll(checkpoint, fault)) == 0) {
        wait_for_news(place);
    }
    return state;
}

static int on_block(void *arg, uint8_t type, struct slice payload)
{
    static uint8_t expected[6 << 20];
    uint64_t *number = arg;
    struct slice block = {expected, block_of(*number, expected)};
    cr_assert(slice_eq(payload, block), "block %lu", *number);
    cr_assert_eq(type, *number % 200);
    (*number)++;
    return 0;
}

static uint64_t read_all(struct place *place, struct checkpoint_report *report)
{
    uint64_t number = 0;
    struct fault fault;
    struct checkpoint_reading reading = {
        .disk = &place->probe.disk, .dir = place->dir, .apply = on_block, .arg = &number};
    cr_assert_geq(checkpoint_read(&reading, report, &fault), 0);
    return number;
}

Test(checkpoint_large, is_written_by_a_thread_in_runs_and_read_in_stretches)
{
    struct place *place = place_new();
    struct checkpoint *checkpoint = begin(place, 4712);
    struct checkpoint_report report;
    struct fault fault;
    add_all(place, checkpoint);
    cr_assert_eq(checkpoint_poll(checkpoint, &fault), 0);
    checkpoint_finish(checkpoint);
    cr_assert_eq(wait_for_end(place, checkpoint, &fault), 1);
    checkpoint_free(checkpoint);
    cr_assert_eq(read_all(place, &report), BLOCKS);
    cr_assert(report.position == 4712 && report.blocks == BLOCKS);
    cr_assert_gt(report.size, (uint64_t)15 << 20);
    cr_assert_leq(place->probe.write_max, RUN_MAX);
    cr_assert_leq(place->probe.read_max, (5 << 20) + 64, "no more than the largest block");
    place_free(place);
}

Test(checkpoint_large, is_full_while_the_disk_is_behind_and_the_caller_does_not_wait)
{
    struct place *place = place_new();
    struct checkpoint *checkpoint = begin(place, 8);
    struct fault fault;
    uint8_t *payload = memory_new(64 << 10);
    size_t count = 0;
    atomic_store(&place->probe.blocked, true);
    while (!checkpoint_full(checkpoint)) {
        checkpoint_add(checkpoint, 1, &(struct slice){payload, 64 << 10}, 1);
        cr_assert_lt(count++, 100);
    }
    cr_assert_geq(count, 16);
    cr_assert_eq(checkpoint_poll(checkpoint, &fault), 0);
    atomic_store(&place->probe.blocked, false);
    while (checkpoint_full(checkpoint)) {
        wait_for_news(place);
    }
    checkpoint_finish(checkpoint);
    cr_assert_eq(wait_for_end(place, checkpoint, &fault), 1);
    checkpoint_free(checkpoint);
    free(payload);
    place_free(place);
}

Test(checkpoint_large, a_failure_is_posted_and_the_older_one_counts)
{
    struct place *place = place_new();
    struct checkpoint_report report;
    struct fault fault;
    struct checkpoint *checkpoint = begin(place, 8);
    add_all(place, checkpoint);
    checkpoint_finish(checkpoint);
    cr_assert_eq(wait_for_end(place, checkpoint, &fault), 1);
    checkpoint_free(checkpoint);
    checkpoint = begin(place, 16);
    atomic_store(&place->probe.writes_fail, atomic_load(&place->probe.writes) + 1);
    checkpoint_finish(checkpoint);
    cr_assert_eq(wait_for_end(place, checkpoint, &fault), -EIO);
    cr_assert_str_eq(fault.doing, "write");
    checkpoint_free(checkpoint);
    cr_assert_eq(read_all(place, &report), BLOCKS);
    cr_assert_eq(report.position, 8);
    place_free(place);
}

Test(checkpoint_large, an_abandoned_one_is_gone_whatever_its_thread_does)
{
    for (int finish = 0; finish < 2; finish++) {
        struct place *place = place_new();
        struct checkpoint_report report;
        struct checkpoint *checkpoint = begin(place, 8);
        add_all(place, checkpoint);
        if (finish) {
            checkpoint_finish(checkpoint);
        }
        checkpoint_free(checkpoint);
        uint64_t blocks = read_all(place, &report);
        cr_assert(blocks == 0 || (finish && blocks == BLOCKS));
        char command[128];
        snprintf(command, sizeof command, "test ! -e %s/checkpoint/checkpoint.tmp", place->dir);
        cr_assert_eq(system(command), 0);
        place_free(place);
    }
}

/* The length in a block's header is not believed before its checksum is. */
Test(checkpoint_large, a_block_that_claims_to_be_most_of_the_file_is_not_loaded)
{
    struct place *place = place_new();
    struct checkpoint *checkpoint = begin(place, 8);
    struct checkpoint_report report;
    struct fault fault;
    uint64_t number = 0;
    char path[128];
    add_all(place, checkpoint);
    checkpoint_finish(checkpoint);
    cr_assert_eq(wait_for_end(place, checkpoint, &fault), 1);
    checkpoint_free(checkpoint);
    snprintf(path, sizeof path, "%s/checkpoint/0000000000000008.ckpt", place->dir);
    int fd = place->probe.real.open(&place->probe.real, path, O_RDWR);
    cr_assert_eq(disk_write(&place->probe.real, fd, SLICE("\x01\x10"), CHECKPOINT_HEADER + 4), 0);
    close(fd);
    struct checkpoint_reading reading = {
        .disk = &place->probe.disk, .dir = place->dir, .apply = on_block, .arg = &number};
    place->probe.read_max = 0;
    cr_assert_eq(checkpoint_read(&reading, &report, &fault), -EUCLEAN);
    cr_assert_eq(fault.offset, CHECKPOINT_HEADER);
    cr_assert_gt(report.size, (uint64_t)0x01100000);
    cr_assert_leq(place->probe.read_max, (5 << 20) + 64);
    place_free(place);
}

static int write_large(struct fake_disk *fake, uint64_t position, uint8_t fill)
{
    struct checkpoint_options options = {
        .disk = &fake->disk, .dir = "/data", .position = position, .threadless = true};
    struct checkpoint *checkpoint;
    struct fault fault;
    enum { SIZE = 700 << 10 };
    uint8_t *payload = memory_raw(SIZE);
    memset(payload, fill, SIZE);
    cr_assert_eq(checkpoint_begin(&checkpoint, &options, &fault), 0);
    for (int i = 0; i < 14; i++) {
        checkpoint_add(checkpoint, fill, &(struct slice){payload, SIZE}, 1);
    }
    checkpoint_finish(checkpoint);
    int rc = checkpoint_poll(checkpoint, &fault);
    checkpoint_free(checkpoint);
    free(payload);
    return rc;
}

static int on_filled(void *arg, uint8_t type, struct slice payload)
{
    size_t *count = arg;
    cr_assert(payload.ptr[0] == type && payload.ptr[payload.len - 1] == type);
    *count += 1;
    return 0;
}

/* At every stage: the calls of a checkpoint that is written in some forty runs and syncs. */
Test(checkpoint_large, power_may_fail_at_any_call, .timeout = 120)
{
    bool through = false;
    for (uint64_t at = 1; !through; at++) {
        struct fake_disk fake;
        struct checkpoint_report report;
        struct fault fault;
        size_t count = 0;
        struct checkpoint_reading reading = {
            .disk = &fake.disk, .dir = "/data", .apply = on_filled, .arg = &count};
        fake_disk_init(&fake);
        fake.disk.mkdir(&fake.disk, "/data");
        fake.disk.sync_directory(&fake.disk, "");
        fake.off_at = fake.calls + at;
        bool written = write_large(&fake, 0x200, 9) == 1;
        through = fake.calls < fake.off_at;
        fake_disk_restart(&fake, at);
        int rc = checkpoint_read(&reading, &report, &fault);
        cr_assert(rc == 1 || (rc == 0 && !written), "call %lu: %d", at, rc);
        cr_assert_eq(count, rc == 1 ? 14 : 0);
        fake_disk_finish(&fake);
    }
}
