#ifndef PERSIST_SALVAGE_H
#define PERSIST_SALVAGE_H

#include "persist/disk.h"

/* What a start with `salvage` drops is kept aside: DIR/salvage/<position, 16 hex>.bin holds the
 * octets, and each has a line in DIR/salvage/report.txt. */
struct salvage_piece {
    uint64_t position;
    const char *file; // that it was in
    uint64_t offset;
    struct slice bytes;
};

int salvage_keep(struct disk *disk, const char *dir, const struct salvage_piece *piece);

#endif
