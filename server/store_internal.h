#ifndef SERVER_STORE_INTERNAL_H
#define SERVER_STORE_INTERNAL_H

#include "base/bytes.h"
#include "broker/outcome.h"
#include "broker/storage.h"
#include "persist/checkpoint.h"
#include "persist/journal.h"
#include "server/store.h"

/* The parts of a store, one file each:
 *
 *     store.c             opening and closing; the tick
 *     store_append.c      effects become records
 *     store_recover.c     records become a broker again
 *     store_salvage.c     what is left when something is damaged
 *     store_checkpoint.c  checkpoints in slices
 *     store_reclaim.c     segments that nobody needs go
 *     store_compact.c     segments that hardly anybody needs are emptied
 *     store_memory.c      contents leave the memory and come back */

/* Once the journal is durable up to the position, the core's records are up to the number. */
struct store_milestone {
    uint64_t number;
    uint64_t position;
};

struct store_milestones {
    struct store_milestone *items; // owned
    uint32_t count;
    uint32_t cap;
    uint32_t done; // items[0..done) have been passed
};

/* Positions of one queue that are settled, on their way into a record. */
struct store_settles {
    struct bytes runs;       // encoded
    struct outcome_run last; // may still grow; count 0: there is none
};

struct store_group {
    bool forced;    // between store_begin_group and store_end_group
    uint64_t first; // position of its first record
    uint32_t count; // 0: no group is open
};

/* A checkpoint on its way:
 *
 *     IDLE -> COPYING -> SYNCING -> FINISHING -> IDLE
 *
 * COPYING: the core's state goes over in slices. SYNCING: what it refers to has to be on the disk.
 * FINISHING: it is being made the one that counts. */
enum store_checkpoint_phase {
    STORE_CHECKPOINT_IDLE,
    STORE_CHECKPOINT_COPYING,
    STORE_CHECKPOINT_SYNCING,
    STORE_CHECKPOINT_FINISHING,
};

struct store_checkpoint {
    enum store_checkpoint_phase phase;
    struct checkpoint *file;   // owned; NULL while idle
    struct snapshot *snapshot; // owned; while COPYING
    struct bytes block;        // scratch
    uint64_t position;         // of the one on its way
    uint64_t synced_at;        // the journal must be on the disk up to here before it counts
    uint64_t durable;          // position of the one that counts; 0: there is none
    bool wanted;               // one is due, however little there is to tell
    uint64_t retry_at;         // appended position before which there is no new attempt
};

/* Segments without live places whose settles have yet to reach the disk. */
struct store_retiring {
    uint64_t *firsts; // owned
    size_t count;
    size_t cap;
    uint64_t synced_at; // when the journal is on the disk up to here, they can go
};

struct store_compaction {
    struct move *moves; // owned: copies that are not written yet
    size_t count;
    size_t cap;
    uint64_t end;        // of the segment that is being emptied; 0: none
    uint64_t next;       // places below this have been looked at
    uint64_t written_at; // the moves hold when the journal is written up to here
    uint64_t started_ms; // of the slice
    uint64_t resume_ms;  // before this there is no other one
};

struct store {
    struct store_options options;
    char dir[DISK_PATH_MAX];
    struct broker *broker;   // borrowed
    struct journal *journal; // owned
    struct journal_progress progress;
    struct store_report report;
    struct fault fault;
    struct store_milestones milestones;
    struct store_settles settles; // for the end of the tick
    struct store_group group;
    struct store_checkpoint checkpoint;
    struct store_retiring retiring;
    struct store_traffic traffic;
    struct store_compaction compaction;
    uint64_t number_last;   // of the core's records that were appended
    uint64_t position_last; // of the last record
    uint64_t segment_last;  // where the newest segment starts
    uint64_t stored;
    uint64_t spilled_at;    // the last message that was spilled
    uint64_t maintained_ms; // when the last look at the segments was
    uint64_t dropped_then;  // places in the ledger that were dropped before it
    uint64_t resident_then; // octets of contents in memory after the last store_shed
    bool shedding;          // which left some that can go
    bool changed;           // something was appended or settled since
    bool is_new;
};

/* Appends a record, and returns its position; 0 if the disk has failed. */
uint64_t store_append(struct store *store, const struct journal_entry *entry);

/* A message as a record: its places, so many, are encoded already. */
struct store_message {
    const struct msg *msg; // no stub
    struct slice places;
    uint16_t count;
    uint8_t type; // OUTCOME_ENQUEUE or OUTCOME_SPILL
    bool wants_sync;
    bool more; // belongs to a group that goes on
};

uint64_t store_append_message(struct store *store, const struct store_message *message);

/* Appends the settles that have been collected. */
void store_flush_settles(struct store *store);

/* Takes the first fault there is. */
void store_fail(struct store *store, const struct fault *fault);

/* The error in words of the segment that this position is in. */
void store_fault_at(const struct store *store, uint64_t position, int error, struct fault *fault);

/* The record there, which a message needs, cannot be read: that is the end. */
void store_fail_to_read(struct store *store, uint64_t position, int error);

/* Brings the broker to where checkpoint and journal say. False, with the reason. */
bool store_recover(struct store *store, struct fault *fault);

/* For salvage: queues lose the messages that have lost their content. */
void store_check_contents(struct store *store);

/* Begin a checkpoint, if one is due or in any case. */
void store_checkpoint_if_due(struct store *store);
void store_checkpoint_begin(struct store *store); // none is on its way, nor are copies
void store_checkpoint_slice(struct store *store); // goes on with the one on its way
void store_checkpoint_drop(struct store *store);  // and with it what was written of it

bool store_checkpoint_can_go_on(const struct store *store); // right now
bool store_checkpoint_waits(const struct store *store);     // one is due and cannot begin

/* Segments that nobody needs: finds them, and lets go of them when it is safe. */
void store_reclaim(struct store *store);
void store_retire(struct store *store);

/* Finds a segment to be emptied; does a slice of that; moves places to their copies. */
void store_compaction_due(struct store *store);
void store_compact(struct store *store, uint64_t now_ms);
void store_relocate(struct store *store, uint64_t now_ms);
uint64_t store_compaction_deadline(const struct store *store);

/* Contents that are on the disk leave the memory; those that are not go there. */
void store_shed(struct store *store);

#endif
