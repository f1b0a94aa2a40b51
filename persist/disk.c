#include "persist/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FILE_MODE = 0640, DIRECTORY_MODE = 0750 };

static int result(int rc)
{
    return rc < 0 ? -errno : rc;
}

static int real_open(struct disk *disk, const char *path, int flags)
{
    (void)disk;
    return result(open(path, flags | O_CLOEXEC, FILE_MODE));
}

static int real_close(struct disk *disk, int fd)
{
    (void)disk;
    return result(close(fd));
}

static int64_t real_pread(struct disk *disk, int fd, void *into, size_t len, uint64_t offset)
{
    (void)disk;
    ssize_t got = pread(fd, into, len, (off_t)offset);
    return got < 0 ? -errno : got;
}

static int64_t real_pwrite(struct disk *disk, int fd, const void *from, size_t len, uint64_t offset)
{
    (void)disk;
    ssize_t put = pwrite(fd, from, len, (off_t)offset);
    return put < 0 ? -errno : put;
}

static int real_fdatasync(struct disk *disk, int fd)
{
    (void)disk;
    return result(fdatasync(fd));
}

static int real_fallocate(struct disk *disk, int fd, uint64_t size)
{
    (void)disk;
    return result(fallocate(fd, 0, 0, (off_t)size));
}

static int real_ftruncate(struct disk *disk, int fd, uint64_t size)
{
    (void)disk;
    return result(ftruncate(fd, (off_t)size));
}

static int64_t real_size(struct disk *disk, int fd)
{
    (void)disk;
    struct stat status;
    return fstat(fd, &status) < 0 ? -errno : status.st_size;
}

static int real_lock(struct disk *disk, int fd)
{
    (void)disk;
    return result(flock(fd, LOCK_EX | LOCK_NB));
}

static int real_rename(struct disk *disk, const char *from, const char *to)
{
    (void)disk;
    return result(rename(from, to));
}

static int real_unlink(struct disk *disk, const char *path)
{
    (void)disk;
    return result(unlink(path));
}

static int real_mkdir(struct disk *disk, const char *path)
{
    (void)disk;
    return result(mkdir(path, DIRECTORY_MODE));
}

static int real_list(struct disk *disk, const char *path, disk_entry entry, void *arg)
{
    (void)disk;
    DIR *dir = opendir(path);
    if (!dir) {
        return -errno;
    }
    const struct dirent *found;
    while (errno = 0, (found = readdir(dir))) {
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0) {
            entry(arg, found->d_name);
        }
    }
    int rc = -errno;
    closedir(dir);
    return rc;
}

static int real_sync_directory(struct disk *disk, const char *path)
{
    (void)disk;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    int rc = result(fsync(fd));
    close(fd);
    return rc;
}

static int64_t real_free_space(struct disk *disk, const char *path)
{
    (void)disk;
    struct statvfs status;
    if (statvfs(path, &status) < 0) {
        return -errno;
    }
    return (int64_t)(status.f_bavail * status.f_frsize);
}

void disk_init(struct disk *disk)
{
    *disk = (struct disk){
        .open = real_open,
        .close = real_close,
        .pread = real_pread,
        .pwrite = real_pwrite,
        .fdatasync = real_fdatasync,
        .fallocate = real_fallocate,
        .ftruncate = real_ftruncate,
        .size = real_size,
        .lock = real_lock,
        .rename = real_rename,
        .unlink = real_unlink,
        .mkdir = real_mkdir,
        .list = real_list,
        .sync_directory = real_sync_directory,
        .free_space = real_free_space,
    };
}

int disk_write(struct disk *disk, int fd, struct slice from, uint64_t offset)
{
    int64_t put = disk->pwrite(disk, fd, from.ptr, from.len, offset);
    if (put < 0) {
        return (int)put;
    }
    return (size_t)put == from.len ? 0 : -EIO;
}

int disk_read(struct disk *disk, int fd, uint8_t *into, size_t len, uint64_t offset)
{
    while (len > 0) {
        int64_t got = disk->pread(disk, fd, into, len, offset);
        if (got <= 0) {
            return got < 0 ? (int)got : -EIO;
        }
        into += got;
        len -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

int disk_make_directory(struct disk *disk, const char *parent, const char *path)
{
    int rc = disk->mkdir(disk, path);
    if (rc < 0 && rc != -EEXIST) {
        return rc;
    }
    return disk->sync_directory(disk, parent);
}

int disk_path(char *path, const char *dir, const char *name)
{
    int len = snprintf(path, DISK_PATH_MAX, "%s/%s", dir, name);
    return len < 0 || len >= DISK_PATH_MAX ? -ENAMETOOLONG : 0;
}
