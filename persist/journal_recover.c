#include "persist/journal_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "persist/salvage.h"
#include "persist/scan.h"

/* --- What is in the directory. --- */

static void on_entry(void *arg, const char *name)
{
    struct journal *journal = arg;
    uint64_t number;
    if (segment_parse_name(name, ".seg", &number)) {
        journal_add_segment(journal, number, 0);
    } else if (segment_parse_name(name, ".spare", &number)) {
        spares_found(journal->spares, number);
    } else if (segment_parse_name(name, ".tmp", &number)) {
        spares_leftover(journal->spares, number);
    }
}

static int by_first(const void *a, const void *b)
{
    const struct journal_segment *left = a, *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

static int refuse(struct fault *fault, int error, const char *path, const char *detail)
{
    fault_set(fault, error, "header", path);
    fault_detail(fault, detail);
    return error;
}

/* In place of an unsound header, for salvage: the name says where the segment starts. */
static int mend_header(struct journal *journal, int fd, struct segment_header *header)
{
    struct disk *disk = journal->options.disk;
    int64_t size = disk->size(disk, fd);
    if (size < 0) {
        return (int)size;
    }
    header->size = journal->options.segment_size;
    if ((uint64_t)size > header->size) {
        header->size = (uint64_t)size;
    }
    memcpy(header->store_id, journal->store_id, STORE_ID_SIZE);
    uint8_t bytes[SEGMENT_HEADER];
    segment_encode(bytes, header);
    int rc = disk_write(disk, fd, (struct slice){bytes, sizeof bytes}, 0);
    return rc < 0 ? rc : disk->fdatasync(disk, fd);
}

static int check_header(struct journal *journal, size_t index, int fd, struct fault *fault)
{
    struct disk *disk = journal->options.disk;
    struct journal_segment *segment = &journal->segments[index];
    struct segment_header header = {0};
    uint8_t bytes[SEGMENT_HEADER];
    char path[DISK_PATH_MAX];
    journal_path(journal, segment->first, path);
    int64_t got = disk->pread(disk, fd, bytes, sizeof bytes, 0);
    if (got < 0) {
        return fault_set(fault, (int)got, "read", path);
    }
    int rc = segment_decode((struct slice){bytes, (size_t)got}, &header);
    if (rc == -ENOTSUP) {
        return refuse(fault, rc, path, "it was written by another version of the format");
    }
    if (rc == 0 && header.first != segment->first) {
        rc = -EUCLEAN;
    }
    if (rc == -EUCLEAN && journal->options.salvage) {
        header.first = segment->first;
        rc = mend_header(journal, fd, &header);
    }
    if (rc < 0) {
        return refuse(fault, rc, path, "the segment's header is damaged");
    }
    if (index == 0) {
        memcpy(journal->store_id, header.store_id, STORE_ID_SIZE);
    } else if (memcmp(journal->store_id, header.store_id, STORE_ID_SIZE) != 0) {
        return refuse(fault, -EUCLEAN, path, "the segment belongs to another store");
    }
    segment->size = header.size;
    return 0;
}

/* What is listed is durable first: whoever was killed may have left a segment that is a spare by
 * now, but would be a segment again after a power cut. */
int journal_find_segments(struct journal *journal, struct fault *fault)
{
    struct disk *disk = journal->options.disk;
    int rc = disk->sync_directory(disk, journal->dir);
    if (rc == 0) {
        rc = disk->list(disk, journal->dir, on_entry, journal);
    }
    if (rc < 0) {
        return fault_set(fault, rc, "list", journal->dir);
    }
    if (journal->segment_count > 0) {
        qsort(journal->segments, journal->segment_count, sizeof *journal->segments, by_first);
    }
    for (size_t i = 0; i < journal->segment_count; i++) {
        char path[DISK_PATH_MAX];
        journal_path(journal, journal->segments[i].first, path);
        int fd = disk->open(disk, path, journal->options.salvage ? O_RDWR : O_RDONLY);
        if (fd < 0) {
            return fault_set(fault, fd, "open", path);
        }
        rc = check_header(journal, i, fd, fault);
        disk->close(disk, fd);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* --- What is in the segments. --- */

/* One segment under recovery. */
struct recovering {
    struct journal *journal;
    const struct journal_recovery *recovery;
    struct journal_report *report;
    struct fault *fault;
    const struct journal_segment *segment;
    bool newest;
    char path[DISK_PATH_MAX];
    int fd;
    struct bytes bytes; // owned; the segment's content
    struct scan scan;
};

static int fail(struct recovering *r, int error, const char *doing)
{
    return fault_set_at(r->fault, error, doing, r->path, r->scan.offset);
}

static int apply_records(struct recovering *r)
{
    struct record record;
    while (scan_next(&r->scan, &record)) {
        r->report->last = record.position;
        if (record.position <= r->recovery->after || record.type > RECORD_OWNER_LAST) {
            continue;
        }
        int rc = r->recovery->apply(r->recovery->arg, &record);
        if (rc != 0) {
            return fault_set_at(r->fault, rc, "recovery", r->path,
                                record.position - r->segment->first);
        }
        r->report->records++;
    }
    return 0;
}

static int keep_aside(struct recovering *r, size_t end)
{
    struct salvage_piece piece = {
        .position = r->segment->first + r->scan.offset,
        .file = r->path,
        .offset = r->scan.offset,
        .bytes = {r->bytes.ptr + r->scan.offset, end - r->scan.offset},
    };
    r->report->hole_count++;
    r->report->hole_size += piece.bytes.len;
    struct journal_options *options = &r->journal->options;
    int rc = salvage_keep(options->disk, options->dir, &piece);
    return rc < 0 ? fail(r, rc, "salvage") : 0;
}

/* Puts a record of zeroes in place of what is not sound, up to `end`, where there is a sound one;
 * the next start has nothing to complain about. */
static int put_hole(struct recovering *r, size_t end)
{
    struct disk *disk = r->journal->options.disk;
    size_t size = end - r->scan.offset;
    uint8_t *zeroes = memory_new(size), *hole = memory_new(size);
    struct record record = {
        .position = r->segment->first + r->scan.offset,
        .type = RECORD_HOLE,
    };
    record_encode(hole, &record, &(struct slice){zeroes, size - RECORD_HEADER}, 1);
    int rc = disk_write(disk, r->fd, (struct slice){hole, size}, r->scan.offset);
    if (rc == 0) {
        rc = disk->fdatasync(disk, r->fd);
    }
    free(zeroes);
    free(hole);
    return rc < 0 ? fail(r, rc, "salvage") : 0;
}

static int close_segment(struct recovering *r)
{
    struct disk *disk = r->journal->options.disk;
    uint64_t position = r->segment->first + r->scan.offset;
    int rc = segment_close(disk, r->fd, position, r->scan.offset, r->scan.last);
    return rc < 0 ? fail(r, rc, "close") : 0;
}

static int damaged(struct recovering *r)
{
    fail(r, -EUCLEAN, "record");
    fault_detail(r->fault, "records that were durable are damaged");
    return -EUCLEAN;
}

/* Leaves the damage behind and goes on with the next sound record, if there is one. */
static int salvage(struct recovering *r, bool *more)
{
    struct scan ahead = r->scan;
    *more = scan_skip(&ahead);
    int rc = keep_aside(r, *more ? ahead.offset : r->bytes.len);
    if (rc < 0 || !*more) {
        return rc;
    }
    rc = put_hole(r, ahead.offset);
    r->scan = ahead;
    return rc;
}

static void tell_of_tear(struct recovering *r, const struct scan_tail *tail)
{
    if (tail->torn) {
        r->report->torn = true;
        r->report->torn_position = r->segment->first + r->scan.offset;
        r->report->torn_size = tail->torn_end - r->scan.offset;
    }
}

static int recover_records(struct recovering *r)
{
    for (bool more = true; more;) {
        int rc = apply_records(r);
        if (rc != 0 || r->scan.closed) {
            return rc;
        }
        struct scan_tail tail = scan_tail(&r->scan);
        if (r->newest && !tail.damaged) {
            tell_of_tear(r, &tail);
            return 0;
        }
        if (!r->journal->options.salvage) {
            return damaged(r);
        }
        rc = salvage(r, &more);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int read_segment(struct recovering *r)
{
    struct disk *disk = r->journal->options.disk;
    int64_t size = disk->size(disk, r->fd);
    if (size < 0) {
        return fail(r, (int)size, "read");
    }
    size_t len = (uint64_t)size < r->segment->size ? (size_t)size : r->segment->size;
    r->bytes.len = 0;
    int rc = disk_read(disk, r->fd, bytes_reserve(&r->bytes, len), len, 0);
    if (rc < 0) {
        return fail(r, rc, "read");
    }
    r->bytes.len = len;
    scan_start(&r->scan, r->segment->first, bytes_slice(&r->bytes));
    return 0;
}

/* After this the segment is closed, and what was handed out of it is durable: what was read may
 * have been in the system's memory only, left behind by a process that was killed. */
static int recover_segment(struct recovering *r)
{
    int rc = read_segment(r);
    if (rc == 0) {
        rc = recover_records(r);
    }
    if (rc != 0) {
        return rc;
    }
    if (!r->scan.closed) {
        return close_segment(r);
    }
    struct disk *disk = r->journal->options.disk;
    rc = r->newest ? disk->fdatasync(disk, r->fd) : 0;
    return rc < 0 ? fail(r, rc, "sync") : 0;
}

static int open_and_recover(struct recovering *r)
{
    struct disk *disk = r->journal->options.disk;
    r->scan.offset = 0;
    journal_path(r->journal, r->segment->first, r->path);
    r->fd = disk->open(disk, r->path, O_RDWR);
    if (r->fd < 0) {
        return fail(r, r->fd, "open");
    }
    int rc = recover_segment(r);
    disk->close(disk, r->fd);
    return rc;
}

static int recover_segments(struct recovering *r)
{
    struct journal *journal = r->journal;
    for (size_t i = 0; i < journal->segment_count; i++) {
        r->segment = &journal->segments[i];
        r->newest = i + 1 == journal->segment_count;
        if (!r->newest && journal->segments[i + 1].first <= r->recovery->after) {
            continue; // the checkpoint knows it all
        }
        int rc = open_and_recover(r);
        if (rc != 0) {
            return rc;
        }
    }
    if (r->report->last < r->recovery->after && !journal->options.salvage) {
        fault_set(r->fault, -EUCLEAN, "recovery", journal->dir);
        fault_detail(r->fault, "the journal ends before the checkpoint");
        return -EUCLEAN;
    }
    return 0;
}

/* --- And then? --- */

/* Records go on in a segment of their own, behind all positions that the newest one can have. */
static int start_writing(struct journal *journal, uint64_t durable, struct fault *fault)
{
    uint64_t first = journal->options.first_position;
    if (journal->segment_count > 0) {
        const struct journal_segment *newest = &journal->segments[journal->segment_count - 1];
        first = newest->first + newest->size;
    }
    staging_start(journal->staging, first, durable);
    spares_tend(journal->spares);
    struct writer_options options = {
        .disk = journal->options.disk,
        .dir = journal->dir,
        .staging = journal->staging,
        .spares = journal->spares,
        .sync_delay_ms = journal->options.sync_delay_ms,
        .synced = !journal->options.no_sync,
    };
    memcpy(options.store_id, journal->store_id, STORE_ID_SIZE);
    journal->writer = writer_new(&options);
    journal->recovered = true;
    if (journal->options.threadless) {
        return 0;
    }
    int rc = writer_start(journal->writer, &journal->event_fd);
    return rc < 0 ? fault_set(fault, rc, "start", journal->dir) : 0;
}

int journal_recover(struct journal *journal, const struct journal_recovery *recovery,
                    struct journal_report *report, struct fault *fault)
{
    CHECK(!journal->recovered);
    *report = (struct journal_report){0};
    *fault = (struct fault){0};
    struct recovering recovering = {
        .journal = journal,
        .recovery = recovery,
        .report = report,
        .fault = fault,
    };
    int rc = recover_segments(&recovering);
    bytes_finish(&recovering.bytes);
    return rc == 0 ? start_writing(journal, report->last, fault) : rc;
}
