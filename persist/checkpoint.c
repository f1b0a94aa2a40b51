#include "persist/checkpoint.h"

#include <errno.h>
#include <fcntl.h>

#include "base/wire.h"
#include "persist/crc32c.h"
#include "persist/segment.h"

static const char MAGIC[9] = "LVRTCKP\n";

enum { MAGIC_SIZE = 8, CRC_AT = CHECKPOINT_HEADER - 4 };

static uint32_t crc_of(const uint8_t *header, struct slice blob)
{
    return crc32c(crc32c(0, (struct slice){header, CRC_AT}), blob);
}

static void encode(uint8_t *header, uint64_t position, struct slice blob)
{
    memset(header, 0, CHECKPOINT_HEADER);
    memcpy(header, MAGIC, MAGIC_SIZE);
    wire_store_u32(header + 8, CHECKPOINT_VERSION);
    wire_store_u64(header + 16, position);
    wire_store_u64(header + 24, blob.len);
    wire_store_u32(header + CRC_AT, crc_of(header, blob));
}

static int write_file(struct disk *disk, const char *path, uint64_t position, struct slice blob)
{
    uint8_t header[CHECKPOINT_HEADER];
    encode(header, position, blob);
    int fd = disk->open(disk, path, O_RDWR | O_CREAT | O_TRUNC);
    if (fd < 0) {
        return fd;
    }
    int rc = disk_write(disk, fd, (struct slice){header, sizeof header}, 0);
    if (rc == 0 && blob.len > 0) {
        rc = disk_write(disk, fd, blob, sizeof header);
    }
    if (rc == 0) {
        rc = disk->fdatasync(disk, fd);
    }
    disk->close(disk, fd);
    return rc;
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
    if (!segment_parse_name(name, ".ckpt", &position)) {
        return;
    }
    if (found->count == 0 || position > found->newest) {
        found->newest = position;
    }
    if (found->count < sizeof found->positions / sizeof *found->positions) {
        found->positions[found->count++] = position;
    }
}

static int path_of(char *path, const char *folder, uint64_t position)
{
    char name[SEGMENT_NAME_MAX];
    segment_name(name, position, ".ckpt");
    return disk_path(path, folder, name);
}

/* What cannot be removed now is removed after the next one. */
static int remove_others(struct disk *disk, const char *folder, uint64_t position)
{
    struct found found = {0};
    char path[DISK_PATH_MAX];
    int rc = disk->list(disk, folder, on_entry, &found);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; i < found.count; i++) {
        if (found.positions[i] < position && path_of(path, folder, found.positions[i]) == 0) {
            disk->unlink(disk, path);
        }
    }
    return disk->sync_directory(disk, folder);
}

static int put_in_place(struct disk *disk, const char *folder, const char *temporary,
                        uint64_t position)
{
    char path[DISK_PATH_MAX];
    int rc = path_of(path, folder, position);
    if (rc == 0) {
        rc = disk->rename(disk, temporary, path);
    }
    return rc < 0 ? rc : disk->sync_directory(disk, folder);
}

int checkpoint_write(struct disk *disk, const char *dir, uint64_t position, struct slice blob,
                     struct fault *fault)
{
    char folder[DISK_PATH_MAX], temporary[DISK_PATH_MAX];
    *fault = (struct fault){0};
    if (disk_path(folder, dir, "checkpoint") < 0 ||
        disk_path(temporary, folder, "checkpoint.tmp") < 0) {
        return fault_set(fault, -ENAMETOOLONG, "checkpoint", dir);
    }
    int rc = disk_make_directory(disk, dir, folder);
    if (rc == 0) {
        rc = write_file(disk, temporary, position, blob);
    }
    if (rc == 0) {
        rc = put_in_place(disk, folder, temporary, position);
    }
    if (rc < 0) {
        disk->unlink(disk, temporary);
        return fault_set(fault, rc, "write", temporary);
    }
    rc = remove_others(disk, folder, position);
    return rc < 0 ? fault_set(fault, rc, "clearing", folder) : 0;
}

/* Checks the file's content and leaves the blob of it. */
static int decode(struct bytes *bytes, uint64_t position)
{
    if (bytes->len < CHECKPOINT_HEADER || memcmp(bytes->ptr, MAGIC, MAGIC_SIZE) != 0) {
        return -EUCLEAN;
    }
    struct slice blob = {bytes->ptr + CHECKPOINT_HEADER, bytes->len - CHECKPOINT_HEADER};
    if (wire_load_u32(bytes->ptr + CRC_AT) != crc_of(bytes->ptr, blob)) {
        return -EUCLEAN;
    }
    if (wire_load_u32(bytes->ptr + 8) != CHECKPOINT_VERSION) {
        return -ENOTSUP;
    }
    if (wire_load_u64(bytes->ptr + 16) != position || wire_load_u64(bytes->ptr + 24) != blob.len) {
        return -EUCLEAN;
    }
    bytes_consume(bytes, CHECKPOINT_HEADER);
    return 0;
}

static int read_file(struct disk *disk, const char *path, struct bytes *bytes)
{
    int fd = disk->open(disk, path, O_RDONLY);
    if (fd < 0) {
        return fd;
    }
    int64_t size = disk->size(disk, fd);
    int rc = size < 0 ? (int)size : 0;
    bytes->len = 0;
    if (size > 0) {
        rc = disk_read(disk, fd, bytes_reserve(bytes, (size_t)size), (size_t)size, 0);
        bytes->len = (size_t)size;
    }
    disk->close(disk, fd);
    return rc;
}

int checkpoint_read(struct disk *disk, const char *dir, struct bytes *blob, uint64_t *position,
                    struct fault *fault)
{
    struct found found = {0};
    char folder[DISK_PATH_MAX], path[DISK_PATH_MAX];
    *fault = (struct fault){0};
    *position = 0;
    blob->len = 0;
    if (disk_path(folder, dir, "checkpoint") < 0) {
        return fault_set(fault, -ENAMETOOLONG, "checkpoint", dir);
    }
    int rc = disk->list(disk, folder, on_entry, &found);
    if (rc == -ENOENT || (rc == 0 && found.count == 0)) {
        return 0;
    }
    if (rc < 0 || (rc = path_of(path, folder, found.newest)) < 0) {
        return fault_set(fault, rc, "list", folder);
    }
    rc = read_file(disk, path, blob);
    if (rc == 0) {
        rc = decode(blob, found.newest);
    }
    if (rc == 0) { // whoever was killed may not have come to this
        rc = disk->sync_directory(disk, folder);
    }
    if (rc < 0) {
        return fault_set(fault, rc, "checkpoint", path);
    }
    *position = found.newest;
    return 1;
}
