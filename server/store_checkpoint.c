#include "server/store_internal.h"

#include <stdlib.h>

#include "broker/broker.h"
#include "broker/snapshot.h"
#include "conf/log.h"
#include "queue/ledger.h"

enum {
    SEGMENTS_BETWEEN = 2, // at least so much is appended between two checkpoints
};

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void store_checkpoint_drop(struct store *store)
{
    struct store_checkpoint *checkpoint = &store->checkpoint;
    snapshot_free(checkpoint->snapshot);
    checkpoint_free(checkpoint->file);
    checkpoint->snapshot = NULL;
    checkpoint->file = NULL;
    checkpoint->phase = STORE_CHECKPOINT_IDLE;
}

/* The one before it still counts, so a want of space is no reason to stop; but the journal grows
 * until one succeeds. */
static void give_up(struct store *store, const struct fault *fault)
{
    if (!fault_is_shortage(fault->error)) {
        store_fail(store, fault);
        store_checkpoint_drop(store);
        return;
    }
    struct text text = {.len = 0};
    fault_text(fault, &text);
    log_error(store->options.log, LOG_DEFAULT, "a checkpoint failed, the journal grows: %s",
              text.ptr);
    store->checkpoint.retry_at = store->position_last + store->options.segment_size;
    store_checkpoint_drop(store);
}

void store_checkpoint_begin(struct store *store)
{
    struct store_checkpoint *checkpoint = &store->checkpoint;
    struct checkpoint_options options = {
        .disk = store->options.disk,
        .dir = store->dir,
        .position = store->position_last,
        .bell = journal_bell(store->journal),
        .threadless = store->options.threadless,
    };
    struct fault fault;
    if (checkpoint_begin(&checkpoint->file, &options, &fault) < 0) {
        checkpoint->file = NULL;
        give_up(store, &fault);
        return;
    }
    checkpoint->position = store->position_last;
    checkpoint->snapshot = snapshot_new(store->broker, checkpoint->position + 1);
    checkpoint->phase = STORE_CHECKPOINT_COPYING;
}

/* Places must be where the journal will say they are: no copies may be under way. */
static bool can_begin(const struct store *store)
{
    return store->checkpoint.phase == STORE_CHECKPOINT_IDLE && store->compaction.count == 0;
}

static bool is_due(const struct store *store)
{
    uint64_t grown = store->position_last - store->checkpoint.durable;
    if (store->checkpoint.durable == 0) { // positions start anywhere
        size_t count;
        const struct journal_segment *segments = journal_segments(store->journal, &count);
        grown = count > 0 ? store->position_last - segments[0].first : 0;
    }
    uint64_t live = broker_ledger(store->broker)->octets;
    return store->position_last > store->checkpoint.retry_at &&
           (store->checkpoint.wanted ||
            grown >= larger(SEGMENTS_BETWEEN * store->options.segment_size, live / 2));
}

void store_checkpoint_if_due(struct store *store)
{
    if (can_begin(store) && is_due(store)) {
        store_checkpoint_begin(store);
    }
}

bool store_checkpoint_waits(const struct store *store)
{
    return store->checkpoint.phase == STORE_CHECKPOINT_IDLE && is_due(store);
}

/* What was settled while it was copied is not in it. Where that was part of a group, the rest of
 * the group has to be on the disk, too. */
static void end_copying(struct store *store)
{
    struct store_checkpoint *checkpoint = &store->checkpoint;
    snapshot_free(checkpoint->snapshot);
    checkpoint->snapshot = NULL;
    checkpoint->synced_at = store->position_last;
    checkpoint->phase = STORE_CHECKPOINT_SYNCING;
    journal_sync(store->journal);
}

static void copy(struct store *store)
{
    struct store_checkpoint *checkpoint = &store->checkpoint;
    size_t left = store->options.checkpoint_slice;
    while (left > 0 && !checkpoint_full(checkpoint->file)) {
        uint8_t type;
        checkpoint->block.len = 0;
        if (!snapshot_next(checkpoint->snapshot, &checkpoint->block, &type)) {
            end_copying(store);
            return;
        }
        struct slice piece = bytes_slice(&checkpoint->block);
        checkpoint_add(checkpoint->file, type, &piece, 1);
        left -= piece.len < left ? piece.len : left;
    }
}

static void wait_for_end(struct store *store)
{
    struct store_checkpoint *checkpoint = &store->checkpoint;
    struct fault fault;
    int rc = checkpoint_poll(checkpoint->file, &fault);
    if (rc < 0) {
        give_up(store, &fault);
    } else if (rc == 1) {
        checkpoint->durable = checkpoint->position;
        checkpoint->wanted = false;
        store_checkpoint_drop(store);
        store->changed = true; // segments may go
    }
}

void store_checkpoint_slice(struct store *store)
{
    struct store_checkpoint *checkpoint = &store->checkpoint;
    if (checkpoint->phase == STORE_CHECKPOINT_COPYING) {
        copy(store);
    }
    if (checkpoint->phase == STORE_CHECKPOINT_SYNCING &&
        store->progress.synced >= checkpoint->synced_at) {
        checkpoint_finish(checkpoint->file);
        checkpoint->phase = STORE_CHECKPOINT_FINISHING;
    }
    if (checkpoint->phase != STORE_CHECKPOINT_IDLE) {
        wait_for_end(store);
    }
}

bool store_checkpoint_can_go_on(const struct store *store)
{
    return store->checkpoint.phase == STORE_CHECKPOINT_COPYING &&
           !checkpoint_full(store->checkpoint.file);
}
