#include "persist/checkpoint_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/memory.h"
#include "persist/record.h"
#include "persist/thread.h"

enum {
    RUN = 256 << 10,       // is written at once
    PENDING_MAX = 1 << 20, // is full
    SYNC_EVERY = 8 << 20,  // so that the journal's syncs never wait behind all of it
};

struct checkpoint {
    struct checkpoint_options options;
    char folder[DISK_PATH_MAX];
    char temporary[DISK_PATH_MAX];
    pthread_t thread;
    pthread_mutex_t mutex; // over what the caller and the thread share:
    pthread_cond_t work;
    struct bytes pending; // owned; blocks that wait to be written
    uint64_t offset;      // in the file, of the next block
    uint64_t blocks;
    bool finishing, abandoned;
    int state; // as checkpoint_poll returns it
    struct fault fault;
    // Only who writes looks at these:
    struct bytes taken; // owned
    int fd;             // owned; -1: there is no file
    uint64_t written;
    uint64_t synced;
};

static void lock(struct checkpoint *checkpoint)
{
    CHECK(pthread_mutex_lock(&checkpoint->mutex) == 0);
}

static void unlock(struct checkpoint *checkpoint)
{
    CHECK(pthread_mutex_unlock(&checkpoint->mutex) == 0);
}

/* --- Who writes: the thread, or the caller. --- */

static void set_state(struct checkpoint *checkpoint, int state)
{
    lock(checkpoint);
    checkpoint->state = state;
    unlock(checkpoint);
    bell_ring(checkpoint->options.bell);
}

static void remove_file(struct checkpoint *checkpoint)
{
    struct disk *disk = checkpoint->options.disk;
    if (checkpoint->fd >= 0) {
        disk->close(disk, checkpoint->fd);
        checkpoint->fd = -1;
        disk->unlink(disk, checkpoint->temporary);
    }
}

static int fail(struct checkpoint *checkpoint, int error, const char *doing)
{
    lock(checkpoint);
    fault_set_at(&checkpoint->fault, error, doing, checkpoint->temporary, checkpoint->written);
    unlock(checkpoint);
    remove_file(checkpoint);
    set_state(checkpoint, error);
    return error;
}

static int put(struct checkpoint *checkpoint, struct slice bytes)
{
    struct disk *disk = checkpoint->options.disk;
    int rc = disk_write(disk, checkpoint->fd, bytes, checkpoint->written);
    if (rc < 0) {
        return fail(checkpoint, rc, "write");
    }
    checkpoint->written += bytes.len;
    if (checkpoint->written - checkpoint->synced >= SYNC_EVERY) {
        rc = disk->fdatasync(disk, checkpoint->fd);
        checkpoint->synced = checkpoint->written;
    }
    return rc < 0 ? fail(checkpoint, rc, "sync") : 0;
}

static int create_file(struct checkpoint *checkpoint)
{
    struct disk *disk = checkpoint->options.disk;
    int rc = disk_make_directory(disk, checkpoint->options.dir, checkpoint->folder);
    if (rc < 0) {
        return fail(checkpoint, rc, "creation");
    }
    int fd = disk->open(disk, checkpoint->temporary, O_RDWR | O_CREAT | O_TRUNC);
    if (fd < 0) {
        return fail(checkpoint, fd, "creation");
    }
    checkpoint->fd = fd;
    uint8_t header[CHECKPOINT_HEADER];
    checkpoint_encode_header(header, checkpoint->options.position);
    return put(checkpoint, (struct slice){header, sizeof header});
}

static int write_taken(struct checkpoint *checkpoint)
{
    int rc = checkpoint->fd < 0 ? create_file(checkpoint) : 0;
    size_t len = checkpoint->taken.len;
    for (size_t at = 0; at < len && rc == 0; at += RUN) {
        size_t size = len - at < RUN ? len - at : RUN;
        rc = put(checkpoint, (struct slice){checkpoint->taken.ptr + at, size});
    }
    checkpoint->taken.len = 0;
    return rc;
}

static int put_in_place(struct checkpoint *checkpoint)
{
    struct disk *disk = checkpoint->options.disk;
    char path[DISK_PATH_MAX];
    int rc = checkpoint_path(path, checkpoint->folder, checkpoint->options.position);
    if (rc == 0) {
        rc = disk->rename(disk, checkpoint->temporary, path);
    }
    return rc < 0 ? rc : disk->sync_directory(disk, checkpoint->folder);
}

/* All is written: the rest of it. */
static void complete(struct checkpoint *checkpoint)
{
    struct disk *disk = checkpoint->options.disk;
    int rc = disk->fdatasync(disk, checkpoint->fd);
    if (rc < 0) {
        fail(checkpoint, rc, "sync");
        return;
    }
    rc = put_in_place(checkpoint);
    if (rc < 0) {
        fail(checkpoint, rc, "renaming");
        return;
    }
    disk->close(disk, checkpoint->fd);
    checkpoint->fd = -1;
    checkpoint_remove_older(disk, checkpoint->folder, checkpoint->options.position);
    set_state(checkpoint, 1);
}

/* Takes what is pending. */
static void take(struct checkpoint *checkpoint)
{
    struct bytes empty = checkpoint->taken;
    checkpoint->taken = checkpoint->pending;
    checkpoint->pending = empty;
}

/* Waits for something to write, and takes it; false when there is nothing more. */
static bool wait_and_take(struct checkpoint *checkpoint, bool *last)
{
    lock(checkpoint);
    while (!checkpoint->abandoned && !checkpoint->finishing && checkpoint->pending.len < RUN) {
        pthread_cond_wait(&checkpoint->work, &checkpoint->mutex);
    }
    bool more = !checkpoint->abandoned;
    *last = checkpoint->finishing;
    if (more) {
        take(checkpoint);
    }
    unlock(checkpoint);
    return more;
}

static void *run(void *arg)
{
    struct checkpoint *checkpoint = arg;
    bool last = false;
    while (!last && wait_and_take(checkpoint, &last)) {
        if (write_taken(checkpoint) < 0) {
            return NULL;
        }
        bell_ring(checkpoint->options.bell);
        if (last) {
            complete(checkpoint);
        }
    }
    return NULL;
}

/* --- Who adds. --- */

int checkpoint_begin(struct checkpoint **out, const struct checkpoint_options *options,
                     struct fault *fault)
{
    struct checkpoint *checkpoint = memory_new(sizeof *checkpoint);
    *fault = (struct fault){0};
    checkpoint->options = *options;
    checkpoint->offset = CHECKPOINT_HEADER;
    checkpoint->fd = -1;
    CHECK(options->position > 0 && record_may_be_at(options->position));
    CHECK(pthread_mutex_init(&checkpoint->mutex, NULL) == 0);
    CHECK(pthread_cond_init(&checkpoint->work, NULL) == 0);
    int rc = checkpoint_folder(checkpoint->folder, options->dir);
    if (rc == 0) {
        rc = disk_path(checkpoint->temporary, checkpoint->folder, "checkpoint.tmp");
    }
    if (rc == 0 && !options->threadless) {
        rc = thread_start(&checkpoint->thread, run, checkpoint);
    }
    if (rc < 0) {
        checkpoint->options.threadless = true; // none was started
        checkpoint_free(checkpoint);
        return fault_set(fault, rc, "checkpoint", options->dir);
    }
    *out = checkpoint;
    return 0;
}

static size_t pieces_len(const struct slice *pieces, size_t piece_count)
{
    size_t len = 0;
    for (size_t i = 0; i < piece_count; i++) {
        len += pieces[i].len;
    }
    return len;
}

/* Room for a block of that size; *position is the block's. */
static uint8_t *take_room(struct checkpoint *checkpoint, size_t size, uint64_t *position)
{
    uint8_t *room = bytes_reserve(&checkpoint->pending, size);
    *position = checkpoint->options.position + checkpoint->offset;
    checkpoint->pending.len += size;
    checkpoint->offset += size;
    return room;
}

/* Without a thread: writes what is pending, if it is worth it or `all`. */
static void write_pending(struct checkpoint *checkpoint, bool all)
{
    if (checkpoint->state == 0 && (all || checkpoint->pending.len >= RUN)) {
        take(checkpoint);
        if (write_taken(checkpoint) == 0 && all) {
            complete(checkpoint);
        }
    }
}

void checkpoint_add(struct checkpoint *checkpoint, uint8_t type, const struct slice *pieces,
                    size_t piece_count)
{
    size_t len = pieces_len(pieces, piece_count);
    struct record block = {.type = type};
    CHECK(type <= RECORD_OWNER_LAST && len <= CHECKPOINT_PAYLOAD_MAX);
    lock(checkpoint);
    CHECK(!checkpoint->finishing);
    if (checkpoint->state == 0) {
        uint8_t *room = take_room(checkpoint, record_size(len), &block.position);
        record_encode(room, &block, pieces, piece_count);
        checkpoint->blocks++;
    }
    if (checkpoint->pending.len >= RUN) {
        pthread_cond_signal(&checkpoint->work);
    }
    unlock(checkpoint);
    if (checkpoint->options.threadless) {
        write_pending(checkpoint, false);
    }
}

bool checkpoint_full(struct checkpoint *checkpoint)
{
    lock(checkpoint);
    bool full = checkpoint->pending.len >= PENDING_MAX && checkpoint->state == 0;
    unlock(checkpoint);
    return full;
}

void checkpoint_finish(struct checkpoint *checkpoint)
{
    uint64_t position;
    lock(checkpoint);
    CHECK(!checkpoint->finishing);
    uint8_t *room = take_room(checkpoint, RECORD_MARK, &position);
    record_encode_mark(room, RECORD_CHECKPOINT_END, position, checkpoint->blocks);
    checkpoint->finishing = true;
    pthread_cond_signal(&checkpoint->work);
    unlock(checkpoint);
    if (checkpoint->options.threadless) {
        write_pending(checkpoint, true);
    }
}

int checkpoint_poll(struct checkpoint *checkpoint, struct fault *fault)
{
    lock(checkpoint);
    int state = checkpoint->state;
    *fault = checkpoint->fault;
    unlock(checkpoint);
    return state;
}

void checkpoint_free(struct checkpoint *checkpoint)
{
    if (!checkpoint) {
        return;
    }
    if (!checkpoint->options.threadless) {
        lock(checkpoint);
        checkpoint->abandoned = true;
        pthread_cond_signal(&checkpoint->work);
        unlock(checkpoint);
        CHECK(pthread_join(checkpoint->thread, NULL) == 0);
    }
    remove_file(checkpoint);
    bytes_finish(&checkpoint->pending);
    bytes_finish(&checkpoint->taken);
    pthread_cond_destroy(&checkpoint->work);
    pthread_mutex_destroy(&checkpoint->mutex);
    free(checkpoint);
}
