#ifndef TESTS_CRASH_HISTORY_INTERNAL_H
#define TESTS_CRASH_HISTORY_INTERNAL_H

#include <pthread.h>

#include "tests/crash/history.h"
#include "tests/sim/verdict.h"

enum place_state {
    PLACE_ABSENT,   // nothing may come of it
    PLACE_READY,    // it must come
    PLACE_MAYBE,    // a crash left open whether it is there
    PLACE_HELD,     // a consumer of this life has it
    PLACE_RETURNED, // it was given back in this life and must come again
    PLACE_SETTLING, // an ack was sent in this life
};

/* Why a place is PLACE_ABSENT. */
enum place_reason {
    REASON_NEVER, // not routed there
    REASON_SETTLED,
    REASON_MISSED, // it was seen to be missing after a crash
    REASON_TRANSIENT,
    REASON_BROKEN, // its transaction did not happen
    REASON_KEPT,   // the transaction that settled it has happened
};

struct place {
    uint32_t number;     // of the message
    uint32_t lane_index; // from 1 on; 0: it is in no lane
    uint32_t deal;       // the last one it is part of; 0: none
    uint32_t life;       // in which it came into the queue
    uint64_t settled_at; // when the ack had been sent; 0: not yet
    uint8_t state;
    uint8_t reason;
    bool sure;     // it is known to be durable that the message got here
    bool seen;     // it has come to a client in some life
    bool settling; // an ack was sent since it came for the last time
};

/* The messages of one publisher, and of one priority where there are any, in the order in which
 * they got into a queue. An entry whose place names another index is void. */
struct lane {
    uint32_t *numbers; // owned
    uint32_t count, cap;
    uint32_t base;   // all before are absent
    uint32_t cursor; // what of it has come in this life, or been left out
};

/* An ack is durable without anybody being told: it is, at the latest, when something is that was
 * sent so much later. However long that takes: a disk may be slow. */
enum { SETTLED_FOR_GOOD_MS = 1000 };

enum { LANES = PUBLISHERS_MAX * (PRIORITY_MAX + 1) };

struct queue_history {
    struct lane lanes[LANES];
    bool visited;  // it has had a consumer
    bool reopened; // one that has left in this life
};

enum deal_state { DEAL_OPEN, DEAL_KEPT, DEAL_BROKEN, DEAL_UNKNOWN };

struct deal_history {
    struct deal deal;
    uint8_t state;
    bool dead_letter;
};

struct history {
    pthread_mutex_t mutex; // over all that follows
    pthread_cond_t changed;
    struct verdict verdict;
    uint64_t seed;
    uint32_t life; // from 1 on
    struct message *messages;
    uint32_t *place_first; // of each message
    uint32_t message_count, message_cap;
    struct place *places;
    uint32_t place_count, place_cap;
    struct deal_history *deals; // [0] is none
    uint32_t deal_count, deal_cap;
    uint32_t sequences[PUBLISHERS_MAX];
    struct queue_history queues[QUEUE_COUNT];
    uint64_t durable_at; // when what is known to be durable was sent, at the latest
    uint64_t backlog_count, backlog_size; // of places with messages that a client could get or has
    struct history_totals totals;
};

/* All of these want the mutex to be held. */
struct place *history_place(struct history *history, enum crash_queue queue, uint32_t number);
struct lane *history_lane(struct history *history, enum crash_queue queue, uint32_t number);
void history_blame(struct history *history, enum crash_queue queue, uint32_t number,
                   const char *what);
void history_enqueue(struct history *history, enum crash_queue queue, uint32_t number);
void history_skip(struct history *history, enum crash_queue queue, struct lane *lane,
                  uint32_t until);
void history_set(struct history *history, struct place *place, enum place_state state);
void history_absent(struct history *history, struct place *place, enum place_reason reason);

/* What follows for a deal from a place that came after a crash, or was missing. */
void history_evidence(struct history *history, struct place *place, struct deal_place at,
                      bool there);

/* Sorts out the deals that were open at the end of a life, before their places. */
void history_end_deals(struct history *history, bool exact);

/* Whether an ack that had been sent at this time, or 0, must be durable at the end of a life. */
bool history_settled_for_good(const struct history *history, uint64_t settled_at, bool exact);

#endif
