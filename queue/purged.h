#ifndef QUEUE_PURGED_H
#define QUEUE_PURGED_H

#include <stdbool.h>
#include <stddef.h>

#include "queue/stored.h"

struct msg;

/* What the journal must be told when the ready messages of a queue were dropped. Positions of
 * messages that the journal does not know may be among the runs; those of messages that are
 * unsettled are not. Zero-initialise it. */
struct purged {
    struct run *runs; // owned; ascending within a level of priority
    size_t run_count;
    size_t run_cap;
    size_t run_begin; // earlier runs are of other levels
    struct purged_item {
        struct msg *msg; // owns one reference
        uint64_t position;
    } * unstored; // owned: journaled, and not written as yet (stored_at is 0); not in the ledger
    size_t unstored_count;
    size_t unstored_cap;
};

/* One more position that is dropped, in order. `unstored`: the message if it is not in the journal
 * (stored_at is 0), of which a reference is taken if needed; else NULL. `journaled`: the journal
 * has or will have the place. */
void purged_add(struct purged *purged, uint64_t position, struct msg *unstored, bool journaled);

void purged_finish(struct purged *purged); // drops the references and frees the memory

#endif
