#define _GNU_SOURCE
#include "persist/disk.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "persist/lock.h"
#include "tests/unit/persist/fake_disk.h"

static void count_names(void *arg, const char *name)
{
    (void)name;
    ++*(int *)arg;
}

static void path_in(char *path, const char *dir, const char *name)
{
    cr_assert_eq(disk_path(path, dir, name), 0);
}

/* The real disk and the fake one must agree, or tests with the fake one prove nothing. */
static void check_disk(struct disk *disk, const char *dir)
{
    char path[DISK_PATH_MAX], other[DISK_PATH_MAX], folder[DISK_PATH_MAX];
    uint8_t bytes[8];
    int names = 0;
    path_in(path, dir, "file");
    path_in(other, dir, "other");
    path_in(folder, dir, "folder");
    cr_assert_eq(disk->open(disk, path, O_RDWR), -ENOENT);
    int fd = disk->open(disk, path, O_RDWR | O_CREAT);
    cr_assert_geq(fd, 0);
    cr_assert_eq(disk->fallocate(disk, fd, 4096), 0);
    cr_assert_eq(disk->size(disk, fd), 4096);
    cr_assert_eq(disk_write(disk, fd, SLICE("abcdefgh"), 4092), 0);
    cr_assert_eq(disk->size(disk, fd), 4100);
    cr_assert_eq(disk_read(disk, fd, bytes, 8, 4092), 0);
    cr_assert_arr_eq(bytes, "abcdefgh", 8);
    cr_assert_eq(disk_read(disk, fd, bytes, 8, 4093), -EIO);
    cr_assert_eq(disk->ftruncate(disk, fd, 100), 0);
    cr_assert_eq(disk->pread(disk, fd, bytes, 8, 96), 4);
    cr_assert_eq(disk->pread(disk, fd, bytes, 8, 100), 0);
    cr_assert_eq(disk->fdatasync(disk, fd), 0);
    cr_assert_eq(disk->lock(disk, fd), 0);
    int second = disk->open(disk, path, O_RDONLY);
    cr_assert_eq(disk->lock(disk, second), -EWOULDBLOCK);
    disk->close(disk, fd);
    cr_assert_eq(disk->lock(disk, second), 0);
    disk->close(disk, second);
    cr_assert_eq(disk->mkdir(disk, folder), 0);
    cr_assert_eq(disk->mkdir(disk, folder), -EEXIST);
    cr_assert_eq(disk_make_directory(disk, dir, folder), 0);
    cr_assert_eq(disk->list(disk, dir, count_names, &names), 0);
    cr_assert_eq(names, 2);
    cr_assert_eq(disk->rename(disk, path, other), 0);
    cr_assert_eq(disk->unlink(disk, path), -ENOENT);
    cr_assert_eq(disk->unlink(disk, other), 0);
    cr_assert_eq(disk->list(disk, other, count_names, &names), -ENOENT);
    cr_assert_eq(disk->sync_directory(disk, dir), 0);
}

Test(disk, the_real_one_does_what_it_says)
{
    char dir[] = "/tmp/leveret-disk-XXXXXX", command[64];
    struct disk disk;
    cr_assert_not_null(mkdtemp(dir));
    disk_init(&disk);
    check_disk(&disk, dir);
    cr_assert_gt(disk.free_space(&disk, dir), 0);
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    cr_assert_eq(system(command), 0);
}

Test(disk, the_fake_one_does_the_same)
{
    struct fake_disk fake;
    fake_disk_init(&fake);
    fake.disk.mkdir(&fake.disk, "/d");
    check_disk(&fake.disk, "/d");
    fake_disk_finish(&fake);
}

Test(disk, a_short_write_is_an_error)
{
    struct fake_disk fake;
    fake_disk_init(&fake);
    int fd = fake.disk.open(&fake.disk, "/file", O_RDWR | O_CREAT);
    fake.short_at = fake.calls + 1;
    cr_assert_eq(disk_write(&fake.disk, fd, SLICE("abcdefgh"), 0), -EIO);
    fake_disk_finish(&fake);
}

Test(disk, a_path_that_is_too_long_is_refused)
{
    char path[DISK_PATH_MAX], dir[DISK_PATH_MAX];
    memset(dir, 'd', sizeof dir);
    dir[DISK_PATH_MAX - 1] = '\0';
    cr_assert_eq(disk_path(path, dir, "x"), -ENAMETOOLONG);
    dir[DISK_PATH_MAX - 3] = '\0';
    cr_assert_eq(disk_path(path, dir, "x"), 0);
    cr_assert_eq(disk_path(path, dir, "xy"), -ENAMETOOLONG);
}

Test(lock, names_the_holder)
{
    struct fake_disk fake;
    struct fault fault = {0};
    fake_disk_init(&fake);
    fake.disk.mkdir(&fake.disk, "/d");
    int fd = lock_take(&fake.disk, "/d", "leveret, process 4711", &fault);
    cr_assert_geq(fd, 0);
    cr_assert_eq(lock_take(&fake.disk, "/d", "another", &fault), -EWOULDBLOCK);
    cr_assert_str_eq(fault.detail, "held by leveret, process 4711");
    struct text text;
    fault_text(&fault, &text);
    cr_assert_str_eq(text.ptr, "lock of /d/lock at offset 0: Resource temporarily unavailable "
                               "(11), held by leveret, process 4711");
    fake.disk.close(&fake.disk, fd);
    fd = lock_take(&fake.disk, "/d", "p", &fault);
    cr_assert_geq(fd, 0);
    cr_assert_eq(lock_take(&fake.disk, "/d", "another", &fault), -EWOULDBLOCK);
    cr_assert_str_eq(fault.detail, "held by p");
    fake_disk_finish(&fake);
}
