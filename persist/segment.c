#include "persist/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/wire.h"
#include "persist/crc32c.h"
#include "persist/record.h"

static const char MAGIC[9] = "LVRTSEG\n";

enum { MAGIC_SIZE = 8, CRC_AT = SEGMENT_HEADER - 4 };

void segment_encode(uint8_t to[SEGMENT_HEADER], const struct segment_header *header)
{
    memset(to, 0, SEGMENT_HEADER);
    memcpy(to, MAGIC, MAGIC_SIZE);
    wire_store_u32(to + 8, SEGMENT_VERSION);
    memcpy(to + 16, header->store_id, STORE_ID_SIZE);
    wire_store_u64(to + 32, header->first);
    wire_store_u64(to + 40, header->size);
    wire_store_u64(to + 48, header->origin);
    wire_store_u32(to + CRC_AT, crc32c(0, (struct slice){to, CRC_AT}));
}

int segment_decode(struct slice from, struct segment_header *header)
{
    if (from.len < SEGMENT_HEADER || memcmp(from.ptr, MAGIC, MAGIC_SIZE) != 0 ||
        wire_load_u32(from.ptr + CRC_AT) != crc32c(0, (struct slice){from.ptr, CRC_AT})) {
        return -EUCLEAN;
    }
    header->version = wire_load_u32(from.ptr + 8);
    if (header->version != SEGMENT_VERSION) {
        return -ENOTSUP;
    }
    memcpy(header->store_id, from.ptr + 16, STORE_ID_SIZE);
    header->first = wire_load_u64(from.ptr + 32);
    header->size = wire_load_u64(from.ptr + 40);
    header->origin = wire_load_u64(from.ptr + 48);
    return 0;
}

void segment_name(char name[SEGMENT_NAME_MAX], uint64_t number, const char *suffix)
{
    int len = snprintf(name, SEGMENT_NAME_MAX, "%016" PRIx64 "%s", number, suffix);
    CHECK(len > 0 && len < SEGMENT_NAME_MAX);
}

bool segment_parse_name(const char *name, const char *suffix, uint64_t *number)
{
    enum { DIGITS = 16 };
    if (strspn(name, "0123456789abcdef") != DIGITS || strcmp(name + DIGITS, suffix) != 0) {
        return false;
    }
    *number = strtoull(name, NULL, 16);
    return true;
}

static int path_of(char *path, const char *dir, uint64_t number, const char *suffix)
{
    char name[SEGMENT_NAME_MAX];
    segment_name(name, number, suffix);
    return disk_path(path, dir, name);
}

/* A file system that cannot reserve space gives a file that has the size only. */
static int reserve(struct disk *disk, int fd, uint64_t size)
{
    int rc = disk->fallocate(disk, fd, size);
    return rc == -EOPNOTSUPP ? disk->ftruncate(disk, fd, size) : rc;
}

static int make_file(struct disk *disk, const char *path, uint64_t size)
{
    int fd = disk->open(disk, path, O_RDWR | O_CREAT | O_TRUNC);
    if (fd < 0) {
        return fd;
    }
    int rc = reserve(disk, fd, size);
    if (rc == 0) {
        rc = disk->fdatasync(disk, fd);
    }
    disk->close(disk, fd);
    return rc;
}

int segment_make_spare(struct disk *disk, const char *dir, uint64_t number, uint64_t size)
{
    char path[DISK_PATH_MAX], to[DISK_PATH_MAX];
    int rc = path_of(path, dir, number, ".tmp");
    if (rc == 0) {
        rc = path_of(to, dir, number, ".spare");
    }
    if (rc < 0) {
        return rc;
    }
    rc = make_file(disk, path, size);
    if (rc == 0) {
        rc = disk->rename(disk, path, to);
    }
    if (rc < 0) {
        disk->unlink(disk, path);
        return rc;
    }
    return disk->sync_directory(disk, dir);
}

static int write_header(struct disk *disk, int fd, const struct segment_header *header)
{
    uint8_t bytes[SEGMENT_HEADER];
    segment_encode(bytes, header);
    int rc = disk_write(disk, fd, (struct slice){bytes, sizeof bytes}, 0);
    return rc < 0 ? rc : disk->fdatasync(disk, fd);
}

int segment_activate(struct disk *disk, const char *dir, uint64_t number,
                     const struct segment_header *header)
{
    char path[DISK_PATH_MAX], to[DISK_PATH_MAX];
    int rc = path_of(path, dir, number, ".spare");
    if (rc == 0) {
        rc = path_of(to, dir, header->first, ".seg");
    }
    if (rc < 0) {
        return rc;
    }
    int fd = disk->open(disk, path, O_RDWR);
    if (fd < 0) {
        return fd;
    }
    rc = write_header(disk, fd, header);
    if (rc == 0) {
        rc = disk->rename(disk, path, to);
    }
    if (rc == 0) {
        rc = disk->sync_directory(disk, dir);
    }
    if (rc < 0) {
        disk->close(disk, fd);
        return rc;
    }
    return fd;
}

int segment_close(struct disk *disk, int fd, uint64_t position, uint64_t offset, uint64_t durable)
{
    uint8_t mark[RECORD_MARK];
    record_encode_mark(mark, RECORD_SEGMENT_END, position, durable);
    int rc = disk->fdatasync(disk, fd); // before the mark says so
    if (rc == 0) {
        rc = disk_write(disk, fd, (struct slice){mark, sizeof mark}, offset);
    }
    if (rc == 0) {
        rc = disk->ftruncate(disk, fd, offset + sizeof mark);
    }
    return rc < 0 ? rc : disk->fdatasync(disk, fd);
}
