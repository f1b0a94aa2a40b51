#include "persist/salvage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

enum { LINE_MAX = DISK_PATH_MAX + 128 };

/* Adds the octets to the file's end, or replaces what is there. */
static int put_file(struct disk *disk, const char *path, struct slice bytes, int flags)
{
    int fd = disk->open(disk, path, O_WRONLY | O_CREAT | flags);
    if (fd < 0) {
        return fd;
    }
    int64_t end = disk->size(disk, fd);
    int rc = end < 0 ? (int)end : disk_write(disk, fd, bytes, (uint64_t)end);
    if (rc == 0) {
        rc = disk->fdatasync(disk, fd);
    }
    disk->close(disk, fd);
    return rc;
}

static int put_line(struct disk *disk, const char *path, const struct salvage_piece *piece)
{
    char line[LINE_MAX];
    int len = snprintf(line, sizeof line,
                       "dropped %zu octets of %s at offset %" PRIu64 ": %016" PRIx64 ".bin\n",
                       piece->bytes.len, piece->file, piece->offset, piece->position);
    if (len < 0 || len >= LINE_MAX) {
        return -1;
    }
    return put_file(disk, path, (struct slice){(const uint8_t *)line, (size_t)len}, 0);
}

int salvage_keep(struct disk *disk, const char *dir, const struct salvage_piece *piece)
{
    char folder[DISK_PATH_MAX], path[DISK_PATH_MAX], name[32];
    snprintf(name, sizeof name, "%016" PRIx64 ".bin", piece->position);
    int rc = disk_path(folder, dir, "salvage");
    if (rc == 0) {
        rc = disk_make_directory(disk, dir, folder);
    }
    if (rc == 0) {
        rc = disk_path(path, folder, name);
    }
    if (rc == 0) {
        rc = put_file(disk, path, piece->bytes, O_TRUNC);
    }
    if (rc == 0) {
        rc = disk_path(path, folder, "report.txt");
    }
    if (rc == 0) {
        rc = put_line(disk, path, piece);
    }
    return rc < 0 ? rc : disk->sync_directory(disk, folder);
}
