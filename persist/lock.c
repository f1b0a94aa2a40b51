#include "persist/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* The detail of the fault: the line in the file, without control characters. */
static void name_holder(struct disk *disk, int fd, struct fault *fault)
{
    char line[FAULT_DETAIL_MAX - sizeof "held by "], detail[FAULT_DETAIL_MAX];
    int64_t len = disk->pread(disk, fd, line, sizeof line - 1, 0);
    line[len > 0 ? len : 0] = '\0';
    for (char *at = line; *at; at++) {
        if (*at == '\n') {
            *at = '\0';
            break;
        }
        *at = *at >= ' ' && *at <= '~' ? *at : '?';
    }
    snprintf(detail, sizeof detail, "held by %s", line[0] ? line : "an unknown process");
    fault_detail(fault, detail);
}

static int write_holder(struct disk *disk, int fd, const char *holder)
{
    char line[FAULT_DETAIL_MAX];
    int len = snprintf(line, sizeof line, "%s\n", holder);
    int rc = disk->ftruncate(disk, fd, 0);
    if (rc < 0 || len < 0) {
        return rc;
    }
    size_t size = (size_t)len < sizeof line ? (size_t)len : sizeof line - 1;
    rc = disk_write(disk, fd, (struct slice){(const uint8_t *)line, size}, 0);
    return rc == -ENOSPC ? 0 : rc; // a full disk must not keep a broker from starting
}

int lock_take(struct disk *disk, const char *dir, const char *holder, struct fault *fault)
{
    char path[DISK_PATH_MAX];
    int rc = disk_path(path, dir, "lock");
    if (rc < 0) {
        return fault_set(fault, rc, "lock", dir);
    }
    int fd = disk->open(disk, path, O_RDWR | O_CREAT);
    if (fd < 0) {
        return fault_set(fault, fd, "lock", path);
    }
    rc = disk->lock(disk, fd);
    if (rc < 0) {
        fault_set(fault, rc, "lock", path);
        name_holder(disk, fd, fault);
    } else if ((rc = write_holder(disk, fd, holder)) < 0) {
        fault_set(fault, rc, "lock", path);
    }
    if (rc < 0) {
        disk->close(disk, fd);
        return rc;
    }
    return fd;
}
