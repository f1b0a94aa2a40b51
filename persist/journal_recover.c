#include "persist/recovering.h"

#include <errno.h>

#include "base/check.h"

/* --- Is every segment there? --- */

/* A place in the order of segments where there is at least one too few. */
static int missing(struct recovering *r, uint64_t first)
{
    journal_path(r->journal, first, r->path);
    r->report->missing_count++;
    if (!journal_tolerant(r->journal)) {
        fault_set(r->fault, -EUCLEAN, "recovery", r->path);
        fault_detail(r->fault, "this segment is missing");
        return -EUCLEAN;
    }
    return recovering_lose(r, first, 0);
}

/* Where the segment should start, given the one before it. Retired ones leave gaps, but only before
 * the checkpoint: what is written from there on is one segment behind the other. */
static uint64_t expected_first(const struct recovering *r, size_t index)
{
    const struct journal_segment *segment = &r->journal->segments[index];
    uint64_t after = r->recovery->after;
    if (segment->first <= after) {
        return segment->first;
    }
    if (index > 0) {
        return segment[-1].first + segment[-1].size;
    }
    return after > 0 ? after - SEGMENT_HEADER : r->journal->origin; // at least what is behind it
}

static int check_chain(struct recovering *r)
{
    struct journal *journal = r->journal;
    int rc = 0;
    for (size_t i = 0; i < journal->segment_count && rc == 0; i++) {
        uint64_t expected = expected_first(r, i);
        if (journal->segments[i].first > expected) {
            rc = missing(r, expected);
        }
    }
    return rc;
}

/* The newest one is missing, if the last record there is comes before the checkpoint. */
static int check_last(struct recovering *r)
{
    struct journal *journal = r->journal;
    if (r->report->last >= r->recovery->after) {
        return 0;
    }
    if (!journal_tolerant(journal)) {
        fault_set(r->fault, -EUCLEAN, "recovery", journal->dir);
        fault_detail(r->fault, "the journal ends before the checkpoint");
        return -EUCLEAN;
    }
    r->report->missing_count++;
    return 0;
}

/* --- All of them. --- */

static bool is_known(const struct recovering *r, size_t index)
{
    const struct journal *journal = r->journal;
    return !r->recovery->all && index + 1 < journal->segment_count &&
           journal->segments[index + 1].first <= r->recovery->after;
}

static int recover_segments(struct recovering *r)
{
    struct journal *journal = r->journal;
    int rc = check_chain(r);
    for (size_t i = 0; i < journal->segment_count && rc == 0; i++) {
        r->segment = &journal->segments[i];
        r->newest = i + 1 == journal->segment_count;
        if (!is_known(r, i)) {
            rc = recovering_segment(r);
        }
    }
    return rc != 0 ? rc : check_last(r);
}

/* --- And then? --- */

/* Where the next segment starts: behind all positions that the newest one can have, and behind the
 * checkpoint, should that know of more than there is. */
static uint64_t next_first(const struct journal *journal, uint64_t after)
{
    uint64_t first = journal->origin;
    if (journal->segment_count > 0) {
        const struct journal_segment *newest = &journal->segments[journal->segment_count - 1];
        first = newest->first + newest->size;
    }
    if (first + SEGMENT_HEADER <= after) {
        first = after + RECORD_ALIGN - SEGMENT_HEADER; // so that the checkpoint is in the segment
    }
    return first;
}

static int start_writing(struct journal *journal, struct fault *fault)
{
    struct writer_options options = {
        .disk = journal->options.disk,
        .dir = journal->dir,
        .staging = journal->staging,
        .spares = journal->spares,
        .origin = journal->origin,
        .sync_delay_ms = journal->options.sync_delay_ms,
        .quick_us = journal->options.quick_us,
    };
    int rc = spares_tend(journal->spares, fault);
    if (rc < 0) {
        return rc;
    }
    memcpy(options.store_id, journal->store_id, STORE_ID_SIZE);
    journal->writer = writer_new(&options);
    if (journal->options.threadless) {
        return 0;
    }
    rc = bell_open(&journal->bell);
    if (rc == 0) {
        rc = writer_start(journal->writer, &journal->bell);
    }
    return rc < 0 ? fault_set(fault, rc, "start", journal->dir) : 0;
}

int journal_recover(struct journal *journal, const struct journal_recovery *recovery,
                    struct journal_report *report, struct fault *fault)
{
    CHECK(!journal->recovered);
    *report = (struct journal_report){
        .hole_count = journal->mended_count,
        .hole_size = journal->mended_size,
    };
    *fault = (struct fault){0};
    struct recovering recovering = {
        .journal = journal,
        .recovery = recovery,
        .report = report,
        .fault = fault,
    };
    int rc = recover_segments(&recovering);
    view_finish(&recovering.view);
    if (rc != 0) {
        return rc;
    }
    uint64_t last = report->last > recovery->after ? report->last : recovery->after;
    journal->recovered = true;
    journal->writing_first = next_first(journal, recovery->after);
    staging_start(journal->staging, journal->writing_first, last);
    return journal->options.read_only ? 0 : start_writing(journal, fault);
}
