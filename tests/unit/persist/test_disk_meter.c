#include "persist/disk_meter.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>

#include "tests/unit/persist/fake_disk.h"

Test(disk_meter, counts_what_is_read_written_and_synced)
{
    struct fake_disk fake;
    struct disk_meter meter;
    uint8_t octets[8];
    fake_disk_init(&fake);
    disk_meter_init(&meter, &fake.disk);
    struct disk *disk = &meter.disk;
    cr_assert_eq(disk->mkdir(disk, "dir"), 0);
    int fd = disk->open(disk, "dir/file", O_RDWR | O_CREAT);
    cr_assert_geq(fd, 0);
    cr_assert_eq(disk_write(disk, fd, SLICE("12345678"), 0), 0);
    cr_assert_eq(disk_write(disk, fd, SLICE("abc"), 8), 0);
    cr_assert_eq(disk->fdatasync(disk, fd), 0);
    cr_assert_eq(disk_read(disk, fd, octets, 5, 1), 0);
    cr_expect_arr_eq(octets, "23456", 5);
    cr_expect_eq(disk->size(disk, fd), 11);
    struct disk_usage usage = disk_meter_usage(&meter);
    cr_expect_eq(usage.opens.count, 1);
    cr_expect_eq(usage.writes.count, 2);
    cr_expect_eq(usage.writes.octets, 11);
    cr_expect_eq(usage.syncs.count, 1);
    cr_expect_eq(usage.reads.count, 1);
    cr_expect_eq(usage.reads.octets, 5);
    cr_expect_gt(usage.writes.ns + usage.syncs.ns + usage.reads.ns, 0);
    disk->close(disk, fd);
    fake_disk_finish(&fake);
}

Test(disk_meter, counts_an_attempt_that_fails_but_no_octets)
{
    struct fake_disk fake;
    struct disk_meter meter;
    fake_disk_init(&fake);
    disk_meter_init(&meter, &fake.disk);
    struct disk *disk = &meter.disk;
    cr_expect_lt(disk->open(disk, "nowhere/file", O_RDWR), 0);
    cr_assert_eq(disk->mkdir(disk, "dir"), 0);
    int fd = disk->open(disk, "dir/file", O_RDWR | O_CREAT);
    fake.fail_at = fake.calls + 1;
    fake.fail_error = -EIO;
    cr_expect_eq(disk->pwrite(disk, fd, "x", 1, 0), -EIO);
    disk->close(disk, fd);
    struct disk_usage usage = disk_meter_usage(&meter);
    cr_expect_eq(usage.opens.count, 2);
    cr_expect_eq(usage.writes.count, 1);
    cr_expect_eq(usage.writes.octets, 0);
    fake_disk_finish(&fake);
}
