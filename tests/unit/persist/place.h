#ifndef TESTS_UNIT_PERSIST_PLACE_H
#define TESTS_UNIT_PERSIST_PLACE_H

#include <stdatomic.h>

#include "persist/journal.h"

/* A journal with its thread, in a directory of its own on the real disk. */
struct place {
    char dir[64];
    struct disk disk, real;
    atomic_int syncs;         // so far
    atomic_int sync_fails;    // this one and all after it fail, but not of new files; 0: none does
    atomic_int reserved;      // descriptor of a new file that has not been synced yet, or -1
    atomic_int sync_us;       // that every sync takes longer
    atomic_bool full;         // no space can be reserved
    _Atomic uint64_t written; // octets that were written
    struct journal_options options;
    struct journal *journal;
    struct fault fault;
    struct journal_report report;
    uint64_t expected; // number of the record that recovery gives next
};

struct place *place_new(void);
void place_free(struct place *place); // removes the directory

/* Opens the journal and recovers it: records are numbers that grow by one. */
int place_start(struct place *place);
uint64_t place_append(struct place *place, uint64_t number, bool wants_sync);

/* Waits for the descriptor as the loop does; false if the record is not durable after a long
 * time. */
bool place_wait_durable(struct place *place, uint64_t position);

#endif
