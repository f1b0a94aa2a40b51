#include "persist/spares.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

struct spare {
    uint64_t number;
    bool recycled;
};

struct spares {
    struct disk *disk;     // borrowed
    const char *dir;       // borrowed
    uint64_t segment_size; // of every spare
    struct spare items[SPARES_MAX];
    size_t count;
    uint64_t number_next;
    pthread_mutex_t mutex; // over what follows
    uint64_t *retired;     // owned; where they start
    size_t retired_count, retired_cap;
    int alarm;
};

struct spares *spares_new(struct disk *disk, const char *dir, uint64_t segment_size)
{
    struct spares *spares = memory_new(sizeof *spares);
    spares->disk = disk;
    spares->dir = dir;
    spares->segment_size = segment_size;
    CHECK(pthread_mutex_init(&spares->mutex, NULL) == 0);
    return spares;
}

void spares_free(struct spares *spares)
{
    if (spares) {
        pthread_mutex_destroy(&spares->mutex);
        free(spares->retired);
        free(spares);
    }
}

static void remove_file(struct spares *spares, uint64_t number, const char *suffix)
{
    char name[SEGMENT_NAME_MAX], path[DISK_PATH_MAX];
    segment_name(name, number, suffix);
    if (disk_path(path, spares->dir, name) == 0) {
        spares->disk->unlink(spares->disk, path);
    }
}

/* Files of another size are of no use: the setting has changed, or the segment was cut. */
static bool has_size(struct spares *spares, uint64_t number, const char *suffix)
{
    char name[SEGMENT_NAME_MAX], path[DISK_PATH_MAX];
    segment_name(name, number, suffix);
    int fd = disk_path(path, spares->dir, name);
    if (fd == 0) {
        fd = spares->disk->open(spares->disk, path, 0);
    }
    if (fd < 0) {
        return false;
    }
    int64_t size = spares->disk->size(spares->disk, fd);
    spares->disk->close(spares->disk, fd);
    return size == (int64_t)spares->segment_size;
}

static void number_used(struct spares *spares, uint64_t number)
{
    if (number >= spares->number_next) {
        spares->number_next = number + 1;
    }
}

void spares_leftover(struct spares *spares, uint64_t number)
{
    number_used(spares, number);
    remove_file(spares, number, ".tmp");
}

void spares_found(struct spares *spares, uint64_t number)
{
    number_used(spares, number);
    if (spares->count < SPARES_MAX && has_size(spares, number, ".spare")) {
        spares->items[spares->count++] = (struct spare){.number = number};
    } else {
        remove_file(spares, number, ".spare");
    }
}

void spares_retire(struct spares *spares, uint64_t first)
{
    CHECK(pthread_mutex_lock(&spares->mutex) == 0);
    if (spares->retired_count == spares->retired_cap) {
        spares->retired_cap = spares->retired_cap ? 2 * spares->retired_cap : 8;
        spares->retired =
            memory_grow(spares->retired, spares->retired_cap * sizeof *spares->retired);
    }
    spares->retired[spares->retired_count++] = first;
    CHECK(pthread_mutex_unlock(&spares->mutex) == 0);
}

static bool next_retired(struct spares *spares, uint64_t *first)
{
    CHECK(pthread_mutex_lock(&spares->mutex) == 0);
    bool any = spares->retired_count > 0;
    if (any) {
        *first = spares->retired[--spares->retired_count];
    }
    CHECK(pthread_mutex_unlock(&spares->mutex) == 0);
    return any;
}

int spares_alarm(struct spares *spares)
{
    CHECK(pthread_mutex_lock(&spares->mutex) == 0);
    int alarm = spares->alarm;
    CHECK(pthread_mutex_unlock(&spares->mutex) == 0);
    return alarm;
}

static void set_alarm(struct spares *spares, int alarm)
{
    CHECK(pthread_mutex_lock(&spares->mutex) == 0);
    spares->alarm = alarm;
    CHECK(pthread_mutex_unlock(&spares->mutex) == 0);
}

static int rename_retired(struct spares *spares, uint64_t first, uint64_t number)
{
    char name[SEGMENT_NAME_MAX], from[DISK_PATH_MAX], to[DISK_PATH_MAX];
    segment_name(name, first, ".seg");
    int rc = disk_path(from, spares->dir, name);
    if (rc == 0) {
        segment_name(name, number, ".spare");
        rc = disk_path(to, spares->dir, name);
    }
    return rc < 0 ? rc : spares->disk->rename(spares->disk, from, to);
}

/* The new names must be durable before the files get another content: a segment that was retired
 * must not come back with a header that does not fit its name. */
static int tend_retired(struct spares *spares, struct fault *fault)
{
    uint64_t first;
    size_t fresh = spares->count;
    bool changed = false;
    while (next_retired(spares, &first)) {
        changed = true;
        if (fresh < SPARES_MAX && has_size(spares, first, ".seg") &&
            rename_retired(spares, first, spares->number_next) == 0) {
            spares->items[fresh++] =
                (struct spare){.number = spares->number_next++, .recycled = true};
        } else {
            remove_file(spares, first, ".seg");
        }
    }
    int rc = changed ? spares->disk->sync_directory(spares->disk, spares->dir) : 0;
    if (rc < 0) {
        return fault_set_at(fault, rc, "sync", spares->dir, 0);
    }
    spares->count = fresh;
    return 0;
}

static int add_spare(struct spares *spares)
{
    uint64_t number = spares->number_next++;
    int rc = segment_make_spare(spares->disk, spares->dir, number, spares->segment_size);
    if (rc == 0) {
        spares->items[spares->count++] = (struct spare){.number = number};
    }
    return rc;
}

static int fill_up(struct spares *spares, struct fault *fault)
{
    int rc = 0;
    while (rc == 0 && spares->count < SPARES_MIN) {
        rc = add_spare(spares);
    }
    if (rc < 0) {
        char name[SEGMENT_NAME_MAX], path[DISK_PATH_MAX];
        segment_name(name, spares->number_next - 1, ".tmp");
        bool fits = disk_path(path, spares->dir, name) == 0;
        fault_set_at(fault, rc, "creation", fits ? path : name, 0);
    }
    return rc;
}

int spares_tend(struct spares *spares, struct fault *fault)
{
    int rc = tend_retired(spares, fault);
    if (rc == 0) {
        rc = fill_up(spares, fault);
    }
    bool shortage = fault_is_shortage(rc);
    set_alarm(spares, shortage ? rc : 0);
    return shortage ? 0 : rc;
}

static int activate_large(struct spares *spares, const struct segment_header *header)
{
    uint64_t number = spares->number_next++;
    int rc = segment_make_spare(spares->disk, spares->dir, number, header->size);
    return rc < 0 ? rc : segment_activate(spares->disk, spares->dir, number, header);
}

int spares_activate(struct spares *spares, const struct segment_header *header, bool *recycled)
{
    *recycled = false;
    if (header->size != spares->segment_size) {
        return activate_large(spares, header);
    }
    if (spares->count == 0) {
        int rc = add_spare(spares);
        if (rc < 0) {
            return rc;
        }
    }
    const struct spare *spare = &spares->items[--spares->count];
    *recycled = spare->recycled;
    return segment_activate(spares->disk, spares->dir, spare->number, header);
}
