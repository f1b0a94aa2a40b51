#ifndef TESTS_UNIT_BROKER_SHELF_H
#define TESTS_UNIT_BROKER_SHELF_H

#include "broker/broker.h"
#include "broker/recovery.h"
#include "broker/storage.h"

/* The smallest journal that there can be: a list of records in memory. It carries out what the core
 * tells the journal the way a real one does, and can be played to another broker. A segment has
 * SHELF_SEGMENT records. */
enum { SHELF_STEP = 64, SHELF_SEGMENT = 16 };

struct shelf_record {
    uint8_t type;
    bool more;            // of a group that goes on
    struct slice payload; // owned
};

struct shelf {
    struct shelf_record *records; // owned; record i is at SHELF_STEP * (i + 1)
    size_t count;
    size_t cap;
};

void shelf_finish(struct shelf *shelf);

/* Carries out STORE, SETTLE, RECORD and FETCH, and what comes of them. All effects stay in fx. */
void shelf_take(struct shelf *shelf, struct broker *broker, struct effects *fx);

/* The next record's position. */
uint64_t shelf_end(const struct shelf *shelf);

/* Applies the first `count` records from the position on to a broker; a group that has no end among
 * them is left out. */
void shelf_play(const struct shelf *shelf, struct broker *broker, uint64_t from, size_t count);

/* Tells the broker's ledger of the segments of the first `count` records. */
void shelf_open(const struct shelf *shelf, struct broker *broker, size_t count);

/* The message of the record there; the caller owns the reference. */
struct msg *shelf_load(const struct shelf *shelf, uint64_t at);

/* Copies every record with a place at [from, end) to the end, as compaction does, and says so. */
void shelf_compact(struct shelf *shelf, struct broker *broker, uint64_t from, uint64_t end);

#endif
