#include "persist/journal_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static void on_entry(void *arg, const char *name)
{
    struct journal *journal = arg;
    uint64_t number;
    if (segment_parse_name(name, ".seg", &number)) {
        if (record_may_be_at(number)) { // else it is none of ours
            journal_add_segment(journal, number, 0);
        }
    } else if (journal->options.read_only) {
        return;
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

/* What an unsound header should have said. The name says where the segment starts. */
static int guess_header(struct journal *journal, size_t index, int fd,
                        struct segment_header *header)
{
    struct disk *disk = journal->options.disk;
    const struct journal_segment *segment = &journal->segments[index];
    int64_t size = disk->size(disk, fd);
    if (size < 0) {
        return (int)size;
    }
    *header = (struct segment_header){.first = segment->first, .origin = journal->origin};
    memcpy(header->store_id, journal->store_id, STORE_ID_SIZE);
    if (index + 1 < journal->segment_count) {
        header->size = segment[1].first - segment->first;
    } else {
        header->size = journal->options.segment_size;
        header->size = (uint64_t)size > header->size ? (uint64_t)size : header->size;
    }
    return 0;
}

/* Puts a sound header in place of one that is not, for salvage. */
static int mend_header(struct journal *journal, int fd, const char *path,
                       const struct segment_header *header)
{
    struct disk *disk = journal->options.disk;
    int64_t size = disk->size(disk, fd);
    if (size < 0) {
        return (int)size;
    }
    struct salvage_piece piece = {
        .kind = "segment",
        .position = header->first,
        .path = path,
        .fd = fd,
        .size = size < SEGMENT_HEADER ? (uint64_t)size : SEGMENT_HEADER,
    };
    int rc = journal_keep_aside(journal, &piece);
    if (rc < 0) {
        return rc;
    }
    journal->mended_count++;
    journal->mended_size += piece.size;
    uint8_t bytes[SEGMENT_HEADER];
    segment_encode(bytes, header);
    rc = disk_write(disk, fd, (struct slice){bytes, sizeof bytes}, 0);
    return rc < 0 ? rc : disk->fdatasync(disk, fd);
}

/* The header is damaged: makes the best of it, if that is wanted. */
static int replace_header(struct journal *journal, size_t index, int fd,
                          struct segment_header *header)
{
    if (!journal_tolerant(journal)) {
        return -EUCLEAN;
    }
    int rc = guess_header(journal, index, fd, header);
    if (rc < 0 || journal->options.read_only) {
        return rc;
    }
    char path[DISK_PATH_MAX];
    journal_path(journal, journal->segments[index].first, path);
    return mend_header(journal, fd, path, header);
}

/* Reads the header of a segment's file: 0, an error of reading it, or as segment_decode. */
static int read_header(struct journal *journal, int fd, struct segment_header *header)
{
    struct disk *disk = journal->options.disk;
    uint8_t bytes[SEGMENT_HEADER];
    int64_t got = disk->pread(disk, fd, bytes, sizeof bytes, 0);
    return got < 0 ? (int)got : segment_decode((struct slice){bytes, (size_t)got}, header);
}

static int check_header(struct journal *journal, size_t index, int fd, struct fault *fault)
{
    struct journal_segment *segment = &journal->segments[index];
    struct segment_header header = {0};
    char path[DISK_PATH_MAX];
    journal_path(journal, segment->first, path);
    int rc = read_header(journal, fd, &header);
    if (rc < 0 && rc != -EUCLEAN && rc != -ENOTSUP) {
        return fault_set(fault, rc, "read", path);
    }
    if (rc == -ENOTSUP) {
        fault_set(fault, rc, "header", path);
        fault_version(fault, header.version, SEGMENT_VERSION);
        return rc;
    }
    if (rc == 0 && header.first != segment->first) {
        rc = -EUCLEAN;
    }
    if (rc == -EUCLEAN) {
        rc = replace_header(journal, index, fd, &header);
    }
    if (rc < 0) {
        return refuse(fault, rc, path, "the segment's header is damaged");
    }
    if (memcmp(journal->store_id, header.store_id, STORE_ID_SIZE) != 0) {
        return refuse(fault, -EUCLEAN, path, "the segment belongs to another store");
    }
    segment->size = header.size;
    return 0;
}

static int open_segment(struct journal *journal, size_t index, struct fault *fault)
{
    struct disk *disk = journal->options.disk;
    char path[DISK_PATH_MAX];
    journal_path(journal, journal->segments[index].first, path);
    int fd = disk->open(disk, path, journal->options.salvage ? O_RDWR : O_RDONLY);
    return fd < 0 ? fault_set(fault, fd, "open", path) : fd;
}

/* The store is the one that the first sound header names. */
static int learn_store(struct journal *journal, struct fault *fault)
{
    struct disk *disk = journal->options.disk;
    journal->origin = journal->segments[0].first; // unless there is a header to say better
    for (size_t i = 0; i < journal->segment_count; i++) {
        struct segment_header header;
        int fd = open_segment(journal, i, fault);
        if (fd < 0) {
            return fd;
        }
        int rc = read_header(journal, fd, &header);
        disk->close(disk, fd);
        if (rc == 0) {
            memcpy(journal->store_id, header.store_id, STORE_ID_SIZE);
            journal->origin = header.origin;
            return 0;
        }
    }
    return 0;
}

static int check_headers(struct journal *journal, struct fault *fault)
{
    struct disk *disk = journal->options.disk;
    int rc = learn_store(journal, fault);
    for (size_t i = 0; i < journal->segment_count && rc == 0; i++) {
        int fd = open_segment(journal, i, fault);
        if (fd < 0) {
            return fd;
        }
        rc = check_header(journal, i, fd, fault);
        disk->close(disk, fd);
    }
    return rc;
}

/* What is listed is durable first: whoever was killed may have left a segment that is a spare by
 * now, but would be a segment again after a power cut. */
int journal_find_segments(struct journal *journal, struct fault *fault)
{
    struct disk *disk = journal->options.disk;
    int rc = journal->options.read_only ? 0 : disk->sync_directory(disk, journal->dir);
    if (rc == 0) {
        rc = disk->list(disk, journal->dir, on_entry, journal);
    }
    if (rc < 0) {
        return fault_set(fault, rc, "list", journal->dir);
    }
    if (journal->segment_count == 0) {
        return 0;
    }
    qsort(journal->segments, journal->segment_count, sizeof *journal->segments, by_first);
    return check_headers(journal, fault);
}
