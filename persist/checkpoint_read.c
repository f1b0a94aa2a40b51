#include "persist/checkpoint_internal.h"

#include <errno.h>
#include <fcntl.h>

#include "base/wire.h"
#include "persist/salvage.h"
#include "persist/scan.h"

/* One checkpoint that is read. */
struct source {
    const struct checkpoint_reading *reading;
    struct checkpoint_report *report;
    struct fault *fault;
    char path[DISK_PATH_MAX];
    int fd;
    struct view view; // owned
    struct scan scan;
    bool ended; // the end has been seen
};

static int fail(struct source *source, int error, const char *doing)
{
    return fault_set_at(source->fault, error, doing, source->path, source->scan.offset);
}

static bool is_tolerant(const struct source *source)
{
    return source->reading->salvage || source->reading->read_only;
}

/* There is nothing sound from the scan's offset to `end`; passes over it, or it is an error. */
static int drop_until(struct source *source, uint64_t end, const char *what)
{
    if (!is_tolerant(source)) {
        fail(source, -EUCLEAN, "checkpoint");
        fault_detail(source->fault, what);
        return -EUCLEAN;
    }
    struct salvage_piece piece = {
        .kind = "checkpoint",
        .position = source->scan.first + source->scan.offset,
        .path = source->path,
        .fd = source->fd,
        .offset = source->scan.offset,
        .size = end - source->scan.offset,
    };
    source->report->hole_count++;
    source->report->hole_size += piece.size;
    source->scan.offset = end;
    const struct checkpoint_reading *reading = source->reading;
    int rc = reading->read_only ? 0 : salvage_keep(reading->disk, reading->dir, &piece);
    return rc < 0 ? fail(source, rc, "salvage") : 0;
}

static int check_header(struct source *source)
{
    struct slice bytes = view_at(&source->view, 0, CHECKPOINT_HEADER);
    int rc = source->view.error;
    if (rc == 0) {
        rc = checkpoint_check_header(bytes, source->report->position);
    }
    if (rc == -EUCLEAN) {
        source->scan.offset = 0;
        uint64_t len = source->view.len;
        rc = drop_until(source, len < CHECKPOINT_HEADER ? len : CHECKPOINT_HEADER,
                        "its header is damaged");
    } else if (rc < 0) {
        fail(source, rc, "checkpoint");
    }
    if (rc == -ENOTSUP) {
        uint32_t version = wire_load_u32(bytes.ptr + CHECKPOINT_VERSION_AT);
        fault_version(source->fault, version, CHECKPOINT_VERSION);
    }
    return rc;
}

/* The block that says how many there were before it, and that this is all. */
static int take_end(struct source *source, const struct record *block)
{
    source->ended = true;
    bool all = block->payload.len == 8 &&
               wire_load_u64(block->payload.ptr) == source->report->blocks &&
               source->scan.offset == source->view.len;
    if (all || source->report->hole_count > 0) {
        return 0;
    }
    return drop_until(source, source->view.len, "there are blocks missing or too many");
}

static int take_block(struct source *source, const struct record *block)
{
    if (block->type == RECORD_CHECKPOINT_END) {
        return take_end(source, block);
    }
    source->report->blocks++;
    int rc = source->reading->apply(source->reading->arg, block->type, block->payload);
    if (rc != 0) {
        uint64_t offset = block->position - source->scan.first;
        fault_set_at(source->fault, rc, "checkpoint", source->path, offset);
    }
    return rc;
}

/* Where there is no sound block: goes on behind, or to the end of the file. */
static int skip_damage(struct source *source)
{
    struct scan ahead = source->scan;
    bool more = scan_skip(&ahead);
    if (source->view.error) {
        return fail(source, source->view.error, "read");
    }
    source->ended = !more;
    bool cut = source->scan.offset == source->view.len;
    return drop_until(source, more ? ahead.offset : source->view.len,
                      cut ? "its end is missing" : "a block is damaged");
}

static int read_blocks(struct source *source)
{
    struct record block;
    int rc = check_header(source);
    while (rc == 0 && !source->ended) {
        rc = scan_next(&source->scan, &block) ? take_block(source, &block) : skip_damage(source);
    }
    return rc;
}

static int read_file(struct source *source)
{
    struct disk *disk = source->reading->disk;
    source->fd = disk->open(disk, source->path, O_RDONLY);
    if (source->fd < 0) {
        return fail(source, source->fd, "open");
    }
    int64_t size = disk->size(disk, source->fd);
    int rc = size < 0 ? fail(source, (int)size, "read") : 0;
    if (rc == 0) {
        source->report->size = (uint64_t)size;
        view_start(&source->view, disk, source->fd, (uint64_t)size);
        scan_start(&source->scan, source->report->position, &source->view);
        source->scan.size_max = record_size(CHECKPOINT_PAYLOAD_MAX);
        rc = read_blocks(source);
        view_finish(&source->view);
    }
    disk->close(disk, source->fd);
    return rc;
}

int checkpoint_read(const struct checkpoint_reading *reading, struct checkpoint_report *report,
                    struct fault *fault)
{
    struct disk *disk = reading->disk;
    struct source source = {.reading = reading, .report = report, .fault = fault};
    char folder[DISK_PATH_MAX];
    *report = (struct checkpoint_report){0};
    *fault = (struct fault){0};
    if (checkpoint_folder(folder, reading->dir) < 0) {
        return fault_set(fault, -ENAMETOOLONG, "checkpoint", reading->dir);
    }
    int rc = checkpoint_newest(disk, folder, &report->position);
    if (rc == 0) {
        return 0;
    }
    if (rc < 0 || (rc = checkpoint_path(source.path, folder, report->position)) < 0) {
        return fault_set(fault, rc, "list", folder);
    }
    rc = read_file(&source);
    if (rc == 0 && !reading->read_only) { // whoever was killed may not have come to this
        rc = disk->sync_directory(disk, folder);
        rc = rc < 0 ? fault_set(fault, rc, "sync", folder) : 0;
    }
    return rc == 0 ? 1 : rc;
}
