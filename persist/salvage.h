#ifndef PERSIST_SALVAGE_H
#define PERSIST_SALVAGE_H

#include "persist/disk.h"

/* What a start with `salvage` drops is kept aside: DIR/salvage/<kind>-<position, 16 hex>.bin holds
 * the octets, and each has a line in DIR/salvage/report.txt. */
struct salvage_piece {
    const char *kind;  // "segment" or "checkpoint"
    uint64_t position; // of the first octet
    const char *path;  // of the file that it is in
    int fd;            // borrowed; open for reading; not looked at if there are no octets
    uint64_t offset;
    uint64_t size; // 0: it is missing, and there is a line only
};

int salvage_keep(struct disk *disk, const char *dir, const struct salvage_piece *piece);

#endif
