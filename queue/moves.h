#ifndef QUEUE_MOVES_H
#define QUEUE_MOVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;
struct msg;

/* The record of a message's content was copied, and the copy is the one to read from now on. */
struct move {
    uint64_t from; // journal positions
    uint64_t to;
};

/* What one step of compaction moved. Both `from` and `to` grow from item to item: copies are made
 * in the order of what they copy. */
struct moves {
    const struct move *items; // borrowed
    size_t count;
    struct ledger *ledger; // borrowed: places are moved in it, too
};

/* The move from there; NULL if there is none. */
const struct move *moves_find(const struct moves *moves, uint64_t from);

/* Moves one place that holds msg (a message or a stub). `counted`: the place is in the ledger
 * (queue_counts). To be called once for each place, also where msg is the same. Returns whether
 * its record was among those that moved. */
bool moves_apply(const struct moves *moves, struct msg *msg, bool counted);

/* A place in a queue whose record is to be copied. */
struct place {
    uint64_t position; // in its queue
    uint64_t at;       // journal position of its content
    bool journaled;    // the place outlives the broker; false: its content was only spilled
};

/* A growing array of them. Zero-initialise it; places_finish frees the memory. */
struct places {
    struct place *items; // owned
    size_t count;
    size_t cap;
};

void places_add(struct places *places, const struct place *place); // copies
void places_finish(struct places *places);

#endif
