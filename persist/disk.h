#ifndef PERSIST_DISK_H
#define PERSIST_DISK_H

#include "base/slice.h"

/* The file functions that this folder uses, as a table, so that tests and the simulator can put
 * their own disk underneath. Whoever implements it embeds the struct and finds itself from the
 * pointer that every function gets.
 *
 * Every function returns a negative errno when it fails. A name is durable once its directory has
 * been synced, contents once the file has; nothing else may be relied on. */
struct disk;

enum { DISK_PATH_MAX = 1024 };

/* One name in a directory; without "." and "..", in no order. */
typedef void (*disk_entry)(void *arg, const char *name);

struct disk {
    int (*open)(struct disk *disk, const char *path, int flags); // flags as of open(2); mode 0640
    int (*close)(struct disk *disk, int fd);
    int64_t (*pread)(struct disk *disk, int fd, void *into, size_t len, uint64_t offset);
    int64_t (*pwrite)(struct disk *disk, int fd, const void *from, size_t len, uint64_t offset);
    int (*fdatasync)(struct disk *disk, int fd);
    int (*fallocate)(struct disk *disk, int fd, uint64_t size); // the file has this size then
    int (*ftruncate)(struct disk *disk, int fd, uint64_t size);
    int64_t (*size)(struct disk *disk, int fd);
    int (*lock)(struct disk *disk, int fd); // -EWOULDBLOCK: another one holds it
    int (*rename)(struct disk *disk, const char *from, const char *to);
    int (*unlink)(struct disk *disk, const char *path);
    int (*mkdir)(struct disk *disk, const char *path);
    int (*list)(struct disk *disk, const char *path, disk_entry entry, void *arg);
    int (*sync_directory)(struct disk *disk, const char *path);
    int64_t (*free_space)(struct disk *disk, const char *path); // for this process, in octets
};

/* The operating system's disk. */
void disk_init(struct disk *disk);

/* Both do all of it or fail; a short result is -EIO. */
int disk_write(struct disk *disk, int fd, struct slice from, uint64_t offset);
int disk_read(struct disk *disk, int fd, uint8_t *into, size_t len, uint64_t offset);

/* mkdir that is content with one that exists, and makes the name durable in `parent`. */
int disk_make_directory(struct disk *disk, const char *parent, const char *path);

/* "dir/name" into path, which has DISK_PATH_MAX octets. -ENAMETOOLONG if that is too few. */
int disk_path(char *path, const char *dir, const char *name);

#endif
