#ifndef QUEUE_LEDGER_H
#define QUEUE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "queue/shared.h"

/* What of the journal is still needed: for each of its segments, how many places in queues (ready
 * or unsettled) have their content in a record there. A segment without any can go. The ledger
 * knows segments by positions only and reads nothing. Zero-initialise it. */
struct ledger_segment {
    uint64_t first;  // journal position where it starts
    uint64_t end;    // where the next one started when it was opened; UINT64_MAX of the last
    uint64_t live;   // places
    uint64_t octets; // stored_octets of these places' records, together
};

struct ledger {
    struct ledger_segment *segments; // owned; by position
    size_t count;
    size_t cap;
    size_t recent;        // where the last look-up ended: most ask for the same again
    uint64_t live;        // places in all segments
    uint64_t octets;      // and theirs
    uint64_t dropped;     // places that need theirs no more, so far
    uint64_t elsewhere;   // places whose record is in no segment: what was lost, after a recovery
    struct shared shared; // records that several places have, or had
};

/* A segment starts at this position, which is above all that were opened before. */
void ledger_open(struct ledger *ledger, uint64_t first);

/* The segment that starts there, in which no place has anything any more, is gone. */
void ledger_close(struct ledger *ledger, uint64_t first);

/* The segment that the position is in: borrowed until the next open or close; NULL if there is
 * none. */
struct ledger_segment *ledger_find(struct ledger *ledger, uint64_t at);

/* One place more, or one less, that needs the record at `at`, so many octets long
 * (stored_octets). Add and drop must be given the same. A place whose record is in no segment is
 * counted as `elsewhere`. */
void ledger_add(struct ledger *ledger, uint64_t at, uint64_t octets);
void ledger_drop(struct ledger *ledger, uint64_t at, uint64_t octets);

/* Several places will need the record at `at`: its octets are counted once from now on. To be
 * called before the first of them is added. Without it they are counted for each place, so that
 * more seems to be alive than is. */
void ledger_share(struct ledger *ledger, uint64_t at);
bool ledger_is_shared(const struct ledger *ledger, uint64_t at);

/* A recovery is over: forgets what ledger_share said of records that no place was added for. */
void ledger_restored(struct ledger *ledger);

/* A place needs the record's copy at `to` instead of the one at `from`. */
void ledger_move(struct ledger *ledger, uint64_t from, uint64_t to, uint64_t octets);

void ledger_finish(struct ledger *ledger); // frees the memory

#endif
