#ifndef TESTS_UNIT_QUEUE_WORLD_H
#define TESTS_UNIT_QUEUE_WORLD_H

#include "queue/ledger.h"
#include "queue/moves.h"
#include "queue/purged.h"
#include "queue/residency.h"
#include "tests/unit/queue/kit.h"

/* Two queues over one pretended journal, beside a naive model of them: every place there ever was,
 * by position, with what has become of it. Each operation is done to both and compared. */
enum { LEVELS = 4, POSITIONS = 30000, CONTENTS = 60000, SIDES = 2, SEGMENT = 1 << 15 };

enum state { NOWHERE, READY, TAKEN };

struct world_place {
    enum state state;
    uint32_t content;
    uint64_t expires;
    bool returned;
    struct delivery held; // if it is taken
};

struct content {
    uint64_t at;     // 0: not in the journal
    struct msg *msg; // owns one reference while at is 0
    uint32_t body_len;
    uint32_t rest_len;
    uint8_t priority;
    bool persistent;
};

struct side {
    struct queue *queue;
    const struct queue_type *type;
    struct queue_options options;
    struct world_place places[LEVELS][POSITIONS];
    uint64_t end[LEVELS]; // positions below it are given
    uint64_t low[LEVELS]; // nothing is ready below it
    uint64_t mark[LEVELS];
    uint64_t mark_then[LEVELS];
    uint64_t ready;
    uint64_t taken;
};

/* What the journal would have, from the beginning of a snapshot on. */
enum event_kind { EVENT_PLACE, EVENT_SETTLE };

struct event {
    enum event_kind kind;
    int side;
    struct stored stored;
};

struct events {
    struct event *items;
    size_t count;
    size_t cap;
};

struct world {
    struct side sides[SIDES];
    struct content contents[CONTENTS];
    uint32_t content_count;
    uint32_t unstored_from; // contents below it are in the journal, or never will be of themselves
    struct residency residency;
    struct ledger ledger;
    uint64_t journal_end;
    uint64_t dice;
    struct events snapshot; // what a walk has found as yet
    struct events after;    // what happened since it began
    struct queue_cursor cursors[SIDES];
    bool snapping;
};

struct world *world_new(uint64_t seed);
void world_free(struct world *world); // settles and purges all, and checks that nothing is left

/* Does one thing of those that may happen. */
void world_step(struct world *world);

/* Stops both queues and has others recovered from a snapshot, begun some time ago or now, and what
 * came after it. */
void world_restart(struct world *world);

#endif
