#include "server/store_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/wire.h"
#include "broker/recovery.h"
#include "broker/storage.h"
#include "conf/log.h"

enum {
    PROGRESS_FROM = 256 << 20, // octets of journal that are worth telling how far we are
    PROGRESS_STEPS = 10,
};

/* A record of a group whose end has not come yet. */
struct waiting {
    uint64_t position;
    size_t at; // of its payload in recovering.payloads
    size_t len;
    uint8_t type;
};

struct recovering {
    struct store *store;
    struct fault *fault;
    struct waiting *group; // owned
    size_t group_count;
    size_t group_cap;
    struct bytes payloads;
    uint64_t begin;   // position from which the journal is read
    uint64_t total;   // octets from there on
    unsigned told;    // of the steps
    uint64_t applied; // records and blocks
};

static int refuse(struct recovering *r, uint64_t position, const char *what)
{
    store_fault_at(r->store, position, -EUCLEAN, r->fault);
    fault_detail(r->fault, what);
    return -EUCLEAN;
}

static int apply(struct recovering *r, const struct outcome *outcome)
{
    const struct store_options *options = &r->store->options;
    r->applied++;
    if (broker_apply(r->store->broker, outcome)) {
        return 0;
    }
    r->store->report.unsound++;
    if (options->salvage || options->read_only) {
        return 0;
    }
    return refuse(r, outcome->at, "a record does not make sense");
}

/* --- Groups. --- */

static int wait_for_end(struct recovering *r, const struct record *record)
{
    if (r->group_count == r->group_cap) {
        r->group_cap = r->group_cap ? 2 * r->group_cap : 16;
        r->group = memory_grow(r->group, r->group_cap * sizeof *r->group);
    }
    r->group[r->group_count++] = (struct waiting){.position = record->position,
                                                  .at = r->payloads.len,
                                                  .len = record->payload.len,
                                                  .type = record->type};
    bytes_add(&r->payloads, record->payload);
    return 0;
}

static void drop_group(struct recovering *r)
{
    r->group_count = 0;
    r->payloads.len = 0;
}

/* What a crash left of another group may be in front of this one. */
static int apply_group(struct recovering *r, const struct record *end)
{
    struct wire_reader reader = wire_reader_of(end->payload);
    uint64_t first = wire_get_u64(&reader);
    uint32_t count = wire_get_u32(&reader);
    size_t from = r->group_count >= count ? r->group_count - count : 0;
    bool whole =
        !reader.bad && count > 0 && r->group_count >= count && r->group[from].position == first;
    int rc = 0;
    for (size_t i = from; whole && i < r->group_count && rc == 0; i++) {
        const struct waiting *item = &r->group[i];
        struct outcome outcome = {.type = item->type,
                                  .payload = {r->payloads.ptr + item->at, item->len},
                                  .at = item->position};
        rc = apply(r, &outcome);
    }
    drop_group(r);
    return rc;
}

/* --- Records. --- */

static void tell_progress(struct recovering *r, uint64_t position)
{
    if (r->total < PROGRESS_FROM || position < r->begin) {
        return;
    }
    unsigned step = (unsigned)((position - r->begin) / (r->total / PROGRESS_STEPS + 1));
    if (step > r->told) {
        r->told = step;
        log_info(r->store->options.log, LOG_DEFAULT, "recovering the journal: %u %%",
                 step * (100 / PROGRESS_STEPS));
    }
}

static int on_record(void *arg, const struct record *record)
{
    struct recovering *r = arg;
    tell_progress(r, record->position);
    if (record->position <= r->store->checkpoint.durable) {
        return 0; // only looked at
    }
    if (record->flags & STORE_MORE) {
        return wait_for_end(r, record);
    }
    if (record->type == OUTCOME_GROUP_END) {
        return apply_group(r, record);
    }
    drop_group(r);
    if (record->type == OUTCOME_SPILL) {
        return 0;
    }
    struct outcome outcome = {
        .type = record->type, .payload = record->payload, .at = record->position};
    return apply(r, &outcome);
}

static int on_block(void *arg, uint8_t type, struct slice payload)
{
    struct recovering *r = arg;
    struct outcome outcome = {.type = type, .payload = payload};
    return apply(r, &outcome);
}

/* Segments that nobody needed any more leave gaps before the checkpoint, which a look at everything
 * comes upon. */
static bool is_retired(const struct store *store, const char *file)
{
    const char *name = strrchr(file, '/');
    uint64_t position;
    size_t count;
    const struct journal_segment *segments = journal_segments(store->journal, &count);
    if (!segment_parse_name(name ? name + 1 : file, ".seg", &position)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (segments[i].first > position) {
            return segments[i].first <= store->checkpoint.durable;
        }
    }
    return false;
}

static void on_hole(void *arg, const struct journal_hole *hole)
{
    struct recovering *r = arg;
    struct store *store = r->store;
    if (hole->size == 0 && is_retired(store, hole->file)) {
        return;
    }
    store->report.hole_count++;
    store->report.hole_size += hole->size;
    if (hole->size == 0) {
        log_warning(store->options.log, LOG_DEFAULT, "%s is missing", hole->file);
        return;
    }
    log_warning(store->options.log, LOG_DEFAULT, "%s at offset %llu: %llu octets are damaged",
                hole->file, (unsigned long long)hole->offset, (unsigned long long)hole->size);
}

static void open_ledger(struct recovering *r)
{
    size_t count;
    const struct journal_segment *segments = journal_segments(r->store->journal, &count);
    for (size_t i = 0; i < count; i++) {
        ledger_open(broker_ledger(r->store->broker), segments[i].first);
        r->store->segment_last = segments[i].first;
    }
}

static void measure(struct recovering *r)
{
    size_t count;
    const struct journal_segment *segments = journal_segments(r->store->journal, &count);
    if (count > 0) {
        uint64_t end = segments[count - 1].first + segments[count - 1].size;
        r->begin = r->store->checkpoint.durable;
        r->begin = r->begin > segments[0].first ? r->begin : segments[0].first;
        r->total = end > r->begin ? end - r->begin : 0;
    }
}

static int read_checkpoint(struct recovering *r)
{
    struct checkpoint_reading reading = {
        .disk = r->store->options.disk,
        .dir = r->store->dir,
        .apply = on_block,
        .arg = r,
        .salvage = r->store->options.salvage,
        .read_only = r->store->options.read_only,
    };
    struct checkpoint_report found;
    struct store_report *report = &r->store->report;
    int rc = checkpoint_read(&reading, &found, r->fault);
    report->checkpoint = r->store->checkpoint.durable = found.position;
    report->checkpoint_blocks = found.blocks;
    report->checkpoint_size = found.size;
    report->hole_count = found.hole_count;
    report->hole_size = found.hole_size;
    return rc;
}

static void tell_report(const struct recovering *r, const struct journal_report *report)
{
    struct logger *log = r->store->options.log;
    if (r->store->options.read_only) {
        return;
    }
    if (report->torn) {
        log_warning(log, LOG_DEFAULT,
                    "the journal's last records were not complete, it was cut at position %llu. "
                    "Nothing behind that had been confirmed.",
                    (unsigned long long)report->torn_position);
    }
    if (report->hole_count > 0) {
        log_warning(log, LOG_DEFAULT,
                    "%llu damaged places of the journal, %llu octets, were put into %s/salvage",
                    (unsigned long long)report->hole_count, (unsigned long long)report->hole_size,
                    r->store->dir);
    }
}

static int read_journal(struct recovering *r)
{
    struct store *store = r->store;
    struct journal_recovery recovery = {
        .after = store->options.read_only ? 0 : store->checkpoint.durable,
        .apply = on_record,
        .on_hole = on_hole,
        .arg = r};
    struct journal_report report;
    int rc = journal_recover(store->journal, &recovery, &report, r->fault);
    if (rc == 0) {
        tell_report(r, &report);
        store->position_last = store->report.last = report.last;
        store->report.records = report.records;
        store->report.torn = report.torn;
    }
    return rc;
}

bool store_recover(struct store *store, struct fault *fault)
{
    struct recovering r = {.store = store, .fault = fault};
    open_ledger(&r);
    int rc = read_checkpoint(&r);
    if (rc >= 0) {
        measure(&r);
        rc = read_journal(&r);
    }
    store->is_new = r.applied == 0;
    free(r.group);
    bytes_finish(&r.payloads);
    return rc >= 0;
}
