#ifndef PERSIST_JOURNAL_INTERNAL_H
#define PERSIST_JOURNAL_INTERNAL_H

#include "persist/journal.h"
#include "persist/reader.h"
#include "persist/salvage.h"
#include "persist/spares.h"
#include "persist/staging.h"
#include "persist/windows.h"
#include "persist/writer.h"

struct journal {
    struct journal_options options;
    char dir[DISK_PATH_MAX]; // of the segments
    uint8_t store_id[STORE_ID_SIZE];
    uint64_t origin;        // of the store; see segment.h
    uint64_t mended_count;  // headers that salvage has mended,
    uint64_t mended_size;   // and their octets
    uint64_t writing_first; // segments before this position are not written to any more
    int lock_fd;            // owned; -1: not taken
    struct bell bell;       // that is rung by the writer and by checkpoints
    bool recovered;
    struct journal_segment *segments; // owned; by first
    size_t segment_count, segment_cap;
    size_t recent;           // index of the segment that was looked up last
    struct staging *staging; // owned
    struct spares *spares;   // owned
    struct reader *reader;   // owned
    struct windows *windows; // owned
    struct writer *writer;   // owned; NULL before recovery
};

void journal_add_segment(struct journal *journal, uint64_t first, uint64_t size);

/* Damage is passed over: one way or another, nothing is refused because of it. */
bool journal_tolerant(const struct journal *journal);

/* With `salvage`: keeps a piece of a segment's file aside. */
int journal_keep_aside(struct journal *journal, const struct salvage_piece *piece);

/* The path of a segment; CHECKed to fit, as the directory's length is when opening. */
void journal_path(const struct journal *journal, uint64_t first, char path[DISK_PATH_MAX]);

/* Finds the segments and spares that there are, and checks the headers. */
int journal_find_segments(struct journal *journal, struct fault *fault);

#endif
