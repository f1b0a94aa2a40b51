#define _GNU_SOURCE
#include "tests/unit/persist/place.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/list.h"
#include "base/memory.h"
#include "base/wire.h"

static int on_sync(struct disk *disk, int fd)
{
    struct place *place = container_of(disk, struct place, disk);
    int reserved = fd;
    bool is_new = atomic_compare_exchange_strong(&place->reserved, &reserved, -1);
    int number = atomic_fetch_add(&place->syncs, 1) + 1;
    int fails = atomic_load(&place->sync_fails);
    usleep((useconds_t)atomic_load(&place->sync_us));
    return fails && number >= fails && !is_new ? -EIO : place->real.fdatasync(disk, fd);
}

static int64_t on_write(struct disk *disk, int fd, const void *from, size_t len, uint64_t offset)
{
    struct place *place = container_of(disk, struct place, disk);
    atomic_fetch_add(&place->written, len);
    return place->real.pwrite(disk, fd, from, len, offset);
}

static int on_reserve(struct disk *disk, int fd, uint64_t size)
{
    struct place *place = container_of(disk, struct place, disk);
    atomic_store(&place->reserved, fd);
    return atomic_load(&place->full) ? -ENOSPC : place->real.fallocate(disk, fd, size);
}

struct place *place_new(void)
{
    struct place *place = memory_new(sizeof *place);
    snprintf(place->dir, sizeof place->dir, "/tmp/leveret-journal-XXXXXX");
    cr_assert_not_null(mkdtemp(place->dir));
    atomic_store(&place->reserved, -1);
    disk_init(&place->real);
    place->disk = place->real;
    place->disk.fdatasync = on_sync;
    place->disk.pwrite = on_write;
    place->disk.fallocate = on_reserve;
    place->options = (struct journal_options){
        .disk = &place->disk,
        .dir = place->dir,
        .holder = "the test",
        .segment_size = 64 << 10,
    };
    return place;
}

void place_free(struct place *place)
{
    char command[96];
    snprintf(command, sizeof command, "rm -r '%s'", place->dir);
    cr_assert_eq(system(command), 0);
    free(place);
}

static int on_record(void *arg, const struct record *record)
{
    struct place *place = arg;
    cr_assert_eq(record->payload.len, 8);
    cr_assert_eq(wire_load_u64(record->payload.ptr), place->expected);
    place->expected++;
    return 0;
}

int place_start(struct place *place)
{
    struct journal_recovery recovery = {.apply = on_record, .arg = place};
    place->expected = 0;
    int rc = journal_open(&place->journal, &place->options, &place->fault);
    return rc < 0 ? rc : journal_recover(place->journal, &recovery, &place->report, &place->fault);
}

uint64_t place_append(struct place *place, uint64_t number, bool wants_sync)
{
    uint8_t payload[8];
    wire_store_u64(payload, number);
    struct slice piece = {payload, sizeof payload};
    return journal_append(place->journal, &(struct journal_entry){
                                              .pieces = &piece,
                                              .piece_count = 1,
                                              .type = 1,
                                              .wants_sync = wants_sync,
                                          });
}

bool place_wait_durable(struct place *place, uint64_t position)
{
    struct pollfd poll_for = {.fd = journal_event_fd(place->journal), .events = POLLIN};
    while (journal_progress(place->journal).durable < position) {
        if (poll(&poll_for, 1, 60000) != 1) {
            return false;
        }
    }
    return true;
}
