#include "persist/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/memory.h"
#include "persist/thread.h"

enum {
    FULL_DISK_PAUSE_MS = 100,
    FILL = 128 << 10,
    FILL_WORTH = 32 << 10, // runs that are larger do not gain by it
    NOW_MAX = 128 << 10,   // writer_write_now writes no more
    RECENT = 8,            // syncs or so that the mean is over
};

struct writer {
    struct writer_options options;
    pthread_t thread;
    struct bell *bell; // borrowed; NULL: there is no thread
    int fd;            // owned; the segment that is written to, or -1
    uint64_t first;
    uint64_t end;    // offset behind what was written to it
    uint64_t filled; // offset up to which its blocks have been written before
    uint8_t *zeros;  // owned, FILL octets
    struct staging_batch batch;
    size_t run_next;   // of the batch
    const uint8_t *at; // the run's octets
    bool busy;         // the batch is not done
    int alarm;         // that was told last, or was there before
    int64_t sync_ns;   // mean time of recent syncs
    int result;        // what ended the thread
    int failed;        // the error that ended the journal; nothing is tried after it
};

struct writer *writer_new(const struct writer_options *options)
{
    struct writer *writer = memory_new(sizeof *writer);
    writer->options = *options;
    writer->fd = -1;
    writer->alarm = spares_alarm(options->spares);
    writer->zeros = memory_new(FILL);
    return writer;
}

void writer_free(struct writer *writer)
{
    if (!writer) {
        return;
    }
    writer_stop(writer);
    if (writer->fd >= 0) {
        writer->options.disk->close(writer->options.disk, writer->fd);
    }
    free(writer->zeros);
    free(writer);
}

static int fail_of(struct writer *writer, const struct fault *fault)
{
    writer->failed = fault->error;
    staging_fail(writer->options.staging, fault);
    bell_ring(writer->bell);
    return fault->error;
}

static int fail(struct writer *writer, int error, const char *doing, uint64_t offset)
{
    struct fault fault;
    char name[SEGMENT_NAME_MAX], path[DISK_PATH_MAX];
    segment_name(name, writer->first, ".seg");
    if (disk_path(path, writer->options.dir, name) < 0) {
        path[0] = '\0';
    }
    fault_set_at(&fault, error, doing, path, offset);
    return fail_of(writer, &fault);
}

/* Goes on to the run's segment. The one before must be on the disk as a whole by then, with or
 * without syncs: recovery takes a segment that has a successor for complete. */
static int open_segment(struct writer *writer, const struct staging_run *run)
{
    struct disk *disk = writer->options.disk;
    if (writer->fd >= 0) {
        int rc = disk->fdatasync(disk, writer->fd);
        if (rc < 0) {
            return fail(writer, rc, "sync", writer->end);
        }
        disk->close(disk, writer->fd);
        writer->fd = -1;
    }
    struct segment_header header = {
        .first = run->first, .size = run->size, .origin = writer->options.origin};
    memcpy(header.store_id, writer->options.store_id, STORE_ID_SIZE);
    bool recycled;
    int fd = spares_activate(writer->options.spares, &header, &recycled);
    if (fd == -ENOSPC || fd == -EDQUOT) {
        return -ENOSPC;
    }
    writer->first = run->first;
    if (fd < 0) {
        return fail(writer, fd, "creation", 0);
    }
    writer->fd = fd;
    writer->filled = recycled ? run->size : 0;
    return 0;
}

/* Zeros behind what was written to a file that is new. To sync what is written to reserved blocks
 * for the first time, a file system must note that they are in use: ext4 takes half as long without
 * that. So it is done for many syncs at once. */
static int fill_ahead(struct writer *writer, const struct staging_run *run)
{
    uint64_t end = run->offset + run->len;
    if (end <= writer->filled) {
        return 0;
    }
    writer->filled = end;
    uint64_t left = run->size - end;
    size_t len = left < FILL ? (size_t)left : FILL;
    if (!writer->batch.sync || run->len > FILL_WORTH || len == 0) {
        return 0;
    }
    writer->filled += len;
    return disk_write(writer->options.disk, writer->fd, (struct slice){writer->zeros, len}, end);
}

static int write_run(struct writer *writer, const struct staging_run *run)
{
    if (writer->fd < 0 || writer->first != run->first) {
        int rc = open_segment(writer, run);
        if (rc < 0) {
            return rc;
        }
    }
    struct slice bytes = {writer->at, run->len};
    int rc = disk_write(writer->options.disk, writer->fd, bytes, run->offset);
    if (rc == 0) {
        rc = fill_ahead(writer, run);
    }
    if (rc < 0) {
        return fail(writer, rc, "write", run->offset);
    }
    writer->at += run->len;
    writer->end = run->offset + run->len;
    return 0;
}

static int64_t clock_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int sync_timed(struct writer *writer)
{
    struct disk *disk = writer->options.disk;
    int64_t begin = clock_ns();
    int rc = disk->fdatasync(disk, writer->fd);
    writer->sync_ns += (clock_ns() - begin - writer->sync_ns) / RECENT;
    return rc;
}

static int write_batch(struct writer *writer)
{
    for (; writer->run_next < writer->batch.run_count; writer->run_next++) {
        int rc = write_run(writer, &writer->batch.runs[writer->run_next]);
        if (rc < 0) {
            return rc;
        }
    }
    staging_written(writer->options.staging, writer->batch.last);
    int rc = writer->batch.sync ? sync_timed(writer) : 0;
    return rc < 0 ? fail(writer, rc, "sync", writer->end) : 0;
}

/* Without syncs: what was written is to be on the disk all the same. */
static int sync_written(struct writer *writer)
{
    struct disk *disk = writer->options.disk;
    uint64_t last = staging_take_sync(writer->options.staging);
    if (last == 0) {
        return 0;
    }
    int rc = disk->fdatasync(disk, writer->fd);
    if (rc < 0) {
        return fail(writer, rc, "sync", writer->end);
    }
    staging_synced(writer->options.staging, last);
    return 0;
}

/* Writes one batch: what is staged, or what is left of one that met a full disk. */
static int step(struct writer *writer)
{
    if (writer->failed) {
        return writer->failed;
    }
    if (!writer->busy) {
        if (!staging_take(writer->options.staging, &writer->batch)) {
            return sync_written(writer);
        }
        writer->busy = true;
        writer->run_next = 0;
        writer->at = writer->batch.ptr;
    }
    int rc = write_batch(writer);
    if (rc == 0) {
        writer->busy = false;
        staging_done(writer->options.staging, &writer->batch);
    }
    return rc;
}

static int tend(struct writer *writer)
{
    if (writer->failed) {
        return writer->failed;
    }
    struct fault fault;
    int rc = spares_tend(writer->options.spares, &fault);
    if (rc < 0) {
        return fail_of(writer, &fault);
    }
    int alarm = spares_alarm(writer->options.spares);
    if (alarm != writer->alarm) {
        writer->alarm = alarm;
        bell_ring(writer->bell);
    }
    return 0;
}

int writer_flush(struct writer *writer)
{
    struct staging_progress progress = staging_progress(writer->options.staging);
    int rc = progress.fault.error;
    if (rc == 0) {
        do {
            rc = step(writer);
            int tended = tend(writer);
            rc = rc < 0 ? rc : tended;
        } while (rc == 0 && !staging_empty(writer->options.staging));
    }
    return rc;
}

/* A batch, and what there is to tend behind it; waits while the disk is full. */
static int step_with_patience(struct writer *writer)
{
    int rc = step(writer);
    while (rc == -ENOSPC && staging_pause(writer->options.staging, FULL_DISK_PAUSE_MS)) {
        rc = tend(writer);
        rc = rc < 0 ? rc : step(writer);
    }
    if (rc == 0) {
        bell_ring(writer->bell);
        rc = tend(writer);
    }
    return rc;
}

/* The thread is woken for what would take long: a full disk, and spares to be made. */
bool writer_write_now(struct writer *writer)
{
    struct staging *staging = writer->options.staging;
    if (!staging_borrow(staging, NOW_MAX)) {
        return false;
    }
    bool quick = writer->sync_ns / 1000 < writer->options.quick_us;
    uint64_t first = writer->first;
    int rc = quick ? step(writer) : 0;
    staging_give_back(staging, rc != 0 || writer->first != first);
    return quick;
}

/* There may be space again although nothing is appended: whoever heeds the alarm does not. */
static bool wait_for_work(struct writer *writer)
{
    return staging_wait(writer->options.staging, writer->options.sync_delay_ms,
                        writer->alarm != 0 ? FULL_DISK_PAUSE_MS : 0);
}

static void *run(void *arg)
{
    struct writer *writer = arg;
    while (writer->result == 0 && wait_for_work(writer)) {
        writer->result = step_with_patience(writer);
    }
    return NULL;
}

int writer_start(struct writer *writer, struct bell *bell)
{
    writer->bell = bell;
    int rc = thread_start(&writer->thread, run, writer);
    if (rc < 0) {
        writer->bell = NULL;
    }
    return rc;
}

int writer_stop(struct writer *writer)
{
    if (!writer->bell) {
        return 0;
    }
    staging_stop(writer->options.staging);
    CHECK(pthread_join(writer->thread, NULL) == 0);
    writer->bell = NULL;
    return writer->result;
}

int writer_close_segment(struct writer *writer)
{
    if (writer->fd < 0) {
        return 0;
    }
    uint64_t durable = writer->batch.last;
    struct disk *disk = writer->options.disk;
    int rc = segment_close(disk, writer->fd, writer->first + writer->end, writer->end, durable);
    disk->close(disk, writer->fd);
    writer->fd = -1;
    return rc;
}
