#include "persist/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/memory.h"
#include "persist/journal_internal.h"
#include "persist/lock.h"

enum {
    SEGMENT_SIZE = 32 << 20,
    STAGING_LIMIT = 16 << 20,
    SYNC_DELAY_MS = 50,
    QUICK_US = 500,
    DIR_MAX = DISK_PATH_MAX - 128, // leaves room for the names in it
};

/* Leaves positions for longer than disks last. */
static const uint64_t FIRST_MAX = (uint64_t)1 << 62;

static struct journal *journal_new(const struct journal_options *options)
{
    struct journal *journal = memory_new(sizeof *journal);
    journal->options = *options;
    struct journal_options *own = &journal->options;
    own->segment_size = own->segment_size ? own->segment_size : SEGMENT_SIZE;
    own->staging_limit = own->staging_limit ? own->staging_limit : STAGING_LIMIT;
    own->sync_delay_ms = own->sync_delay_ms ? own->sync_delay_ms : SYNC_DELAY_MS;
    own->quick_us = own->quick_us ? own->quick_us : QUICK_US;
    CHECK(own->first_position % RECORD_ALIGN == 0 && own->first_position <= FIRST_MAX);
    CHECK(own->segment_size % RECORD_ALIGN == 0 && !(own->read_only && own->salvage));
    CHECK(disk_path(journal->dir, own->dir, "journal") == 0);
    memcpy(journal->store_id, own->store_id, STORE_ID_SIZE);
    journal->lock_fd = journal->bell.fd = -1;
    journal->origin = own->first_position;
    journal->writing_first = UINT64_MAX;
    journal->staging = staging_new(&(struct staging_options){
        .segment_size = own->segment_size,
        .limit = own->staging_limit,
        .synced = !own->no_sync,
    });
    journal->spares = spares_new(own->disk, journal->dir, own->segment_size);
    journal->reader = reader_new(own->disk, journal->dir);
    journal->windows = windows_new(own->disk, journal->reader);
    return journal;
}

static void journal_free(struct journal *journal)
{
    writer_free(journal->writer);
    bell_close(&journal->bell);
    windows_free(journal->windows);
    reader_free(journal->reader);
    spares_free(journal->spares);
    staging_free(journal->staging);
    if (journal->lock_fd >= 0) {
        journal->options.disk->close(journal->options.disk, journal->lock_fd);
    }
    free(journal->segments);
    free(journal);
}

/* The directory that holds this one. */
static void parent_of(const char *dir, char parent[DISK_PATH_MAX])
{
    size_t len = strlen(dir);
    while (len > 0 && dir[len - 1] == '/') {
        len--;
    }
    while (len > 0 && dir[len - 1] != '/') {
        len--;
    }
    if (len == 0) {
        dir = "./";
        len = 2;
    }
    memcpy(parent, dir, len);
    parent[len] = '\0';
}

static int make_directories(struct journal *journal, struct fault *fault)
{
    struct disk *disk = journal->options.disk;
    char parent[DISK_PATH_MAX];
    parent_of(journal->options.dir, parent);
    int rc = disk_make_directory(disk, parent, journal->options.dir);
    if (rc < 0) {
        return fault_set(fault, rc, "creation", journal->options.dir);
    }
    journal->lock_fd = lock_take(disk, journal->options.dir, journal->options.holder, fault);
    if (journal->lock_fd < 0) {
        return journal->lock_fd;
    }
    rc = disk_make_directory(disk, journal->options.dir, journal->dir);
    return rc < 0 ? fault_set(fault, rc, "creation", journal->dir) : 0;
}

int journal_open(struct journal **out, const struct journal_options *options, struct fault *fault)
{
    *fault = (struct fault){0};
    if (strlen(options->dir) > DIR_MAX) {
        return fault_set(fault, -ENAMETOOLONG, "open", options->dir);
    }
    struct journal *journal = journal_new(options);
    int rc = options->read_only ? 0 : make_directories(journal, fault);
    if (rc == 0) {
        rc = journal_find_segments(journal, fault);
    }
    if (rc < 0) {
        journal_free(journal);
        return rc;
    }
    *out = journal;
    return 0;
}

bool journal_tolerant(const struct journal *journal)
{
    return journal->options.salvage || journal->options.read_only;
}

int journal_keep_aside(struct journal *journal, const struct salvage_piece *piece)
{
    return salvage_keep(journal->options.disk, journal->options.dir, piece);
}

void journal_path(const struct journal *journal, uint64_t first, char path[DISK_PATH_MAX])
{
    char name[SEGMENT_NAME_MAX];
    segment_name(name, first, ".seg");
    CHECK(disk_path(path, journal->dir, name) == 0);
}

void journal_add_segment(struct journal *journal, uint64_t first, uint64_t size)
{
    if (journal->segment_count == journal->segment_cap) {
        journal->segment_cap = journal->segment_cap ? 2 * journal->segment_cap : 16;
        journal->segments =
            memory_grow(journal->segments, journal->segment_cap * sizeof *journal->segments);
    }
    struct journal_segment segment = {.first = first, .size = size};
    journal->segments[journal->segment_count++] = segment;
}

/* The table learns of the segment that staging has gone on to. */
static void follow_staging(struct journal *journal)
{
    uint64_t first, size;
    staging_tail(journal->staging, &first, &size);
    size_t count = journal->segment_count;
    if (count == 0 || journal->segments[count - 1].first != first) {
        journal_add_segment(journal, first, size);
    }
}

uint64_t journal_append(struct journal *journal, const struct journal_entry *entry)
{
    ASSERT(journal->writer && entry->type <= RECORD_OWNER_LAST);
    struct staging_record record = {
        .head = {.type = entry->type,
                 .flags = entry->flags,
                 .group = entry->group,
                 .term = entry->term},
        .pieces = entry->pieces,
        .piece_count = entry->piece_count,
        .wants_sync = entry->wants_sync,
    };
    uint64_t position = staging_append(journal->staging, &record);
    if (position > 0) {
        follow_staging(journal);
    }
    return position;
}

void journal_submit(struct journal *journal)
{
    if (!journal->options.threadless) {
        staging_submit(journal->staging);
    }
}

size_t journal_waiting(const struct journal *journal)
{
    return staging_waiting(journal->staging);
}

bool journal_write_now(struct journal *journal)
{
    return !journal->options.threadless && writer_write_now(journal->writer);
}

void journal_sync(struct journal *journal)
{
    staging_sync(journal->staging);
}

int journal_flush(struct journal *journal)
{
    CHECK(journal->writer && journal->options.threadless);
    return writer_flush(journal->writer);
}

int journal_event_fd(const struct journal *journal)
{
    return journal->bell.fd;
}

struct bell *journal_bell(struct journal *journal)
{
    return &journal->bell;
}

struct journal_progress journal_progress(struct journal *journal)
{
    bell_hear(&journal->bell);
    struct staging_progress progress = staging_progress(journal->staging);
    return (struct journal_progress){
        .written = progress.written,
        .durable = progress.durable,
        .synced = progress.synced,
        .fault = progress.fault,
        .alarm = spares_alarm(journal->spares),
    };
}

bool journal_full(struct journal *journal)
{
    return staging_full(journal->staging);
}

static bool covers(const struct journal_segment *segment, uint64_t position)
{
    return position >= segment->first && position - segment->first < segment->size;
}

/* The segment that the position is in, or NULL. */
static struct journal_segment *find_segment(struct journal *journal, uint64_t position)
{
    struct journal_segment *segments = journal->segments;
    size_t low = 0, high = journal->segment_count;
    if (journal->recent < high && covers(&segments[journal->recent], position)) {
        return &segments[journal->recent];
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segments[middle].first + segments[middle].size <= position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == journal->segment_count || !covers(&segments[low], position)) {
        return NULL;
    }
    journal->recent = low;
    return &segments[low];
}

/* Where the octets of the segment end that are not written to any more. */
static uint64_t end_of(const struct journal *journal, const struct journal_segment *segment,
                       uint64_t written)
{
    uint64_t end = segment->first + segment->size;
    bool being_written = segment->first >= journal->writing_first && written < end;
    return being_written ? written + RECORD_MARK : end; // what is written ends with a mark
}

int journal_read(struct journal *journal, uint64_t position, struct record *record)
{
    int rc = windows_find(journal->windows, position, record);
    if (rc != 0) {
        return rc < 0 ? rc : 0;
    }
    const struct journal_segment *segment = find_segment(journal, position);
    if (!segment) {
        return -ENOENT;
    }
    uint64_t written = staging_progress(journal->staging).written;
    if (position > written && segment->first >= journal->writing_first) {
        return -EAGAIN;
    }
    struct windows_place place = {
        .position = position,
        .first = segment->first,
        .end = end_of(journal, segment, written),
    };
    return windows_read(journal->windows, &place, record);
}

/* The newest one says where positions go on, and must stay. */
static bool superfluous(const struct journal *journal, size_t index, uint64_t checkpoint)
{
    return index + 1 < journal->segment_count && journal->segments[index + 1].first <= checkpoint;
}

bool journal_retire(struct journal *journal, uint64_t first, uint64_t checkpoint)
{
    CHECK(journal->writer && checkpoint <= staging_progress(journal->staging).synced);
    struct journal_segment *segment = find_segment(journal, first);
    if (!segment || segment->first != first) {
        return false;
    }
    size_t index = (size_t)(segment - journal->segments);
    if (!superfluous(journal, index, checkpoint)) {
        return false;
    }
    windows_forget(journal->windows, first, first + segment->size);
    reader_forget(journal->reader, first);
    spares_retire(journal->spares, first);
    journal->segment_count--;
    memmove(segment, segment + 1, (journal->segment_count - index) * sizeof *segment);
    if (!journal->options.threadless) {
        staging_poke(journal->staging);
    }
    return true;
}

const struct journal_segment *journal_segments(const struct journal *journal, size_t *count)
{
    *count = journal->segment_count;
    return journal->segments;
}

int journal_close(struct journal *journal)
{
    int rc = 0;
    if (journal->writer) {
        rc = journal->options.threadless ? writer_flush(journal->writer)
                                         : writer_stop(journal->writer);
        rc = rc < 0 ? rc : writer_close_segment(journal->writer);
    }
    journal_free(journal);
    return rc;
}
