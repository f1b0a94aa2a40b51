#ifndef PERSIST_DISK_METER_H
#define PERSIST_DISK_METER_H

#include <stdatomic.h>

#include "persist/disk.h"

/* A disk that does everything on another one, and counts how often it reads, writes, syncs and
 * opens, how many octets that are, and how long it takes. Any thread may use it at any time. */
struct disk_tally {
    atomic_uint_least64_t count;
    atomic_uint_least64_t octets;
    atomic_uint_least64_t ns;
};

struct disk_meter {
    struct disk disk;
    struct disk *below; // borrowed
    struct disk_tally reads;
    struct disk_tally writes;
    struct disk_tally syncs; // of files
    struct disk_tally opens; // also those that fail
};

void disk_meter_init(struct disk_meter *meter, struct disk *below);

/* What has been counted so far; of syncs and opens no octets. */
struct disk_use {
    uint64_t count;
    uint64_t octets;
    uint64_t ns;
};

struct disk_usage {
    struct disk_use reads;
    struct disk_use writes;
    struct disk_use syncs;
    struct disk_use opens;
};

struct disk_usage disk_meter_usage(const struct disk_meter *meter);

#endif
