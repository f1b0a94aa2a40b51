#include "persist/salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "persist/view.h"

enum { NAME_SIZE = 48, LINE_SIZE = DISK_PATH_MAX + 160 };

/* Appends to a file and syncs it. */
static int add_line(struct disk *disk, const char *path, const char *line)
{
    int fd = disk->open(disk, path, O_WRONLY | O_CREAT);
    if (fd < 0) {
        return fd;
    }
    int64_t end = disk->size(disk, fd);
    struct slice bytes = {(const uint8_t *)line, strlen(line)};
    int rc = end < 0 ? (int)end : disk_write(disk, fd, bytes, (uint64_t)end);
    if (rc == 0) {
        rc = disk->fdatasync(disk, fd);
    }
    disk->close(disk, fd);
    return rc;
}

static int copy_octets(struct disk *disk, int to, const struct salvage_piece *piece)
{
    struct view view = {0};
    uint64_t end = piece->offset + piece->size;
    int rc = 0;
    view_start(&view, disk, piece->fd, end);
    for (uint64_t at = piece->offset; at < end && rc == 0;) {
        struct slice some = view_at(&view, at, 1);
        rc = view.error ? view.error : disk_write(disk, to, some, at - piece->offset);
        at += some.len;
    }
    view_finish(&view);
    return rc;
}

static int keep_octets(struct disk *disk, const char *path, const struct salvage_piece *piece)
{
    int fd = disk->open(disk, path, O_WRONLY | O_CREAT | O_TRUNC);
    if (fd < 0) {
        return fd;
    }
    int rc = copy_octets(disk, fd, piece);
    if (rc == 0) {
        rc = disk->fdatasync(disk, fd);
    }
    disk->close(disk, fd);
    return rc;
}

static void write_line(char line[LINE_SIZE], const struct salvage_piece *piece, const char *name)
{
    if (piece->size > 0) {
        snprintf(line, LINE_SIZE,
                 "dropped %" PRIu64 " octets of %s at offset %" PRIu64 ", kept in %s\n",
                 piece->size, piece->path, piece->offset, name);
    } else {
        snprintf(line, LINE_SIZE, "missing: %s from offset %" PRIu64 " on\n", piece->path,
                 piece->offset);
    }
}

static int keep_in(struct disk *disk, const char *folder, const struct salvage_piece *piece)
{
    char path[DISK_PATH_MAX], name[NAME_SIZE], line[LINE_SIZE];
    snprintf(name, sizeof name, "%s-%016" PRIx64 ".bin", piece->kind, piece->position);
    int rc = disk_path(path, folder, name);
    if (rc == 0 && piece->size > 0) {
        rc = keep_octets(disk, path, piece);
    }
    if (rc == 0) {
        rc = disk_path(path, folder, "report.txt");
    }
    if (rc == 0) {
        write_line(line, piece, name);
        rc = add_line(disk, path, line);
    }
    return rc < 0 ? rc : disk->sync_directory(disk, folder);
}

int salvage_keep(struct disk *disk, const char *dir, const struct salvage_piece *piece)
{
    char folder[DISK_PATH_MAX];
    int rc = disk_path(folder, dir, "salvage");
    if (rc == 0) {
        rc = disk_make_directory(disk, dir, folder);
    }
    return rc < 0 ? rc : keep_in(disk, folder, piece);
}
