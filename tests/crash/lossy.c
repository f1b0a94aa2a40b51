/* A library to be preloaded into a broker: keeps a log of all that it does to the files of its data
 * directory, from which a power cut can be made (lossy_log.h), and makes a system call fail. It
 * goes to the kernel by itself, without the C library's functions of the same names. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/crash/lossy_log.h"

enum { FILES_MAX = 4096, PATH_ROOM = 1200 };

/* One for the process; a library has no main function to keep it in. */
static struct {
    pthread_mutex_t mutex; // over the log and every change, so that both have one order
    const char *directory; // NULL: nothing is watched
    const char *side;
    int log_fd;
    uint64_t log_size;
    uint64_t inodes[FILES_MAX]; // of open files below the directory, by descriptor; 0: another one
    uint64_t poisoned;          // a file whose sync failed
    const char *failing;        // LOSSY_FAIL
    unsigned long calls;        // of the one that is to fail
} lossy = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void die(const char *what)
{
    fprintf(stderr, "lossy: %s: %s\n", what, strerror(errno));
    abort();
}

/* Behind the last entry that is complete: a broker that was killed may have left half of one. */
static uint64_t end_of_log(uint64_t size)
{
    struct lossy_entry entry;
    uint64_t at = 0;
    while (syscall(SYS_pread64, lossy.log_fd, &entry, sizeof entry, at) == sizeof entry) {
        uint64_t next = at + sizeof entry + (entry.zeroes ? 0 : entry.payload_size);
        if (entry.magic != LOSSY_MAGIC || next > size) {
            break;
        }
        at = next;
    }
    return at;
}

static void start(void)
{
    char path[PATH_ROOM];
    lossy.directory = getenv(LOSSY_DIRECTORY);
    lossy.side = getenv(LOSSY_SIDE);
    lossy.failing = getenv(LOSSY_FAIL);
    if (!lossy.directory || !lossy.side) {
        lossy.directory = NULL;
        return;
    }
    snprintf(path, sizeof path, "%s/log", lossy.side);
    lossy.log_fd =
        (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat status;
    if (lossy.log_fd < 0 || fstat(lossy.log_fd, &status) < 0) {
        die(path);
    }
    lossy.log_size = end_of_log((uint64_t)status.st_size);
    if (syscall(SYS_ftruncate, lossy.log_fd, lossy.log_size) < 0) {
        die(path);
    }
}

static void lock(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    pthread_mutex_lock(&lossy.mutex);
}

static void unlock(void)
{
    int error = errno;
    pthread_mutex_unlock(&lossy.mutex);
    errno = error;
}

static bool watched_path(const char *path)
{
    size_t len = lossy.directory ? strlen(lossy.directory) : 0;
    return len > 0 && strncmp(path, lossy.directory, len) == 0 &&
           (path[len] == '/' || path[len] == '\0');
}

static uint64_t inode_of_fd(int fd)
{
    return fd >= 0 && fd < FILES_MAX ? lossy.inodes[fd] : 0;
}

/* True for the call that is to fail; says so in the broker's log. */
static bool fails(const char *call, int fd)
{
    size_t len = strlen(call);
    char link[64], path[PATH_ROOM];
    if (!lossy.failing || strncmp(lossy.failing, call, len) != 0 || lossy.failing[len] != ':' ||
        ++lossy.calls != strtoul(lossy.failing + len + 1, NULL, 10)) {
        return false;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t path_len = readlink(link, path, sizeof path - 1);
    fprintf(stderr, LOSSY_FAILS "%s of %.*s\n", call, (int)path_len, path_len < 0 ? "" : path);
    return true;
}

/* --- The log. --- */

static void put(struct lossy_entry *entry, const void *payload)
{
    size_t size = entry->zeroes ? 0 : entry->payload_size;
    struct iovec pieces[2] = {{entry, sizeof *entry}, {(void *)payload, size}};
    entry->magic = LOSSY_MAGIC;
    if (syscall(SYS_writev, lossy.log_fd, pieces, 2) != (long)(sizeof *entry + size)) {
        die("the log");
    }
    lossy.log_size += sizeof *entry + size;
}

static void put_names(struct lossy_entry *entry, const char *path, const char *to)
{
    char names[2 * PATH_ROOM];
    int len = snprintf(names, sizeof names, "%s%c%s", path, '\0', to ? to : "");
    entry->payload_size = (size_t)len + 1;
    put(entry, names);
}

static bool all_zero(const char *octets, size_t size)
{
    return size == 0 || (octets[0] == 0 && memcmp(octets, octets + 1, size - 1) == 0);
}

/* What the file has at this place, as the payload. */
static void put_old(struct lossy_entry *entry, int fd, uint64_t offset, uint64_t size)
{
    char *old = malloc(size + 1);
    uint64_t done = 0;
    while (old && done < size) {
        long got = syscall(SYS_pread64, fd, old + done, size - done, offset + done);
        if (got <= 0) {
            die("reading what is overwritten");
        }
        done += (uint64_t)got;
    }
    if (!old) {
        die("memory");
    }
    entry->payload_size = size;
    entry->zeroes = all_zero(old, size);
    put(entry, old);
    free(old);
}

static uint64_t size_of(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0) {
        die("fstat");
    }
    return (uint64_t)status.st_size;
}

static void put_size(int fd, uint64_t size)
{
    uint64_t old_size = size_of(fd);
    struct lossy_entry entry = {
        .kind = LOSSY_SIZE, .inode = lossy.inodes[fd], .size = size, .old_size = old_size};
    if (size < old_size) {
        put_old(&entry, fd, size, old_size - size);
    } else {
        put(&entry, NULL);
    }
}

/* --- Names. --- */

static uint64_t inode_of(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 ? (uint64_t)status.st_ino : 0;
}

static uint64_t directory_of(const char *path)
{
    char parent[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
    return inode_of(parent);
}

/* Keeps the file for as long as the log may speak of it. */
static uint64_t keep(const char *path)
{
    char link_path[PATH_ROOM];
    uint64_t inode = inode_of(path);
    snprintf(link_path, sizeof link_path, "%s/%llu", lossy.side, (unsigned long long)inode);
    if (inode != 0 && syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, link_path, 0) < 0 &&
        errno != EEXIST) {
        die(link_path);
    }
    return inode;
}

static void watch(int fd, const char *path, bool existed)
{
    struct stat status;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        return;
    } else if (fd >= FILES_MAX) {
        die("too many files");
    }
    lossy.inodes[fd] = keep(path);
    if (!existed) {
        struct lossy_entry entry = {
            .kind = LOSSY_CREATE, .inode = lossy.inodes[fd], .directory = directory_of(path)};
        put_names(&entry, path, NULL);
    }
}

/* --- What the broker calls. --- */

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = flags & O_CREAT ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    lock();
    if (!watched_path(path)) {
        unlock();
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    }
    bool existed = inode_of(path) != 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~O_TRUNC, mode);
    if (fd >= 0) {
        watch(fd, path, existed);
        if (flags & O_TRUNC && size_of(fd) > 0) {
            put_size(fd, 0);
            syscall(SYS_ftruncate, fd, 0);
        }
    }
    unlock();
    return fd;
}

int close(int fd)
{
    lock();
    if (fd >= 0 && fd < FILES_MAX) {
        lossy.inodes[fd] = 0;
    }
    int rc = (int)syscall(SYS_close, fd);
    unlock();
    return rc;
}

ssize_t pwrite(int fd, const void *from, size_t len, off_t offset)
{
    lock();
    if (inode_of_fd(fd) != 0) {
        uint64_t old_size = size_of(fd);
        uint64_t end = (uint64_t)offset + len < old_size ? (uint64_t)offset + len : old_size;
        struct lossy_entry entry = {.kind = LOSSY_WRITE,
                                    .inode = lossy.inodes[fd],
                                    .offset = (uint64_t)offset,
                                    .size = len,
                                    .old_size = old_size};
        put_old(&entry, fd, (uint64_t)offset, end > (uint64_t)offset ? end - (uint64_t)offset : 0);
        if (fails("pwrite", fd)) {
            syscall(SYS_pwrite64, fd, from, len / 2, offset);
            errno = EIO;
            unlock();
            return -1;
        }
    }
    ssize_t put_len = syscall(SYS_pwrite64, fd, from, len, offset);
    unlock();
    return put_len;
}

int ftruncate(int fd, off_t size)
{
    lock();
    if (inode_of_fd(fd) != 0) {
        put_size(fd, (uint64_t)size);
    }
    int rc = (int)syscall(SYS_ftruncate, fd, size);
    unlock();
    return rc;
}

int fallocate(int fd, int mode, off_t offset, off_t size)
{
    lock();
    if (inode_of_fd(fd) != 0) {
        if (mode != 0) {
            die("fallocate with a mode");
        }
        if (fails("fallocate", fd)) {
            errno = ENOSPC;
            unlock();
            return -1;
        }
        uint64_t end = (uint64_t)(offset + size), old_size = size_of(fd);
        put_size(fd, end > old_size ? end : old_size);
    }
    int rc = (int)syscall(SYS_fallocate, fd, mode, offset, size);
    unlock();
    return rc;
}

/* The sync itself is done without the lock, as others may write in the meantime: that is what is
 * not durable then. */
static int sync_file(int fd, long number)
{
    struct stat status;
    lock();
    uint64_t begun = lossy.log_size;
    bool known = lossy.directory && fstat(fd, &status) == 0 &&
                 (S_ISDIR(status.st_mode) || inode_of_fd(fd) != 0);
    bool poisoned = known && lossy.poisoned == status.st_ino;
    if (known && !S_ISDIR(status.st_mode) && fails("fdatasync", fd)) {
        lossy.poisoned = status.st_ino;
        errno = EIO;
        unlock();
        return -1;
    }
    unlock();
    int rc = (int)syscall(number, fd);
    if (rc == 0 && known && !poisoned) {
        struct lossy_entry entry = {
            .kind = LOSSY_SYNC, .inode = (uint64_t)status.st_ino, .offset = begun};
        lock();
        put(&entry, NULL);
        unlock();
    }
    return rc;
}

int fdatasync(int fd)
{
    return sync_file(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return sync_file(fd, SYS_fsync);
}

int rename(const char *from, const char *to)
{
    lock();
    if (watched_path(from) || watched_path(to)) {
        struct lossy_entry entry = {.kind = LOSSY_RENAME,
                                    .inode = keep(from),
                                    .directory = directory_of(to),
                                    .victim = keep(to)};
        if (entry.directory != directory_of(from)) {
            die("a rename to another directory");
        }
        put_names(&entry, from, to);
    }
    int rc = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    unlock();
    return rc;
}

int unlink(const char *path)
{
    lock();
    if (watched_path(path) && inode_of(path) != 0) {
        struct lossy_entry entry = {
            .kind = LOSSY_UNLINK, .inode = keep(path), .directory = directory_of(path)};
        put_names(&entry, path, NULL);
    }
    int rc = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    unlock();
    return rc;
}

int mkdir(const char *path, mode_t mode)
{
    lock();
    if (watched_path(path) && inode_of(path) == 0) {
        struct lossy_entry entry = {.kind = LOSSY_MKDIR, .directory = directory_of(path)};
        put_names(&entry, path, NULL);
    }
    int rc = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    unlock();
    return rc;
}

/* --- What it does not call; if it ever does, this has to be written first. --- */

static void refuse(int fd, const char *call)
{
    if (inode_of_fd(fd) != 0) {
        errno = ENOSYS;
        die(call);
    }
}

ssize_t write(int fd, const void *from, size_t len)
{
    refuse(fd, "write");
    return syscall(SYS_write, fd, from, len);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    refuse(fd, "writev");
    return syscall(SYS_writev, fd, pieces, count);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t offset)
{
    refuse(fd, "pwritev");
    return syscall(SYS_pwritev, fd, pieces, count, offset, 0);
}
