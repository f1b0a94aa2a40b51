#ifndef TESTS_UNIT_PERSIST_OWNER_H
#define TESTS_UNIT_PERSIST_OWNER_H

#include "persist/checkpoint.h"
#include "persist/journal.h"
#include "tests/unit/persist/fake_disk.h"

/* A naive user of a journal on a fake disk: a queue of messages, numbered from 0, of which those
 * from `low` up to `high` are live. It knows what must be there after a crash, and owner_start
 * compares: records in order and as appended, none that was durable missing, none that was lost
 * coming back. Sets `problem` when that does not hold. */
enum { OWNER_MAX = 8192 };

struct owner {
    struct fake_disk *fake; // borrowed
    struct journal_options options;
    struct journal *journal;
    uint64_t low, high;
    uint64_t low_checkpointed;     // by a checkpoint that is durable
    uint64_t low_tried;            // by one that may be
    uint64_t high_durable;         // all below were durable once, or counted as such
    uint64_t high_synced;          // all below are on the disk, with or without syncs
    uint64_t blocks_left;          // of the checkpoint that is being read
    struct checkpoint *checkpoint; // that is being written step by step, or NULL:
    uint64_t checkpoint_position;  // its position,
    uint64_t checkpoint_low;       // the numbers that it knows of,
    uint64_t checkpoint_high;
    uint64_t checkpoint_next;       // and the next one to be added
    uint64_t positions[OWNER_MAX];  // by number
    uint64_t identities[OWNER_MAX]; // by number: what the record was made from
    uint64_t identity_next;         // never used twice
    struct journal_report report;   // of the last start
    struct fault fault;             // of the last start
    const char *problem;
};

void owner_init(struct owner *owner, struct fake_disk *fake);

int owner_start(struct owner *owner);
int owner_stop(struct owner *owner); // as journal_close

/* Appends records, drops the oldest ones, writes and syncs. Sizes are drawn from *seed. */
void owner_append(struct owner *owner, size_t count, uint64_t *seed);
void owner_drop(struct owner *owner, size_t count);
int owner_flush(struct owner *owner);

/* Writes a checkpoint and retires what it makes superfluous. */
int owner_checkpoint(struct owner *owner);

/* The same in steps, between which records come and go: begins one, which knows of all records
 * there are, be they written or not, or adds up to `count` numbers to it and in the end makes it
 * durable, once the records are. */
int owner_checkpoint_step(struct owner *owner, size_t count);

/* Gives up the journal, as if the process had ended. */
void owner_abandon(struct owner *owner);

/* Reads each live record that is written, and compares. */
void owner_read_all(struct owner *owner);

#endif
