#include "server/store.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "broker/recovery.h"
#include "broker/snapshot.h"
#include "conf/log.h"
#include "server/store_internal.h"

enum {
    RESIDENT_MAX = 64 << 20,
    SEGMENT_SIZE = 32 << 20,
    CHECKPOINT_SLICE = 256 << 10,
    COMPACTION_SLICE = 1 << 20,
    MAINTAIN_MS = 50, // between two looks at the segments
};

/* --- Opening and closing. --- */

static struct store *store_new(const struct store_options *options)
{
    struct store *store = memory_new(sizeof *store);
    store->options = *options;
    store->broker = options->broker;
    struct store_options *own = &store->options;
    own->segment_size = own->segment_size ? own->segment_size : SEGMENT_SIZE;
    own->resident_max = own->resident_max ? own->resident_max : RESIDENT_MAX;
    own->checkpoint_slice = own->checkpoint_slice ? own->checkpoint_slice : CHECKPOINT_SLICE;
    own->compaction_slice = own->compaction_slice ? own->compaction_slice : COMPACTION_SLICE;
    size_t len = strlen(options->dir);
    memcpy(store->dir, options->dir, len < DISK_PATH_MAX ? len : DISK_PATH_MAX - 1);
    own->dir = store->dir;
    store->maintained_ms = options->now_ms;
    return store;
}

static void store_free(struct store *store)
{
    store_checkpoint_drop(store);
    bytes_finish(&store->checkpoint.block);
    bytes_finish(&store->settles.runs);
    free(store->milestones.items);
    free(store->retiring.firsts);
    free(store->compaction.moves);
    free(store);
}

static void explain(const struct fault *fault, struct text *error)
{
    struct text text = {.len = 0};
    fault_text(fault, &text);
    if (fault->error == -EWOULDBLOCK) {
        text_add_str(error, "the data directory is in use: ");
    } else if (fault->error == -ENOTSUP) {
        text_add_str(error, "the data is of another version: ");
    } else if (fault->error == -EUCLEAN) {
        text_add_str(error, "the data is damaged (--salvage starts without what is): ");
    } else {
        text_add_str(error, "the data cannot be read: ");
    }
    text_add(error, text_slice(&text));
}

static bool open_journal(struct store *store, struct text *error)
{
    const struct store_options *options = &store->options;
    struct journal_options how = {
        .disk = options->disk,
        .dir = options->dir,
        .holder = options->holder,
        .first_position = options->first_position,
        .segment_size = options->segment_size,
        .no_sync = options->no_sync,
        .threadless = options->threadless,
        .salvage = options->salvage,
        .read_only = options->read_only,
    };
    memcpy(how.store_id, options->store_id, STORE_ID_SIZE);
    struct fault fault;
    if (strlen(options->dir) >= DISK_PATH_MAX) {
        fault_set(&fault, -ENAMETOOLONG, "open", options->dir);
    } else if (journal_open(&store->journal, &how, &fault) == 0) {
        return true;
    }
    explain(&fault, error);
    return false;
}

struct store *store_open(const struct store_options *options, struct effects *fx,
                         struct text *error)
{
    struct store *store = store_new(options);
    struct fault fault = {.error = 0};
    if (!open_journal(store, error)) {
        store_free(store);
        return NULL;
    }
    if (!store_recover(store, &fault)) {
        explain(&fault, error);
        journal_close(store->journal);
        store_free(store);
        return NULL;
    }
    if (options->salvage) {
        store_check_contents(store);
    }
    if (options->unchanged || options->read_only) {
        broker_restored_unchanged(store->broker, fx);
    } else {
        broker_restored(store->broker, fx);
        store->changed = true; // what is there may be more than it should
    }
    store->dropped_then = broker_ledger(store->broker)->dropped;
    return store;
}

const struct store_report *store_report(const struct store *store)
{
    return &store->report;
}

bool store_is_new(const struct store *store)
{
    return store->is_new;
}

static int close_journal(struct store *store)
{
    int rc = journal_close(store->journal);
    return store->fault.error != 0 ? store->fault.error : rc;
}

/* One step towards a checkpoint, when nothing else is going on. */
static void step(struct store *store)
{
    enum { WAIT_MS = 100 };
    if (store->options.threadless) {
        journal_flush(store->journal);
    } else if (!store_checkpoint_can_go_on(store)) {
        struct pollfd wait = {.fd = journal_event_fd(store->journal), .events = POLLIN};
        journal_sync(store->journal);
        poll(&wait, 1, WAIT_MS);
    }
    store_poll(store, store->maintained_ms);
    store_checkpoint_slice(store);
}

/* A checkpoint of everything. One that is on its way may be of less, and copies that are on their
 * way have to arrive first. */
static void write_last_checkpoint(struct store *store)
{
    store_flush_settles(store);
    while (!store_fault(store) &&
           (store->checkpoint.phase != STORE_CHECKPOINT_IDLE || store->compaction.count > 0)) {
        step(store);
    }
    if (store->position_last > store->checkpoint.durable && !store_fault(store)) {
        store_checkpoint_begin(store);
    }
    while (!store_fault(store) && store->checkpoint.phase != STORE_CHECKPOINT_IDLE) {
        step(store);
    }
}

int store_close(struct store *store)
{
    if (!store) {
        return 0;
    }
    broker_end(store->broker);
    write_last_checkpoint(store);
    int rc = close_journal(store);
    store_free(store);
    return rc;
}

void store_abandon(struct store *store)
{
    if (store) {
        close_journal(store);
        store_free(store);
    }
}

/* --- Faults. --- */

void store_fault_at(const struct store *store, uint64_t position, int error, struct fault *fault)
{
    char path[DISK_PATH_MAX + SEGMENT_NAME_MAX + sizeof "/journal/"], name[SEGMENT_NAME_MAX];
    uint64_t first = 0;
    size_t count;
    const struct journal_segment *segments = journal_segments(store->journal, &count);
    for (size_t i = 0; i < count && segments[i].first <= position; i++) {
        first = segments[i].first;
    }
    segment_name(name, first, ".seg");
    snprintf(path, sizeof path, "%s/journal/%s", store->dir, name);
    fault_set_at(fault, error, "read", path, position - first);
}

/* --- How far the disk is. --- */

void store_fail(struct store *store, const struct fault *fault)
{
    if (store->fault.error == 0) {
        store->fault = *fault;
    }
}

static void pass_milestones(struct store *store)
{
    struct store_milestones *all = &store->milestones;
    while (all->done < all->count && all->items[all->done].position <= store->progress.durable) {
        store->stored = all->items[all->done++].number;
    }
    if (all->done == all->count) {
        all->done = all->count = 0;
    }
}

/* What was given to the journal so far belongs to the core's records so far. */
static void set_milestone(struct store *store)
{
    struct store_milestones *all = &store->milestones;
    uint64_t last = all->count > 0 ? all->items[all->count - 1].number : store->stored;
    if (store->number_last <= last) {
        return;
    }
    if (all->done > 0 && all->count == all->cap) {
        all->count -= all->done;
        memmove(all->items, all->items + all->done, all->count * sizeof *all->items);
        all->done = 0;
    }
    if (all->count == all->cap) {
        all->cap = all->cap ? 2 * all->cap : 16;
        all->items = memory_grow(all->items, all->cap * sizeof *all->items);
    }
    all->items[all->count++] =
        (struct store_milestone){.number = store->number_last, .position = store->position_last};
}

void store_poll(struct store *store, uint64_t now_ms)
{
    store->progress = journal_progress(store->journal);
    if (store->progress.fault.error != 0) {
        store_fail(store, &store->progress.fault);
    }
    pass_milestones(store);
    store_relocate(store, now_ms);
}

int store_flush(struct store *store, uint64_t now_ms)
{
    int rc = journal_flush(store->journal);
    store_poll(store, now_ms);
    return rc;
}

/* --- The tick. --- */

static void maintain(struct store *store, uint64_t now_ms)
{
    store->maintained_ms = now_ms;
    store->dropped_then = broker_ledger(store->broker)->dropped;
    store->changed = false;
    store_checkpoint_if_due(store);
    store_reclaim(store);
    store_compaction_due(store);
}

/* What was never to survive is dropped without a record. */
static bool has_changed(const struct store *store)
{
    return store->changed || broker_ledger(store->broker)->dropped != store->dropped_then;
}

void store_end_tick(struct store *store, uint64_t now_ms)
{
    store_flush_settles(store);
    set_milestone(store);
    store_shed(store);
    store_checkpoint_slice(store);
    store_retire(store);
    store_compact(store, now_ms);
    if (has_changed(store) && now_ms >= store->maintained_ms + MAINTAIN_MS) {
        maintain(store, now_ms);
    }
}

void store_submit(struct store *store)
{
    journal_submit(store->journal);
}

size_t store_waiting(const struct store *store)
{
    return journal_waiting(store->journal);
}

bool store_write_now(struct store *store)
{
    return journal_write_now(store->journal);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t store_deadline(const struct store *store)
{
    uint64_t at = UINT64_MAX;
    if (store_checkpoint_can_go_on(store) || store->shedding) {
        return 0;
    }
    if (has_changed(store)) {
        at = store->maintained_ms + MAINTAIN_MS;
    }
    return earlier(at, store_compaction_deadline(store));
}

/* --- What others want to know. --- */

uint64_t store_stored(const struct store *store)
{
    return store->stored;
}

struct store_positions store_positions(const struct store *store)
{
    const struct journal_progress *progress = &store->progress;
    uint64_t last = store->position_last;
    return (struct store_positions){
        .last = last,
        .written = progress->written < last ? progress->written : last,
        .durable = progress->durable < last ? progress->durable : last,
        .checkpoint = store->checkpoint.durable,
    };
}

bool store_full(struct store *store)
{
    return journal_full(store->journal);
}

const struct fault *store_fault(const struct store *store)
{
    return store->fault.error != 0 ? &store->fault : NULL;
}

uint64_t store_written(const struct store *store)
{
    return store->position_last;
}

int64_t store_free_space(const struct store *store)
{
    return store->options.disk->free_space(store->options.disk, store->dir);
}

bool store_lacks_space(const struct store *store)
{
    return store->progress.alarm != 0;
}

int store_event_fd(const struct store *store)
{
    return journal_event_fd(store->journal);
}
