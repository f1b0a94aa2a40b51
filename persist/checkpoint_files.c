#include "persist/checkpoint_internal.h"

#include <errno.h>

#include "base/wire.h"
#include "persist/crc32c.h"
#include "persist/record.h"
#include "persist/segment.h"

static const char MAGIC[9] = "LVRTCKP\n";

enum { MAGIC_SIZE = 8, CRC_AT = CHECKPOINT_HEADER - 4 };

void checkpoint_encode_header(uint8_t to[CHECKPOINT_HEADER], uint64_t position)
{
    memset(to, 0, CHECKPOINT_HEADER);
    memcpy(to, MAGIC, MAGIC_SIZE);
    wire_store_u32(to + CHECKPOINT_VERSION_AT, CHECKPOINT_VERSION);
    wire_store_u64(to + 16, position);
    wire_store_u32(to + CRC_AT, crc32c(0, (struct slice){to, CRC_AT}));
}

int checkpoint_check_header(struct slice from, uint64_t position)
{
    if (from.len < CHECKPOINT_HEADER || memcmp(from.ptr, MAGIC, MAGIC_SIZE) != 0) {
        return -EUCLEAN;
    }
    if (wire_load_u32(from.ptr + CRC_AT) != crc32c(0, (struct slice){from.ptr, CRC_AT})) {
        return -EUCLEAN;
    }
    if (wire_load_u32(from.ptr + CHECKPOINT_VERSION_AT) != CHECKPOINT_VERSION) {
        return -ENOTSUP;
    }
    return wire_load_u64(from.ptr + 16) == position ? 0 : -EUCLEAN;
}

int checkpoint_folder(char folder[DISK_PATH_MAX], const char *dir)
{
    return disk_path(folder, dir, "checkpoint");
}

int checkpoint_path(char path[DISK_PATH_MAX], const char *folder, uint64_t position)
{
    char name[SEGMENT_NAME_MAX];
    segment_name(name, position, ".ckpt");
    return disk_path(path, folder, name);
}

/* The checkpoints in the directory, as far as there is room: there are one or two. */
struct found {
    uint64_t positions[8];
    size_t count;
    uint64_t newest;
};

static void on_entry(void *arg, const char *name)
{
    struct found *found = arg;
    uint64_t position;
    if (!segment_parse_name(name, ".ckpt", &position) || !record_may_be_at(position)) {
        return;
    }
    if (found->count == 0 || position > found->newest) {
        found->newest = position;
    }
    if (found->count < sizeof found->positions / sizeof *found->positions) {
        found->positions[found->count++] = position;
    }
}

int checkpoint_newest(struct disk *disk, const char *folder, uint64_t *position)
{
    struct found found = {0};
    int rc = disk->list(disk, folder, on_entry, &found);
    *position = found.newest;
    if (rc < 0) {
        return rc == -ENOENT ? 0 : rc;
    }
    return found.count > 0;
}

void checkpoint_remove_older(struct disk *disk, const char *folder, uint64_t position)
{
    struct found found = {0};
    char path[DISK_PATH_MAX];
    if (disk->list(disk, folder, on_entry, &found) < 0) {
        return;
    }
    for (size_t i = 0; i < found.count; i++) {
        if (found.positions[i] < position &&
            checkpoint_path(path, folder, found.positions[i]) == 0) {
            disk->unlink(disk, path);
        }
    }
}
