#include "persist/disk_meter.h"

#include <time.h>

#include "base/list.h"

static struct disk_meter *meter_of(struct disk *disk)
{
    return container_of(disk, struct disk_meter, disk);
}

static uint64_t clock_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void add(struct disk_tally *tally, uint64_t begin_ns, int64_t octets)
{
    atomic_fetch_add_explicit(&tally->count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&tally->ns, clock_ns() - begin_ns, memory_order_relaxed);
    if (octets > 0) {
        atomic_fetch_add_explicit(&tally->octets, (uint64_t)octets, memory_order_relaxed);
    }
}

/* --- What is counted. --- */

static int metered_open(struct disk *disk, const char *path, int flags)
{
    struct disk_meter *meter = meter_of(disk);
    uint64_t begin = clock_ns();
    int fd = meter->below->open(meter->below, path, flags);
    add(&meter->opens, begin, 0);
    return fd;
}

static int64_t metered_pread(struct disk *disk, int fd, void *into, size_t len, uint64_t offset)
{
    struct disk_meter *meter = meter_of(disk);
    uint64_t begin = clock_ns();
    int64_t got = meter->below->pread(meter->below, fd, into, len, offset);
    add(&meter->reads, begin, got);
    return got;
}

static int64_t metered_pwrite(struct disk *disk, int fd, const void *from, size_t len,
                              uint64_t offset)
{
    struct disk_meter *meter = meter_of(disk);
    uint64_t begin = clock_ns();
    int64_t put = meter->below->pwrite(meter->below, fd, from, len, offset);
    add(&meter->writes, begin, put);
    return put;
}

static int metered_fdatasync(struct disk *disk, int fd)
{
    struct disk_meter *meter = meter_of(disk);
    uint64_t begin = clock_ns();
    int rc = meter->below->fdatasync(meter->below, fd);
    add(&meter->syncs, begin, 0);
    return rc;
}

/* --- What is not. --- */

static int pass_close(struct disk *disk, int fd)
{
    struct disk *below = meter_of(disk)->below;
    return below->close(below, fd);
}

static int pass_fallocate(struct disk *disk, int fd, uint64_t size)
{
    struct disk *below = meter_of(disk)->below;
    return below->fallocate(below, fd, size);
}

static int pass_ftruncate(struct disk *disk, int fd, uint64_t size)
{
    struct disk *below = meter_of(disk)->below;
    return below->ftruncate(below, fd, size);
}

static int64_t pass_size(struct disk *disk, int fd)
{
    struct disk *below = meter_of(disk)->below;
    return below->size(below, fd);
}

static int pass_lock(struct disk *disk, int fd)
{
    struct disk *below = meter_of(disk)->below;
    return below->lock(below, fd);
}

static int pass_rename(struct disk *disk, const char *from, const char *to)
{
    struct disk *below = meter_of(disk)->below;
    return below->rename(below, from, to);
}

static int pass_unlink(struct disk *disk, const char *path)
{
    struct disk *below = meter_of(disk)->below;
    return below->unlink(below, path);
}

static int pass_mkdir(struct disk *disk, const char *path)
{
    struct disk *below = meter_of(disk)->below;
    return below->mkdir(below, path);
}

static int pass_list(struct disk *disk, const char *path, disk_entry entry, void *arg)
{
    struct disk *below = meter_of(disk)->below;
    return below->list(below, path, entry, arg);
}

static int pass_sync_directory(struct disk *disk, const char *path)
{
    struct disk *below = meter_of(disk)->below;
    return below->sync_directory(below, path);
}

static int64_t pass_free_space(struct disk *disk, const char *path)
{
    struct disk *below = meter_of(disk)->below;
    return below->free_space(below, path);
}

void disk_meter_init(struct disk_meter *meter, struct disk *below)
{
    *meter = (struct disk_meter){
        .disk = {.open = metered_open,
                 .close = pass_close,
                 .pread = metered_pread,
                 .pwrite = metered_pwrite,
                 .fdatasync = metered_fdatasync,
                 .fallocate = pass_fallocate,
                 .ftruncate = pass_ftruncate,
                 .size = pass_size,
                 .lock = pass_lock,
                 .rename = pass_rename,
                 .unlink = pass_unlink,
                 .mkdir = pass_mkdir,
                 .list = pass_list,
                 .sync_directory = pass_sync_directory,
                 .free_space = pass_free_space},
        .below = below,
    };
}

static struct disk_use use_of(const struct disk_tally *tally)
{
    return (struct disk_use){
        .count = atomic_load_explicit(&tally->count, memory_order_relaxed),
        .octets = atomic_load_explicit(&tally->octets, memory_order_relaxed),
        .ns = atomic_load_explicit(&tally->ns, memory_order_relaxed),
    };
}

struct disk_usage disk_meter_usage(const struct disk_meter *meter)
{
    return (struct disk_usage){
        .reads = use_of(&meter->reads),
        .writes = use_of(&meter->writes),
        .syncs = use_of(&meter->syncs),
        .opens = use_of(&meter->opens),
    };
}
