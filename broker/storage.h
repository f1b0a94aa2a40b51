#ifndef BROKER_STORAGE_H
#define BROKER_STORAGE_H

#include "broker/effect.h"
#include "queue/ledger.h"
#include "queue/moves.h"

struct broker;
struct msg;

/* What the broker and whoever keeps its journal do together. When that one carries out STORE it
 * sets msg->stored_at, and adds msg_stored_octets there to the ledger for each STORE; for SETTLE it
 * drops them again, msg->stored_at being what it is then. All the rest of the ledger is the
 * broker's business: it drops what it purges, and counts what is evicted and not journaled. */

/* How much of each segment is still needed. To be told of segments (ledger_open, ledger_close). */
struct ledger *broker_ledger(struct broker *broker);

/* FETCH has been carried out: `loaded` (borrowed) is the message whose stub it named. Messages that
 * died and that are to be published elsewhere wait for this. */
void broker_fetched(struct broker *broker, const struct msg *stub, struct msg *loaded,
                    struct effects *fx);

/* As residency_evict: contents of ready messages go until `target` octets are left, as far as their
 * records are written up to this journal position. Returns the number of places without
 * content that this made. counters.resident_bytes is what is left. */
uint64_t broker_evict(struct broker *broker, uint64_t target, uint64_t written);

/* As residency_unstored: messages that are neither in the journal nor to be, for SPILL. */
size_t broker_unstored(struct broker *broker, struct msg **out, size_t count);

/* A place in a queue, ready or not, that needs a record of the journal. */
struct broker_place {
    uint64_t queue; // id; of a queue that may be deleted, and still have unsettled messages
    struct place place;
};

/* A growing array of them. Zero-initialise it; broker_places_finish frees the memory. */
struct broker_places {
    struct broker_place *items; // owned
    size_t count;
    size_t cap;
};

void broker_places_finish(struct broker_places *places);

/* Adds every place that has its content at a journal position in [from, end) to *out, and sorts all
 * of *out by that position, then by queue and position in it. Those that are not `journaled` are in
 * no record: they were spilled, or share the record of a message that others store. */
void broker_collect(struct broker *broker, uint64_t from, uint64_t end, struct broker_places *out);

/* Records were copied and the copies can be read: all places that had their content in them have it
 * in the copies, in the ledger, too. Both `from` and `to` grow from move to move. Returns how many
 * places that were. */
uint64_t broker_relocate(struct broker *broker, const struct move *moves, size_t count);

#endif
