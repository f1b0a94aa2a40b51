#include "persist/recovering.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/memory.h"

enum { HOLE_MAX = 1 << 20 };

static int fail(struct recovering *r, int error, const char *doing)
{
    return fault_set_at(r->fault, error, doing, r->path, r->scan.offset);
}

static bool changes_nothing(const struct recovering *r)
{
    return r->journal->options.read_only;
}

/* --- Damage. --- */

int recovering_lose(struct recovering *r, uint64_t position, uint64_t size)
{
    uint64_t offset = size > 0 ? position - r->segment->first : 0;
    if (size > 0) {
        r->report->hole_count++;
        r->report->hole_size += size;
    }
    if (r->recovery->on_hole) {
        struct journal_hole hole = {.file = r->path, .offset = offset, .size = size};
        r->recovery->on_hole(r->recovery->arg, &hole);
    }
    if (changes_nothing(r)) {
        return 0;
    }
    struct salvage_piece piece = {
        .kind = "segment",
        .position = position,
        .path = r->path,
        .fd = r->fd,
        .offset = offset,
        .size = size,
    };
    int rc = journal_keep_aside(r->journal, &piece);
    return rc < 0 ? fail(r, rc, "salvage") : 0;
}

/* How much of what is left goes into one hole; a record must fit into what is left then. */
static size_t hole_size(uint64_t left)
{
    if (left <= HOLE_MAX) {
        return left;
    }
    return left - HOLE_MAX < RECORD_HEADER ? HOLE_MAX - RECORD_HEADER : HOLE_MAX;
}

static int write_holes(struct recovering *r, uint64_t end, const uint8_t *zeroes, uint8_t *hole)
{
    struct disk *disk = r->journal->options.disk;
    int rc = 0;
    for (uint64_t at = r->scan.offset; at < end && rc == 0;) {
        size_t size = hole_size(end - at);
        struct record record = {.position = r->segment->first + at, .type = RECORD_HOLE};
        record_encode(hole, &record, &(struct slice){zeroes, size - RECORD_HEADER}, 1);
        rc = disk_write(disk, r->fd, (struct slice){hole, size}, at);
        at += size;
    }
    return rc < 0 ? rc : disk->fdatasync(disk, r->fd);
}

/* Puts records of zeroes in place of what is not sound, up to `end`, where there is a sound one;
 * the next start has nothing to complain about. */
static int put_holes(struct recovering *r, uint64_t end)
{
    uint8_t *zeroes = memory_new(HOLE_MAX), *hole = memory_new(HOLE_MAX);
    int rc = write_holes(r, end, zeroes, hole);
    free(zeroes);
    free(hole);
    return rc < 0 ? fail(r, rc, "salvage") : 0;
}

static int refuse_damage(struct recovering *r)
{
    fail(r, -EUCLEAN, "record");
    fault_detail(r->fault, "records that were durable are damaged");
    return -EUCLEAN;
}

/* Leaves the damage behind and goes on with the next sound record, if there is one. */
static int pass_over(struct recovering *r, bool *more)
{
    struct scan ahead = r->scan;
    *more = scan_skip(&ahead);
    if (r->view.error) {
        return fail(r, r->view.error, "read");
    }
    uint64_t end = *more ? ahead.offset : r->view.len;
    if (end > r->scan.offset) {
        int rc = recovering_lose(r, r->segment->first + r->scan.offset, end - r->scan.offset);
        if (rc < 0) {
            return rc;
        }
    }
    if (*more) {
        int rc = changes_nothing(r) ? 0 : put_holes(r, end);
        r->scan = ahead;
        return rc;
    }
    return 0;
}

static void tell_of_tear(struct recovering *r, const struct scan_tail *tail)
{
    if (tail->torn) {
        r->report->torn = true;
        r->report->torn_position = r->segment->first + r->scan.offset;
        r->report->torn_size = tail->torn_end - r->scan.offset;
    }
}

/* --- Records. --- */

static int apply_records(struct recovering *r)
{
    struct record record;
    while (scan_next(&r->scan, &record)) {
        r->report->last = record.position;
        bool wanted = record.position > r->recovery->after || r->recovery->all;
        if (!wanted || record.type > RECORD_OWNER_LAST) {
            continue;
        }
        int rc = r->recovery->apply(r->recovery->arg, &record);
        if (rc != 0) {
            return fault_set_at(r->fault, rc, "recovery", r->path,
                                record.position - r->segment->first);
        }
        r->report->records++;
    }
    return r->view.error ? fail(r, r->view.error, "read") : 0;
}

static int recover_records(struct recovering *r)
{
    for (bool more = true; more;) {
        int rc = apply_records(r);
        if (rc != 0 || r->scan.closed) {
            return rc;
        }
        struct scan_tail tail = scan_tail(&r->scan);
        if (r->view.error) {
            return fail(r, r->view.error, "read");
        }
        if (r->newest && !tail.damaged) {
            tell_of_tear(r, &tail);
            return 0;
        }
        if (!journal_tolerant(r->journal)) {
            return refuse_damage(r);
        }
        rc = pass_over(r, &more);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* --- The segment. --- */

/* Nobody else has looked at it, if nothing is to be changed. */
static int check_header(struct recovering *r)
{
    struct segment_header header;
    struct slice bytes = view_at(&r->view, 0, SEGMENT_HEADER);
    if (r->view.error) {
        return fail(r, r->view.error, "read");
    }
    if (changes_nothing(r) && segment_decode(bytes, &header) < 0) {
        uint64_t size = r->view.len < SEGMENT_HEADER ? r->view.len : SEGMENT_HEADER;
        return recovering_lose(r, r->segment->first, size);
    }
    return 0;
}

static int start_scan(struct recovering *r)
{
    struct disk *disk = r->journal->options.disk;
    int64_t size = disk->size(disk, r->fd);
    if (size < 0) {
        return fail(r, (int)size, "read");
    }
    uint64_t len = (uint64_t)size < r->segment->size ? (uint64_t)size : r->segment->size;
    view_start(&r->view, disk, r->fd, len);
    scan_start(&r->scan, r->segment->first, &r->view);
    return check_header(r);
}

static int close_segment(struct recovering *r)
{
    struct disk *disk = r->journal->options.disk;
    uint64_t position = r->segment->first + r->scan.offset;
    int rc = segment_close(disk, r->fd, position, r->scan.offset, r->scan.last);
    return rc < 0 ? fail(r, rc, "close") : 0;
}

/* What was read may have been in the system's memory only, left behind by a process that was
 * killed. */
static int make_durable(struct recovering *r)
{
    if (changes_nothing(r)) {
        return 0;
    }
    if (!r->scan.closed) {
        return close_segment(r);
    }
    struct disk *disk = r->journal->options.disk;
    int rc = r->newest ? disk->fdatasync(disk, r->fd) : 0;
    return rc < 0 ? fail(r, rc, "sync") : 0;
}

int recovering_segment(struct recovering *r)
{
    struct disk *disk = r->journal->options.disk;
    r->scan.offset = 0;
    journal_path(r->journal, r->segment->first, r->path);
    r->fd = disk->open(disk, r->path, changes_nothing(r) ? O_RDONLY : O_RDWR);
    if (r->fd < 0) {
        return fail(r, r->fd, "open");
    }
    int rc = start_scan(r);
    if (rc == 0) {
        rc = recover_records(r);
    }
    if (rc == 0) {
        rc = make_durable(r);
    }
    disk->close(disk, r->fd);
    return rc;
}
